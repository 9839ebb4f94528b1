import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, visibleAt, type Call, type Module, type Value } from '../code/values.ts'
import type { TransportStart } from '../transport-starts.ts'
import { givenToField } from './set-fields.ts'

export interface Address {
  file: string
  line: number
  /** The host it listens on when nothing is set; null when it cannot be told. */
  host: string | null
  /** It is written down: nobody can set another one. */
  isFixed?: true
}

/** Without a host, Node listens on all addresses, and so does Bun. */
export const everywhere = '0.0.0.0'
export const loopback = '127.0.0.1'
const maxDepth = 12

/** What an option of the command line is without being given: argparse, click, typer, commander, yargs. */
const optionDefault = (name: string, modules: Module[], resolver: Resolver): string | undefined => {
  const flag = `--${name.replaceAll('_', '-')}`
  for (const module of modules)
    for (const { arguments: given, named, callee } of module.calls) {
      const method = callee.is === 'member' || callee.is === 'name' ? callee.name : ''
      if (!/^(add_argument|option|Option)$/.test(method)) continue
      const place: Place = { module, frames: [] }
      const isMeant = given.some(value => {
        const text = value.is === 'text' ? value.text : ''
        return text === name || text.split(/[ ,|]+/).includes(flag)
      })
      if (!isMeant) continue
      const kept = fieldOf(named, 'default') ?? given[2]
      const text = kept ? hostOf(kept, place, modules, resolver) : undefined
      if (typeof text === 'string') return text
    }
  return undefined
}

/** Names of fields that are being asked for: what is given to one may be made of it. */
const asked = new Set<string>()

/** Nothing in the source gives fields of that name another text. */
const isUnset = (name: string, otherwise: Value, modules: Module[], resolver: Resolver): boolean => {
  if (otherwise.is !== 'text') return false
  if (asked.has(name)) return true
  asked.add(name)
  try {
    return givenToField(name, modules).every(({ value, module }) => {
      const host = hostOf(value, { module, frames: [] }, modules, resolver)
      return host === undefined || host === otherwise.text
    })
  } finally {
    asked.delete(name)
  }
}

/** `config.host ?? x`, `config.get("host", x)`, `getattr(config, "host", x)`: the name of the field. */
const fieldNamed = (value: Value): string | null => {
  if (value.is === 'member') return value.name
  if (value.is !== 'call') return null
  const { callee, arguments: given } = value
  const name =
    callee.is === 'member' && callee.name === 'get'
      ? given[0]
      : callee.is === 'name' && callee.name === 'getattr'
        ? given[1]
        : undefined
  return name?.is === 'text' ? name.text : null
}

/**
 * The text that a value has when nothing is set; null when it cannot be told, undefined when it is absent then (a
 * variable of the environment).
 */
export const hostOf = (
  value: Value,
  place: Place,
  modules: Module[],
  resolver: Resolver,
  depth = 0,
): string | null | undefined => {
  const follow = (each: Value, at: Place = place): string | null | undefined =>
    depth > maxDepth ? null : hostOf(each, at, modules, resolver, depth + 1)
  switch (value.is) {
    case 'text':
      return value.text
    case 'constant':
      return undefined
    case 'either': {
      const first = follow(value.first)
      const field = first === null ? fieldNamed(value.first) : null
      return first === undefined || (field !== null && isUnset(field, value.second, modules, resolver))
        ? follow(value.second)
        : first
    }
    case 'choice': {
      const [first, ...others] = [...new Set(value.options.map(option => follow(option)))]
      return others.length === 0 ? first : null
    }
    case 'call': {
      const path = resolver.external(value.callee, place) ?? ''
      const [first, second] = value.arguments
      if (/^os\.(getenv|environ\.get)$/.test(path)) return second ? follow(second) : undefined
      if (/(^|\.)Field$/.test(path)) {
        const kept = fieldOf(value.named, 'default') ?? first
        return kept ? follow(kept) : null
      }
      if (path === 'builtins.str' && first) return follow(first)
      const field = fieldNamed(value)
      const otherwise = value.arguments.at(-1)
      if (field !== null && value.arguments.length > 1 && otherwise && isUnset(field, otherwise, modules, resolver))
        return follow(otherwise)
      break
    }
    case 'member': {
      const given = optionDefault(value.name, modules, resolver)
      if (given !== undefined) return given
      break
    }
    case 'name': {
      const [declared, ...others] = visibleAt(place.module, value.name, value.at)
      if (declared && others.length === 0 && /^(either|choice|call|member|text|name)$/.test(declared.value.is))
        return follow(declared.value)
      if (declared?.value.is === 'parameter') {
        const option = optionDefault(value.name, modules, resolver)
        if (option !== undefined) return option
      }
      break
    }
    default:
      break
  }
  const things = resolver.things(value, place).filter(thing => thing.value !== value)
  const found = new Set(
    things.map(thing => {
      if (thing.value.is === 'external') return /process\.env\b|os\.environ/.test(thing.value.path) ? undefined : null
      return thing.value.is === 'namespace' ? null : follow(thing.value, thing)
    }),
  )
  const [only] = found
  return found.size === 1 ? only : null
}

