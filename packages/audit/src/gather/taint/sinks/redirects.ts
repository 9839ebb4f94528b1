import type { Resolver, Thing } from '../../code/resolve.ts'
import { isSame, someIn } from '../../code/parts.ts'
import {
  fieldOf,
  innermost,
  isWithin,
  nothing,
  visibleAt,
  type Call,
  type Module,
  type Value,
} from '../../code/values.ts'

/** What becomes of a request behind the address that it is given. */
export interface Beyond {
  /** Whether it asks for what it is redirected to; null where that cannot be told. */
  follows: boolean | null
  /** What of its client may refuse addresses, each time that one is asked; null where there is nothing of the kind. */
  guard: string | null
}

/** How requests of one library are told where to stop. */
interface Library {
  called: RegExp
  follows: boolean | null
  /** The option that decides it: what it has to be to follow, and to stay; of what is neither nothing is known. */
  option?: [name: string, follows: (value: unknown) => boolean, stays: (value: unknown) => boolean]
  /** What else it may be told that looks at addresses. */
  guards?: string[]
  /** The first argument that is none but options; 1 where nothing is said. */
  from?: number
}

const isYes = (value: unknown): boolean => value === true
const isNo = (value: unknown): boolean => value === false
const isCount = (value: unknown): boolean => typeof value === 'number' && value > 0
const isZero = (value: unknown): boolean => value === 0
const byWord: Library['option'] = [
  'redirect',
  value => value === 'follow',
  value => value === 'manual' || value === 'error',
]
const allowing: Library['option'] = ['allow_redirects', isYes, isNo]
const hooksOfFetch = ['dispatcher', 'agent', 'hooks', 'onRequest', 'fetch']
const hooksOfHttpx = ['event_hooks', 'transport', 'mounts']
const hooksOfGot = ['hooks', 'agent', 'dnsLookup', 'request']
const hooksOfAxios = ['beforeRedirect', 'httpAgent', 'httpsAgent', 'adapter', 'transport', 'lookup']
const counting: Library['option'] = ['maxRedirects', isCount, isZero]

/** The first that knows a name. */
const libraries: Library[] = [
  { called: /^httpx\./, follows: false, option: ['follow_redirects', isYes, isNo], guards: hooksOfHttpx },
  {
    called: /^(requests|aiohttp)\.(\w+\(\)\.)?head$/,
    follows: false,
    option: allowing,
    guards: ['hooks', 'connector'],
  },
  { called: /^requests\./, follows: true, option: allowing, guards: ['hooks'] },
  { called: /^aiohttp\./, follows: true, option: allowing, guards: ['connector', 'trace_configs', 'middlewares'] },
  { called: /^(curl_cffi|cloudscraper)\./, follows: true, option: allowing },
  { called: /^urllib3\./, follows: true, option: ['redirect', isYes, isNo], guards: ['retries'] },
  { called: /^urllib\.request\.url/, follows: true },
  { called: /^global:(globalThis\.)?fetch$|^undici:fetch$/, follows: true, option: byWord, guards: hooksOfFetch },
  { called: /^(node-fetch|cross-fetch|@adobe\/fetch|ky|ofetch):/, follows: true, option: byWord, guards: hooksOfFetch },
  { called: /^axios:.*(post|put|patch)$/, follows: true, option: counting, guards: hooksOfAxios, from: 2 },
  { called: /^axios:/, follows: true, option: counting, guards: hooksOfAxios },
  { called: /^got:/, follows: true, option: ['followRedirect', isYes, isNo], guards: hooksOfGot },
  { called: /^undici:/, follows: false, option: ['maxRedirections', isCount, isZero], guards: ['dispatcher'] },
  { called: /^https?:/, follows: false, guards: ['agent', 'lookup', 'createConnection'] },
  { called: /^ws:|^global:WebSocket$/, follows: false, option: ['followRedirects', isYes, isNo], guards: ['agent'] },
]

const isAbsent = ({ value }: Thing): boolean => value.is === 'constant' && value.of === null
const isUnknown = ({ value }: Thing): boolean => value.is === 'unknown'

interface Made {
  call: Call
  place: Thing
}

const scopeOf = (value: Value, module: Module) =>
  value.is === 'name' ? visibleAt(module, value.name, value.at)[0] : undefined

/** `options.dispatcher = …` after the options were made; also nothing where that is not certain to run. */
const putInto = (options: Value, name: string, { at }: Call, place: Thing, resolver: Resolver): Thing[] =>
  place.module.writes.flatMap((write): Thing[] => {
    const { target, value } = write
    if (target.is !== 'member' || target.name !== name || !isSame(target.of, options)) return []
    if (scopeOf(target.of, place.module) !== scopeOf(options, place.module)) return []
    const isOptional = place.module.branches.some(one => isWithin(write.at, one) && !isWithin(at, one))
    return [...resolver.things(value, place), ...(isOptional ? [{ ...place, value: nothing }] : [])]
  })

/** What a call is told under a name, in keywords and in objects of options; `isOpen`: some of these are not known. */
const told = ({ call, place }: Made, name: string, from: number, resolver: Resolver) => {
  const member = (of: Value, at: Thing): Thing[] => resolver.things({ is: 'member', of, name }, at)
  const own = fieldOf(call.named, name)
  const spread = call.named.flatMap(([key, value]) => (key === '...' ? member(value, place) : []))
  const given = place.module.language === 'python' ? [] : call.arguments
  const options = given.flatMap((argument, index) =>
    resolver.things(argument, place).flatMap(thing => {
      if (thing.value.is === 'record') return member(thing.value, thing)
      const isOther = index < from || thing.value.is === 'constant' || thing.value.is === 'function'
      return isOther ? [] : [{ ...thing, value: { is: 'unknown' } } as const]
    }),
  )
  const later = given.flatMap(argument => putInto(argument, name, call, place, resolver))
  const found = (own ? [] : [...spread, ...options, ...later]).filter(one => !isAbsent(one))
  const things = own ? resolver.things(own, place).filter(one => !isAbsent(one)) : found.filter(one => !isUnknown(one))
  return { things, isOpen: found.some(isUnknown) }
}

