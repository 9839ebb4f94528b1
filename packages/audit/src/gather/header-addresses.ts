import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import type { Resolver } from './code/resolve.ts'
import { visibleAt, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { keptBy, lastName } from './policies/words.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import { transportStarts } from './transport-starts.ts'

/** An address of another machine that whoever sends a request may choose by a header. */
export interface HeaderAddress {
  header: string
  file: string
  line: number
}

export interface HeaderAddresses {
  found: HeaderAddress[]
  /** Something in the source that looks at hosts before they are asked: whether it looks at these is not followed. */
  checked: { file: string; line: number; by: string } | null
}

const naming = /^x-[a-z0-9-]*(^|-)((api|base|server|instance)-?)?(url|endpoint)$/i
/** What proxies write. */
const ofProxies = /^x-(original|rewrite|forwarded|envoy|real|request|http|amzn?|ms|azure|goog|callback)\b/i

const isHeaders = (value: Value): boolean =>
  (value.is === 'name' || value.is === 'member') && /headers?(_dict)?$/i.test(value.name)

const ofRequest = /req|ctx|context|event|scope|extra|info/i
/** `get_http_headers()`, `dict(request.headers)`, `request.scope["headers"]`. */
const givesHeaders = /header|^(dict|Headers|MutableHeaders)$/i

/** Headers of a request that somebody sends to the server, not those of an answer, and not those that it sends itself. */
const isReceived = (headers: Value, module: Module, depth = 0): boolean => {
  if (depth > 3) return false
  if (headers.is === 'member')
    return (
      ofRequest.test(lastName(headers.of)) ||
      (/headers/i.test(lastName(headers.of)) && isReceived(headers.of, module, depth + 1))
    )
  if (headers.is === 'either') return [headers.first, headers.second].some(one => isReceived(one, module, depth + 1))
  if (headers.is === 'call') return givesHeaders.test(lastName(headers.callee)) && headers.awaited !== true
  if (headers.is === 'parameter') return true
  if (headers.is !== 'name') return false
  return visibleAt(module, headers.name, headers.at).some(({ value }) => isReceived(value, module, depth + 1))
}

/** `req.headers['x-api-url']`, `headers.get(b"x-api-url")`. */
const headerRead = (value: Value, module: Module): string | null => {
  if (value.is === 'member') return isHeaders(value.of) && isReceived(value.of, module) ? value.name : null
  if (value.is !== 'call' || value.callee.is !== 'member' || !/^(get|header)$/.test(value.callee.name)) return null
  const [first] = value.arguments
  const { of } = value.callee
  const isOfRequest = isHeaders(of) ? isReceived(of, module) : /^(req|request|c|ctx)$/.test(lastName(of))
  return first?.is === 'text' && isOfRequest ? first.text : null
}

const logging = /^(console|log|logger|logging)$/i

/** It is written to a log: no machine is asked. */
const isLogged = (value: Value): boolean =>
  value.is === 'call' && value.callee.is === 'member' && logging.test(lastName(value.callee.of))

const looking =
  /^(ipaddress\.|net:(isIP|isIPv4|isIPv6|BlockList)|ipaddr\.js|ip-address|ip:|is-ip|private-ip|ssrf|dns(\/promises)?:|socket\.getaddrinfo|socket\.gethostby)/
const lookingNamed =
  /(valid|check|assert|ensure|verify|sanitize|safe|allow|trust|permit|private|internal|forbid|block|guard)\w{0,30}(url|uri|host|origin|endpoint|domain|address)|(url|uri|host|endpoint|domain)_?(is_?)?(valid|allow|safe(?!_)|whitelist|trust|private|internal|block)|ssrf/i
const encoding = /urlsafe|safe_?url_?encode/i

type Look = { file: string; line: number; by: string }

const isLook = (name: string): boolean => lookingNamed.test(name) && !encoding.test(name)

/** A call whose name, or whose package, says that it looks at hosts or addresses. */
const lookingCall = (module: Module, resolver: Resolver): Look[] =>
  module.calls.flatMap(({ callee, line }) => {
    const path = resolver.external(callee, { module, frames: [] })?.replace(/^node:/, '') ?? ''
    const by = lastName(callee)
    return looking.test(path) || isLook(by) ? [{ file: module.path, line, by }] : []
  })

/** A condition about a host. */
const lookingTest = (module: Module): Look[] =>
  module.guards.flatMap(({ test, line }) => {
    let by: string | null = null
    someIn(test, part => {
      const name = lastName(part)
      if (/^(host|hostname|netloc|origin)$/.test(name) || isLook(name)) by = name
      return by !== null
    })
    return by === null ? [] : [{ file: module.path, line, by }]
  })

const isWanted = (header: string): boolean => naming.test(header) && !ofProxies.test(header)

/** The files of the functions that get what was read from a header. */
const besides = (module: Module, at: number, { bodies, resolver }: Reach): Module[] => {
  const holds = (value: Value): boolean => someIn(value, part => isWanted(headerRead(part, module) ?? ''))
  const gets = (value: Value): boolean =>
    someIn(value, part => holds(part) || (part.is === 'name' && keptBy(part, module).some(holds)))
  return bodies
    .of(module, bodies.around(module, at))
    .calls.filter(({ arguments: given, named }) => [...given, ...named.map(([, value]) => value)].some(gets))
    .flatMap(({ callee }) => resolver.things(callee, { module, frames: [] }))
    .flatMap(({ value, module: other }) => (value.is === 'function' ? [other] : []))
}

const lineOf = (value: Value, module: Module, near: { at: number }): number => {
  if (value.is === 'call') return value.line
  const before = module.calls.findLast(({ at }) => at <= near.at)
  return before?.line ?? 1
}

/** Headers that tell a server over HTTP which other machine it is to ask. */
export const headerAddresses = gatherer<
  HeaderAddresses,
  { reach: typeof reach; project: typeof project; transportStarts: typeof transportStarts }
>({
  id: 'header-addresses',
  impact: 'read',
  from: 'repository',
  needs: { reach, project, transportStarts },
  gather: (_, { reach, project, transportStarts }) => {
    if (!transportStarts.some(({ kind }) => kind === 'http')) return { found: [], checked: null }
    const own = ownModules(reach, project)
    const near = new Set<Module>()
    const found = own.flatMap(module => {
      const logs = module.calls.filter(isLogged)
      const isInLog = ({ at }: { at: number }): boolean => logs.some(log => log.at <= at && at < log.end)
      const values = [
        ...module.calls.filter(call => !isInLog(call)).map(call => ({ at: call.at, value: call as Value })),
        ...module.declarations,
        ...module.writes,
      ]
      const named = new Map<string, HeaderAddress>()
      for (const one of values)
        someIn(one.value, part => {
          const header = headerRead(part, module)?.toLowerCase()
          if (header === undefined || !isWanted(header) || named.has(header)) return false
          named.set(header, { header, file: module.path, line: lineOf(part, module, one) })
          for (const each of [module, ...besides(module, one.at, reach)]) near.add(each)
          return false
        })
      return [...named.values()]
    })
    if (found.length === 0) return { found, checked: null }
    const looks = [...own.flatMap(module => lookingCall(module, reach.resolver)), ...[...near].flatMap(lookingTest)]
    return { found, checked: looks[0] ?? null }
  },
})
