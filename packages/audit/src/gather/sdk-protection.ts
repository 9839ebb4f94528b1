import { gatherer } from '../core/item.ts'
import type { Place, Resolver } from './code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from './code/values.ts'
import { allowedVersions, type AllowedVersions } from './concurrency/allowed-versions.ts'
import { hostOf } from './http/address.ts'
import { lockedVersions } from './locked-versions.ts'
import { reach } from './reach.ts'
import { madeBy } from './registered/made-by.ts'
import { transportStarts, type TransportStart } from './transport-starts.ts'

/** Whether the library that starts a server over HTTP checks Host and Origin by itself. */
export interface SdkProtection {
  file: string
  line: number
  /** Null where that cannot be told, for what `because` says. */
  isOn: boolean | null
  because: string
}

/** The first version of the SDK whose FastMCP does, while it is made for loopback. The one of `fastmcp` does in none but 3.4.3. */
const since = '1.23'
const loopback = /^(127\.0\.0\.1|localhost|::1)$/
const fastMcp = /^mcp\.server\.(fastmcp\.(server\.)?)?FastMCP$/
const sdk2 = /^mcp\.server\.((mcpserver(\.server)?\.)?MCPServer|(lowlevel\.)?(server\.)?Server)$/
const isGiven = (value: Value | undefined): boolean =>
  value !== undefined && !(value.is === 'constant' && value.of === null)

/** By the host that was given where the lists are made. */
const ofHost = (
  named: Call['named'],
  place: Place,
  modules: Module[],
  resolver: Resolver,
): Pick<SdkProtection, 'isOn' | 'because'> => {
  if (named.some(([key]) => key === '...')) return { isOn: null, because: 'its options cannot be told' }
  if (isGiven(fieldOf(named, 'transport_security')))
    return { isOn: null, because: 'what transport_security= says was not read' }
  const host = fieldOf(named, 'host')
  const text = host ? hostOf(host, place, modules, resolver) : '127.0.0.1'
  if (typeof text !== 'string') return { isOn: null, because: 'the address it is made for cannot be told' }
  return { isOn: loopback.test(text), because: `made for ${text}, it checks Host and Origin` }
}

const protectionOf = (
  { server, call, module, line }: TransportStart,
  modules: Module[],
  resolver: Resolver,
  versions: AllowedVersions,
  is343: boolean,
): SdkProtection => {
  const place: Place = { module, frames: [] }
  const base = { file: module.path, line }
  const none: SdkProtection = { ...base, isOn: false, because: '' }
  if (!server || module.language !== 'python') return none
  const made = resolver
    .things(server, place)
    .flatMap(thing => (thing.value.is === 'call' ? madeBy(thing.value, thing, resolver) : []))
  const [first, ...others] = made
  if (!first)
    return { ...base, isOn: null, because: 'of which class the server is was not found: some check Host and Origin' }
  if (others.some(({ path }) => path !== first.path))
    return { ...base, isOn: null, because: 'the server is made in several ways' }
  if (fastMcp.test(first.path)) {
    const isSince = versions.isSince('mcp', since)
    if (isSince === false) return none
    const isSet = modules.some(({ assigned }) => assigned.some(({ target }) => target.name === 'transport_security'))
    if (isSet) return { ...base, isOn: null, because: 'its transport_security is set later' }
    const all = made.map(({ named, place: at }) => ofHost(named, at, modules, resolver))
    const found = all.find(({ isOn }) => isOn === false) ?? all.find(({ isOn }) => isOn === null) ?? all[0]
    if (isSince === null && found?.isOn !== false)
      return {
        ...base,
        isOn: null,
        because: `FastMCP of mcp does from ${since} on, and no lock file says which is used`,
      }
    return { ...none, ...found }
  }
  if (sdk2.test(first.path)) {
    const own = call.callee.is === 'member' && call.callee.of === server ? call.named : []
    return { ...base, ...ofHost(own, place, modules, resolver) }
  }
  return is343 && first.path.startsWith('fastmcp.')
    ? { ...base, isOn: true, because: 'fastmcp 3.4.3 checks Host and Origin' }
    : none
}

export const sdkProtection = gatherer<
  SdkProtection[],
  {
    reach: typeof reach
    transportStarts: typeof transportStarts
    allowedVersions: typeof allowedVersions
    lockedVersions: typeof lockedVersions
  }
>({
  id: 'sdk-protection',
  impact: 'read',
  from: 'repository',
  needs: { reach, transportStarts, allowedVersions, lockedVersions },
  gather: (_, { reach: { modules, resolver }, transportStarts, allowedVersions, lockedVersions }) => {
    const is343 = lockedVersions.used.some(({ name, version }) => name === 'fastmcp' && version === '3.4.3')
    return transportStarts
      .filter(({ kind }) => kind === 'http')
      .map(start => protectionOf(start, modules, resolver, allowedVersions, is343))
  },
})
