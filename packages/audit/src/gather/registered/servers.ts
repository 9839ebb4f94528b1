import { bundledClass } from './bundled.ts'
import type { Place, Resolver, Thing } from '../code/resolve.ts'
import { visibleAt, type Value } from '../code/values.ts'

const serverClass =
  /^([^:]*mcp[^:]*|@modelcontextprotocol\/[^:]*):(McpServer|MCPServer|Server|FastMCP)$|^(mcp|fastmcp)\b[\w.]*\.(FastMCP|MCPServer|Server)$/i
const innerServer = /(McpServer|MCPServer|FastMCP)\(\)\.(server|_mcp_server|_lowlevel_server)$/

const isServerPath = (path: string): boolean => serverClass.test(path) || innerServer.test(path)

/** Identity of a server: where it is constructed; `typed` when only its type is known; null when it is no MCP server. */
export const serverOf = (value: Value, place: Place, resolver: Resolver): string | null => {
  const things = resolver.things(value, place)
  for (const thing of things) {
    const found = serverOfThing(thing, resolver)
    if (found) return found
  }
  if (things.length > 0 && things.every(({ value }) => value.is !== 'unknown')) return null
  return isTyped(value, place, resolver) || isGivenByLibrary(value, place, resolver) ? 'typed' : null
}

const extendsServer = (value: Value, place: Place, resolver: Resolver, depth = 0): boolean =>
  depth < 5 &&
  resolver
    .things(value, place)
    .some(thing =>
      thing.value.is === 'external'
        ? isServerPath(thing.value.path)
        : thing.value.is === 'class' &&
          (bundledClass(thing.value) === 'server' ||
            thing.value.bases.some(base => extendsServer(base, thing, resolver, depth + 1))),
    )

/** `import { McpServer } from './third-party.js'` where that file cannot be read. */
const isBundled = (callee: Value, { module, frames }: Thing, resolver: Resolver): boolean =>
  callee.is === 'name' &&
  visibleAt(module, callee.name, callee.at).some(
    ({ value }) =>
      value.is === 'import' &&
      /^(McpServer|FastMCP)$/.test(value.name) &&
      resolver.things(value, { module, frames }).every(({ value: found }) => found.is === 'unknown'),
  )

/** `Sentry.wrapMcpServerWithSentry(new McpServer(…))`: what a library puts around a server is one. */
const wrapping = /wrap|instrument|trace|monitor|patch|decorate/i

const serverOfThing = (thing: Thing, resolver: Resolver, depth = 0): string | null => {
  const { value, module } = thing
  if (value.is === 'external') return innerServer.test(value.path) ? 'typed' : null
  if (value.is === 'class') return value.bases.some(base => extendsServer(base, thing, resolver)) ? 'typed' : null
  if (value.is === 'call' && (extendsServer(value.callee, thing, resolver) || isBundled(value.callee, thing, resolver)))
    return `${module.path}:${value.line}`
  const [inner] = value.is === 'call' && !value.constructs && depth < 3 ? value.arguments : []
  if (value.is !== 'call' || !inner || !wrapping.test(resolver.external(value.callee, thing) ?? '')) return null
  for (const each of resolver.things(inner, thing)) {
    const found = serverOfThing(each, resolver, depth + 1)
    if (found) return found
  }
  return null
}

const typesOf = (value: Value, place: Place, resolver: Resolver): (string | null)[] => {
  if (value.is === 'name') {
    return visibleAt(place.module, value.name, value.at).map(({ type }) => type)
  }
  if (value.is !== 'member') return []
  return resolver
    .things(value.of, place)
    .flatMap(thing =>
      thing.value.is === 'class'
        ? thing.value.members.filter(({ name }) => name === value.name).map(({ type }) => type)
        : [],
    )
}

/** Its declared type is a server, or it is the inner server of such a one. */
const isTyped = (value: Value, place: Place, resolver: Resolver): boolean => {
  if (value.is === 'member' && /^(server|_mcp_server)$/.test(value.name) && isTyped(value.of, place, resolver))
    return true
  return typesOf(value, place, resolver).some(type => {
    if (!type) return false
    const [head = '', ...rest] = type.split('.')
    const named: Value = { is: 'name', name: head, at: 0 }
    return extendsServer(
      rest.reduce((of: Value, name): Value => ({ is: 'member', of, name }), named),
      place,
      resolver,
    )
  })
}

/** `createMcpHandler(server => { server.tool(...) })`: a library for MCP hands it to a callback. */
const isGivenByLibrary = (value: Value, place: Place, resolver: Resolver): boolean => {
  if (value.is !== 'name') return false
  const { module } = place
  const declared = visibleAt(module, value.name, value.at)
  return declared.some(({ value: parameter }) => {
    if (parameter.is !== 'parameter' || parameter.index !== 0) return false
    const call = module.calls.find(({ arguments: given }) =>
      given.some(argument => argument.is === 'function' && argument.at === parameter.function),
    )
    return /mcp[^:]*:/.test((call && resolver.external(call.callee, place)) ?? '')
  })
}
