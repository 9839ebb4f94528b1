import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, nameOf, visibleAt, type Call, type Value } from '../code/values.ts'
import { everywhere, listens, loopback } from './address.ts'

/** What a call that takes connections from the network is told of the address. */
export interface Listening {
  given: Value | undefined
  /** The address without being told one. */
  otherwise: string
  /** What whoever connects can say is HTTP: a web page can send it. */
  isHttp: boolean
}

interface Opener {
  called: RegExp
  /** The position of the host, or of a pair of host and port. */
  at?: number
  otherwise: string
  isHttp: boolean
}

const openers: Opener[] = [
  { called: /^(http\.server\.)(Threading)?HTTPServer$/, at: 0, otherwise: everywhere, isHttp: true },
  { called: /^wsgiref\.simple_server\.make_server$/, at: 0, otherwise: everywhere, isHttp: true },
  { called: /^socketserver\.(Threading|Forking)?TCPServer$/, at: 0, otherwise: everywhere, isHttp: false },
  { called: /^asyncio\.start_server$/, at: 1, otherwise: everywhere, isHttp: false },
  { called: /^aiohttp\.web\.run_app$/, otherwise: everywhere, isHttp: true },
  { called: /^aiohttp\.web\.TCPSite$/, at: 1, otherwise: everywhere, isHttp: true },
  {
    called: /^websockets\.((asyncio|sync|legacy)\.)?(server\.)?serve$/,
    at: 1,
    otherwise: everywhere,
    isHttp: true,
  },
  { called: /^waitress\.serve$/, otherwise: everywhere, isHttp: true },
  { called: /^flask\.(app\.)?Flask\(\)\.run$/, at: 0, otherwise: loopback, isHttp: true },
  {
    called: /^(uvicorn\.(run|Config)|@hono\/node-server:serve|global:(Bun|Deno)\.serve)$/,
    otherwise: '',
    isHttp: true,
  },
]

const servers =
  /^(((node:)?(http|https|http2):(default\.)?(createServer|createSecureServer|Server)|express:(default)?|fastify:(default|fastify|Fastify)?|koa:(default)?|polka:(default)?|restify:createServer)|((node:)?(net|tls):(default\.)?(createServer|Server)))\(\)\.listen$/
const sockets = /^ws:(default\.)?(WebSocketServer|Server|WebSocket\.Server|default\.Server)$/

/** `listen('/tmp/a.sock')`, `listen({ path })`: a file, which the network does not reach. */
const isFile = (first: Value, place: Place, resolver: Resolver): boolean => {
  const name = first.is === 'name' || first.is === 'member' ? first.name : ''
  return resolver
    .things(first, place)
    .some(({ value }) =>
      value.is === 'record'
        ? fieldOf(value.fields, 'path') !== undefined
        : value.is === 'text'
          ? !/^\d+$/.test(value.text)
          : /sock(et)?_?(path|file|name)?$|path|pipe/i.test(name),
    )
}

const usual =
  /^(listen|serve|run|run_app|Config|TCPSite|start_server|make_server|((Threading|Forking)?(HTTP|TCP)|WebSocket)?Server)$/

/** By its name, or by that of what it is imported as: resolving every call of a large program takes seconds. */
const mayOpen = ({ callee }: Call, { module }: Place): boolean =>
  usual.test(nameOf(callee)) ||
  (callee.is === 'name' &&
    visibleAt(module, callee.name, callee.at).some(({ value }) => value.is === 'import' && usual.test(value.name)))

/** A call that opens a port to whoever reaches it, of a library that is known to do so. */
export const listeningOf = (call: Call, place: Place, resolver: Resolver): Listening | null => {
  if (!mayOpen(call, place)) return null
  const { callee, arguments: given, named } = call
  const [first] = given
  const path = resolver.external(callee, place) ?? ''
  if (sockets.test(path)) {
    const options = first ? resolver.things(first, place).find(({ value }) => value.is === 'record')?.value : undefined
    if (options?.is !== 'record' || !fieldOf(options.fields, 'port')) return null
    return { given: fieldOf(options.fields, 'host'), otherwise: everywhere, isHttp: true }
  }
  if (servers.test(path)) {
    const told = first && isFile(first, place, resolver) ? null : listens(call, place, resolver)
    return told ? { ...told, isHttp: !/^(node:)?(net|tls):/.test(path) } : null
  }
  const opener = openers.find(({ called }) => called.test(path))
  if (!opener) return null
  const { at, otherwise, isHttp } = opener
  if (otherwise === '') {
    const told = listens(call, place, resolver)
    return told ? { ...told, isHttp } : null
  }
  const placed =
    fieldOf(named, 'host') ?? fieldOf(named, 'server_address') ?? (at === undefined ? undefined : given[at])
  const [pair] = placed ? resolver.things(placed, place) : []
  const host = pair?.value.is === 'list' ? pair.value.items[0] : placed
  return { given: host, otherwise, isHttp }
}
