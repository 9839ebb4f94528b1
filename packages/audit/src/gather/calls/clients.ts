import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, isWithin, type Call, type Value } from '../code/values.ts'
import { ofServerProxy } from './xmlrpc.ts'
import { bestOf, inKeywords, inOptions, ofAmount, worstOf, type Timeout } from './timeout.ts'

/** How one library takes its timeout. */
export interface Client {
  kind: 'http' | 'process'
  called: RegExp
  timeout(call: Call, place: Place, resolver: Resolver, path: string): Timeout
}

/** The arguments that may hold options; what stands before them is a text, an address or a body. */
const options = (keys: string[], from: number) => (call: Call, place: Place, resolver: Resolver) =>
  bestOf(call.arguments.slice(from).map(argument => inOptions(argument, keys, place, resolver)))

/** A first argument is an address or options: only what is known to be an object counts. */
const firstOptions = (keys: string[]) => (call: Call, place: Place, resolver: Resolver) => {
  const [first] = call.arguments
  const isRecord = first && resolver.things(first, place).some(({ value }) => value.is === 'record')
  return isRecord ? inOptions(first, keys, place, resolver) : 'absent'
}

/** The call that made the object on which a method is called: `axios.create(...)`, `new Session()`. */
const makers = (call: Call, place: Place, resolver: Resolver): { call: Call; place: Place }[] =>
  call.callee.is === 'member'
    ? resolver
        .things(call.callee.of, place)
        .flatMap(thing => (thing.value.is === 'call' ? [{ call: thing.value, place: thing }] : []))
    : []

/** Options of the call, or those that its client was made with. */
const withInstance =
  (keys: string[], hasBody: boolean): Client['timeout'] =>
  (call, place, resolver) => {
    const from = hasBody && call.callee.is === 'member' && /^(post|put|patch)/.test(call.callee.name) ? 2 : 1
    const own = bestOf([firstOptions(keys)(call, place, resolver), options(keys, from)(call, place, resolver)])
    const made = makers(call, place, resolver).map(maker => options(keys, 0)(maker.call, maker.place, resolver))
    return bestOf([own, ...(made.length > 0 ? [worstOf(made)] : [])])
  }

/** `client.interceptors.request.use(config => { config.timeout = 5000; return config })`. */
const isIntercepted = (made: Call[], place: Place, resolver: Resolver): boolean =>
  place.module.calls.some(({ callee, arguments: [interceptor] }) => {
    const owner =
      callee.is === 'member' && callee.name === 'use' && callee.of.is === 'member' && callee.of.of.is === 'member'
        ? callee.of.of
        : null
    if (!interceptor || owner?.name !== 'interceptors') return false
    if (!resolver.things(owner.of, place).some(thing => made.includes(thing.value as Call))) return false
    return resolver
      .things(interceptor, place)
      .some(
        ({ value, module }) =>
          value.is === 'function' &&
          (module.writes.some(
            ({ target, at }) => isWithin(at, value) && target.is === 'member' && isLimit(target.name),
          ) ||
            value.returns.some(one => one.is === 'record' && one.fields.some(([key]) => isLimit(key)))),
      )
  })

const isLimit = (name: string): boolean => name === 'timeout' || name === 'signal'

const axiosDefaults: Client['timeout'] = (call, place, resolver, path) => {
  const isInstance = path.includes('()')
  const made = isInstance ? makers(call, place, resolver).map(maker => maker.call) : []
  const isSet = place.module.assigned.some(({ target, value }) => {
    if (target.name !== 'timeout' || target.of.is !== 'member' || target.of.name !== 'defaults') return false
    const isMeant = isInstance
      ? resolver.things(target.of.of, place).some(thing => made.includes(thing.value as Call))
      : /axios:.*defaults$/.test(resolver.external(target.of, place) ?? '')
    return isMeant && ofAmount(value, place, resolver) === 'present'
  })
  if (isSet || (isInstance && isIntercepted(made, place, resolver))) return 'present'
  return withInstance(['timeout', 'signal'], true)(call, place, resolver, path)
}

/** `const request = http.get(...)` and later `request.setTimeout(...)`. */
const nodeRequest: Client['timeout'] = (call, place, resolver) => {
  const keys = ['timeout', 'signal']
  const own = bestOf([firstOptions(keys)(call, place, resolver), options(keys, 1)(call, place, resolver)])
  const later = place.module.calls.some(
    ({ callee }) =>
      callee.is === 'member' &&
      callee.name === 'setTimeout' &&
      resolver.things(callee.of, place).some(({ value }) => value === call),
  )
  return later ? 'present' : own
}

const request: Client['timeout'] = (call, place, resolver) => {
  const own = options(['signal', 'timeout'], 1)(call, place, resolver)
  const [first] = call.arguments
  const made = first ? resolver.things(first, place).filter(({ value }) => value.is === 'call') : []
  const inner = made.flatMap(thing =>
    thing.value.is === 'call' && resolver.external(thing.value.callee, thing) === 'global:Request'
      ? [options(['signal'], 1)(thing.value, thing, resolver)]
      : [],
  )
  return bestOf([own, ...inner])
}

