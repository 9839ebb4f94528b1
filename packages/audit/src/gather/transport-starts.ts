import { gatherer } from '../core/item.ts'
import type { Place, Resolver } from './code/resolve.ts'
import { fieldOf, nameOf, type Call, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach } from './reach.ts'
import { bundledBy } from './registered/bundled.ts'
import { serverOf } from './registered/servers.ts'

/** A place where the server begins to speak over a transport. */
export interface TransportStart {
  kind: 'stdio' | 'http'
  module: Module
  call: Call
  /** What is run or made an application of, where that is a method of the server. */
  server?: Value
  at: number
  line: number
}

const stdioPaths = /(^|[:.])(StdioServerTransport|serveStdio|stdio_server)$/
const httpPaths =
  /(^|[:.])((Node|WebStandard|Web|Express)?StreamableH(TTP|ttp)ServerTransport|SSEServerTransport|SseServerTransport|StreamableHTTPSessionManager|createMcpHandler|toNodeHandler|mcpHandler|StreamableHTTPTransport|WebStandardStreamableHTTPServerTransport)$/
const httpNames = /^(http|sse|streamable-?http|streamable_http|httpStream)$/i

/** Also what an async function made of it: `asyncio.run(create_server())`. */
const isServer = (value: Value, place: Place, resolver: Resolver): boolean =>
  serverOf(value, place, resolver) !== null ||
  resolver.things(value, place).some(thing => {
    const made = thing.value
    const [inner] = made.is === 'call' ? made.arguments : []
    if (made.is !== 'call' || !inner) return false
    return (
      /^(asyncio|anyio)\.run$/.test(resolver.external(made.callee, thing) ?? '') &&
      serverOf(inner, thing, resolver) !== null
    )
  })

/** `mcp.run(transport="stdio")`, `mcp.run()`; what is decided at run time may be either. */
const runs = (call: Call, place: Place, resolver: Resolver): TransportStart['kind'][] => {
  const { callee, named, arguments: given } = call
  if (callee.is !== 'member') return []
  const fixed =
    /^(run_stdio_async|run_sse_async|run_http_async|run_streamable_http_async|sse_app|http_app|streamable_http_app)$/.exec(
      callee.name,
    )?.[1]
  if (!fixed && !/^(run|run_async|start)$/.test(callee.name)) return []
  if (!isServer(callee.of, place, resolver)) return []
  if (fixed) return [fixed === 'run_stdio_async' ? 'stdio' : 'http']
  if (callee.name === 'start') return ofTypeScript(given[0], place, resolver)
  const [first] = given
  // Server.run(read, write, options) of the low-level server gets its streams from elsewhere
  if (given.length > 1) return []
  const transport = fieldOf(named, 'transport') ?? first
  if (!transport) return named.some(([key]) => key === '...') ? ['stdio', 'http'] : ['stdio']
  const texts = textsOf(transport, place, resolver)
  if (texts.length === 0) return ['stdio', 'http']
  return [...new Set(texts.map(text => (httpNames.test(text) ? ('http' as const) : ('stdio' as const))))]
}

const appNames = /^(sse_app|http_app|streamable_http_app)$/

/** `uvicorn.run(mcp.streamable_http_app)`: the method itself is handed over, and whoever takes it makes the application. */
const handedOver = (
  { arguments: given, named }: Call,
  place: Place,
  resolver: Resolver,
): (Value & { is: 'member' }) | null =>
  [...given, ...named.map(([, value]) => value)].find(
    (each): each is Value & { is: 'member' } =>
      each.is === 'member' && appNames.test(each.name) && isServer(each.of, place, resolver),
  ) ?? null

const textsOf = (value: Value, place: Place, resolver: Resolver): string[] =>
  resolver.things(value, place).flatMap(({ value: found }) => (found.is === 'text' ? [found.text] : []))

const ofTypeScript = (options: Value | undefined, place: Place, resolver: Resolver): TransportStart['kind'][] => {
  if (!options) return ['stdio']
  const type = textsOf({ is: 'member', of: options, name: 'transportType' }, place, resolver)
  return type.map(text => (text === 'stdio' ? 'stdio' : 'http'))
}

const kindsOf = (call: Call, place: Place, resolver: Resolver): TransportStart['kind'][] => {
  const path = resolver.external(call.callee, place)
  if (path && stdioPaths.test(path)) return ['stdio']
  if (path && httpPaths.test(path)) return ['http']
  if (path === null && call.constructs && call.callee.is === 'name') {
    if (bundledBy(call.callee, place, resolver, 'stdio')) return ['stdio']
    if (bundledBy(call.callee, place, resolver, 'http')) return ['http']
  }
  return runs(call, place, resolver)
}

const mayStart =
  /^(Stdio|serveStdio|stdio_server|\w*Streamable\w*|SSE\w*|Sse\w*|createMcpHandler|toNodeHandler|mcpHandler|run\w*|start|sse_app|http_app|streamable_http_app)/

/** Where the source starts the server, over which transport. */
export const transportStarts = gatherer<TransportStart[], { reach: typeof reach; project: typeof project }>({
  id: 'transport-starts',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) =>
    ownModules(reach, project).flatMap(module =>
      module.calls.flatMap(call => {
        const { callee } = call
        const name = nameOf(callee)
        const place: Place = { module, frames: [] }
        const start = { module, call, at: call.at, line: call.line }
        const handed = handedOver(call, place, reach.resolver)
        if (handed) return [{ ...start, kind: 'http' as const, server: handed.of }]
        if (!mayStart.test(name) && !(call.constructs && callee.is === 'name')) return []
        const of = callee.is === 'member' ? { server: callee.of } : {}
        return kindsOf(call, place, reach.resolver).map(kind => ({ ...start, ...of, kind }))
      }),
    ),
})