/** Agents and transports of libraries that connect to whatever they are told. */
const plain =
  /^https?:(\*\.)?(globalAgent|Agent)$|^undici:\w*(Agent|Pool|Client)$|^(https?|socks|pac|http-https)-proxy-agent:|^(agentkeepalive|hpagent|proxy-agent):|^httpx\.(Async)?HTTPTransport$|^aiohttp\.(connector\.)?TCPConnector$|^urllib3\.(util\.)?(retry\.)?Retry$|^requests\.adapters\.HTTPAdapter$/

const isLooking = ([name, value]: [name: string, value: Value]): boolean =>
  /^(lookup|createConnection|resolver|interceptors)$/.test(name) || (name === 'connect' && value.is !== 'record')

/** Whether it may look at the addresses that are asked: what a library makes does so where it is told how. */
const mayLook = (thing: Thing, resolver: Resolver): boolean => {
  const { value } = thing
  if (value.is === 'constant' || value.is === 'text' || value.is === 'number') return false
  if (value.is === 'list') return value.items.length > 0
  if (value.is === 'external') return !plain.test(value.path)
  if (value.is !== 'call' || !plain.test(resolver.external(value.callee, thing) ?? '')) return true
  return (
    value.named.some(isLooking) ||
    value.arguments.some(given => someIn(given, part => part.is === 'record' && part.fields.some(isLooking)))
  )
}

/** The calls that made the object whose method is called. */
const makersOf = ({ call: { callee }, place }: Made, resolver: Resolver): Made[] =>
  callee.is === 'member'
    ? resolver
        .things(callee.of, place)
        .flatMap(thing => (thing.value.is === 'call' ? [{ call: thing.value, place: thing }] : []))
    : []

const hooking = /^(event_hooks|hooks|mount|_transport|_mounts)$/
const telling = /^(follow_redirects|max_redirects)$/

/** What is set in a client after it was made: `client.event_hooks = …`, `session.mount("https://", adapter)`. */
const changeOf = (asked: Made, made: Made, names: RegExp, resolver: Resolver): string | null => {
  const { callee, at } = asked.call
  const client = callee.is === 'member' ? callee.of : null
  for (const module of new Set([asked.place.module, made.place.module])) {
    const place = { module, frames: [] }
    const isElsewhere = ({ of }: Value & { is: 'member' }): boolean =>
      module === asked.place.module &&
      of.is === 'name' &&
      client?.is === 'name' &&
      innermost(module.functions, of.at) !== innermost(module.functions, at) &&
      visibleAt(module, of.name, of.at)[0] !== visibleAt(module, client.name, client.at)[0]
    let name: string | null = null
    const isIt = (value: Value): boolean => {
      if (value.is !== 'member' || !names.test(value.name) || isElsewhere(value)) return false
      if (!resolver.things(value.of, place).some(thing => thing.value === made.call)) return false
      name = value.name
      return true
    }
    const isPlain = ({ arguments: [, adapter] }: Call): boolean =>
      adapter !== undefined && resolver.things(adapter, place).every(thing => !mayLook(thing, resolver))
    if (module.writes.some(({ target }) => someIn(target, isIt))) return name
    if (module.calls.some(call => someIn(call.callee, isIt) && !isPlain(call))) return name
  }
  return null
}

const valueOf = ({ value }: Thing): unknown =>
  value.is === 'text' ? value.text : value.is === 'number' ? value.number : value.is === 'constant' ? value.of : null

const lookedUp = (call: Call, path: string, module: Module, resolver: Resolver): Beyond => {
  const library = libraries.find(({ called }) => called.test(path))
  if (!library) return { follows: null, guard: null }
  const { option, from = 1, guards = [] } = library
  const asked: Made = { call, place: { module, frames: [], value: call } }
  const makers = path.includes('()') ? makersOf(asked, resolver) : []
  const all = [asked, ...makers]
  const given = guards.find(name =>
    all.some(one => told(one, name, from, resolver).things.some(thing => mayLook(thing, resolver))),
  )
  const guard = given ?? makers.map(made => changeOf(asked, made, hooking, resolver)).find(Boolean) ?? null
  if (!option) return { follows: library.follows, guard }
  const [name, isFollowing, isStaying] = option
  for (const one of all) {
    const { things, isOpen } = told(one, name, from, resolver)
    const values = things.map(valueOf)
    if (values.length > 0 && !isOpen && values.every(isStaying)) return { follows: false, guard }
    if (values.length > 0 && !isOpen && values.every(isFollowing)) return { follows: true, guard }
    if (values.length > 0 || isOpen) return { follows: null, guard }
  }
  const isOpen =
    (path.includes('()') && makers.length === 0) ||
    makers.some(made => changeOf(asked, made, telling, resolver) !== null)
  return { follows: isOpen ? null : library.follows, guard }
}

const known = new WeakMap<Call, Map<string, Beyond>>()

/** Whether a request follows what it is redirected to, and what may look at each address that it asks for. */
export const beyond = (call: Call, path: string, module: Module, resolver: Resolver): Beyond => {
  const ofCall = known.get(call) ?? new Map<string, Beyond>()
  known.set(call, ofCall)
  const found = ofCall.get(path) ?? lookedUp(call, path, module, resolver)
  ofCall.set(path, found)
  return found
}