const keywords =
  (otherwise: Timeout): Client['timeout'] =>
  (call, place, resolver) =>
    inKeywords(call, otherwise, place, resolver)

/** An adapter of its own, or `session.request` set anew, may give every request of a session a timeout. */
const ofSession: Client['timeout'] = (call, place, resolver) => {
  const own = inKeywords(call, 'absent', place, resolver)
  const made = makers(call, place, resolver)
  if (own === 'present' || made.length === 0) return own
  const isMadeOver = made.every(maker => {
    const isIt = (value: Value): boolean => resolver.things(value, place).some(thing => thing.value === maker.call)
    return [...new Set([place.module, maker.place.module])].some(
      module =>
        module.assigned.some(({ target }) => /^(request|send|timeout)$/.test(target.name) && isIt(target.of)) ||
        module.calls.some(
          ({ callee, arguments: [, adapter] }) =>
            callee.is === 'member' &&
            callee.name === 'mount' &&
            isIt(callee.of) &&
            !adapterOf(adapter, { module, frames: [] }, resolver).startsWith('requests.'),
        ),
    )
  })
  return isMadeOver ? bestOf([own, 'undecided']) : own
}

const adapterOf = (value: Value | undefined, place: Place, resolver: Resolver): string =>
  value
    ? (resolver
        .things(value, place)
        .map(thing => (thing.value.is === 'call' ? resolver.external(thing.value.callee, thing) : null))
        .find(path => path !== null) ?? '')
    : ''

/** httpx and aiohttp have a default; it is lost where the call or the client says None. */
const withDefault: Client['timeout'] = (call, place, resolver) => {
  const own = fieldOf(call.named, 'timeout')
  if (own || call.named.some(([key]) => key === '...')) return inKeywords(call, 'present', place, resolver)
  const made = makers(call, place, resolver)
  return worstOf(made.length > 0 ? made.map(one => inKeywords(one.call, 'present', one.place, resolver)) : ['present'])
}

const positional =
  (index: number): Client['timeout'] =>
  (call, place, resolver) => {
    const given = call.arguments[index]
    return given ? ofAmount(given, place, resolver) : inKeywords(call, 'absent', place, resolver)
  }

const verbs = '(get|post|put|patch|delete|head|options|request|stream|send)'
export const clients: Client[] = [
  {
    kind: 'http',
    called: /^(global:(globalThis\.|window\.)?fetch|undici:fetch|(node|cross)-fetch:(fetch)?)$/,
    timeout: request,
  },
  {
    kind: 'http',
    called: new RegExp(`^axios:(axios|Axios)?(create\\(\\))?\\.?${verbs}?(Form)?$`),
    timeout: axiosDefaults,
  },
  {
    kind: 'http',
    called: new RegExp(`^got:(got\\.?)?(extend\\(\\))?\\.?${verbs}?$`),
    timeout: withInstance(['timeout', 'signal'], false),
  },
  { kind: 'http', called: /^undici:request$/, timeout: options(['headersTimeout', 'bodyTimeout', 'signal'], 1) },
  { kind: 'http', called: /^https?:(request|get)$/, timeout: nodeRequest },
  {
    kind: 'process',
    called: /^child_process:(exec|execFile|execSync|execFileSync|spawnSync)$/,
    timeout: options(['timeout', 'signal'], 1),
  },
  {
    kind: 'process',
    called: /^execa:(execa|execaSync|execaCommand|execaCommandSync|execaNode)?$/,
    timeout: options(['timeout', 'cancelSignal', 'signal'], 1),
  },
  {
    kind: 'http',
    called: new RegExp(`^requests\\.(api\\.|(sessions\\.)?[sS]ession\\(\\)\\.)?${verbs}$`),
    timeout: ofSession,
  },
  { kind: 'http', called: new RegExp(`^httpx\\.((Async)?Client\\(\\)\\.)?${verbs}$`), timeout: withDefault },
  {
    kind: 'http',
    called: new RegExp(`^aiohttp\\.(client\\.)?(ClientSession\\(\\)\\.)?${verbs}$`),
    timeout: withDefault,
  },
  { kind: 'http', called: /^urllib\.request\.urlopen$/, timeout: positional(2) },
  { kind: 'http', called: /^xmlrpc\.client\.Server(Proxy)?$/, timeout: ofServerProxy },
  {
    kind: 'process',
    called: /^subprocess\.(run|call|check_call|check_output|getoutput|getstatusoutput)$/,
    timeout: keywords('absent'),
  },
  { kind: 'process', called: /^subprocess\.Popen\(\)\.communicate$/, timeout: positional(1) },
  { kind: 'process', called: /^subprocess\.Popen\(\)\.wait$/, timeout: positional(0) },
]