export const listens = (
  call: Call,
  place: Place,
  resolver: Resolver,
): { given: Value | undefined; otherwise: string } | null => {
  const { callee, arguments: given, named } = call
  const [first, second] = given
  const path = resolver.external(callee, place) ?? ''
  const field = (name: string): Value | undefined =>
    resolver
      .things(first ?? { is: 'unknown' }, place)
      .flatMap(({ value }) => (value.is === 'record' ? [fieldOf(value.fields, name)] : []))
      .find(value => value !== undefined)
  if (place.module.language === 'python')
    return /^uvicorn\.(run|Config)$/.test(path) ? { given: fieldOf(named, 'host'), otherwise: loopback } : null
  if (path === '@hono/node-server:serve') return { given: field('hostname'), otherwise: everywhere }
  if (/^global:(Bun|Deno)\.serve$/.test(path)) return { given: field('hostname'), otherwise: everywhere }
  if (callee.is !== 'member' || callee.name !== 'listen' || !first) return null
  const isFastify = path.startsWith('fastify:')
  if (first.is === 'record') return { given: field('host'), otherwise: isFastify ? loopback : everywhere }
  return { given: second?.is === 'function' ? undefined : second, otherwise: everywhere }
}

const fixed = (value: Value | undefined, place: Place, resolver: Resolver): Pick<Address, 'isFixed'> =>
  value && resolver.text(value, place) !== null ? { isFixed: true } : {}

/** `mcp.run(transport="http", host=...)`, `FastMCP(host=...)`, `mcp.settings.host = ...`. */
const ofRun = (start: TransportStart, modules: Module[], resolver: Resolver): Address[] => {
  const { call, module, line } = start
  const { callee } = call
  if (module.language !== 'python' || callee.is !== 'member' || !/^(run|run_\w+)$/.test(callee.name)) return []
  if (callee.of !== start.server) return []
  const place: Place = { module, frames: [] }
  const made = resolver.things(callee.of, place).find(({ value }) => value.is === 'call')
  const written = modules.flatMap(each =>
    each.assigned.flatMap(({ target, value }) =>
      target.name === 'host' && target.of.is === 'member' && target.of.name === 'settings'
        ? [{ value, place: { module: each, frames: [] } }]
        : [],
    ),
  )
  const ofServer = made?.value.is === 'call' ? fieldOf(made.value.named, 'host') : undefined
  const own = fieldOf(call.named, 'host')
  const given = own
    ? { value: own, place }
    : (written[0] ?? (ofServer && made ? { value: ofServer, place: made as Place } : null))
  const isOpen = call.named.some(([key]) => key === '...')
  const host = given ? hostOf(given.value, given.place, modules, resolver) : isOpen ? null : undefined
  const isWritten = given ? fixed(given.value, given.place, resolver) : {}
  return [{ file: module.path, line, host: host === undefined ? loopback : host, ...isWritten }]
}

/** The addresses that a file makes the server listen on. */
export const addressIn = (
  module: Module,
  starts: TransportStart[],
  modules: Module[],
  resolver: Resolver,
): Address[] => {
  const place: Place = { module, frames: [] }
  const listening = module.calls.flatMap((call): Address[] => {
    const found = listens(call, place, resolver)
    if (!found) return []
    const host = found.given ? hostOf(found.given, place, modules, resolver) : undefined
    const isWritten = fixed(found.given, place, resolver)
    return [{ file: module.path, line: call.line, host: host === undefined ? found.otherwise : host, ...isWritten }]
  })
  const running = starts.filter(start => start.module === module).flatMap(start => ofRun(start, modules, resolver))
  return [...listening, ...running]
}
