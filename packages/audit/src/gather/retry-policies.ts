import { gatherer } from '../core/item.ts'
import { methodOf } from './calls/method.ts'
import { againAround, type Again } from './calls/again.ts'
import { clients as known } from './calls/clients.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Resolver } from './code/resolve.ts'
import { fieldOf, isWithin, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { ownModules } from './concurrency/own-modules.ts'
import { entered } from './entered.ts'
import { nameOf, pathsOf, shownPath } from './concurrency/paths.ts'
import { project } from './project.ts'
import { openBodies, type Bodies } from './reached/bodies.ts'

/** A request to another machine, and what tries it again when it fails. */
export interface Attempted {
  what: string
  file: string
  line: number
  /** In capitals; null when it is not written down. */
  method: string | null
  /** Null when nothing does; `open` when who calls it was not followed to the end. */
  policy: string | null
  open: boolean
  /** It tries again for as long as it fails. */
  endless?: boolean
  /** It carries a key by which the other side knows a repetition. */
  hasKey: boolean
}

export interface RetryPolicies {
  requests: Attempted[]
  files: number
  /** Packages that stand in the files themselves, since they are bundles. */
  bundled: string[]
}

const wrappers =
  /^(p-retry:(default)?|async-retry:(default)?|retry:.*|cockatiel:.*|exponential-backoff:backOff|@lifeomic\/attempt:retry|ts-retry(-promise)?:.*|opossum:.*|tenacity\.(Async)?Retrying\(\).*|tenacity\.(retry|AsyncRetrying|Retrying)|stamina\.(retry|retry_context|AsyncRetryingCaller.*)|backoff\.(on_exception|on_predicate)|retrying\.retry|aiohttp_retry\..*)/
const byDefault = /^(got|ky):/
const maxDepth = 5

interface Scene {
  resolver: Resolver
  bodies: Bodies
  all: Module[]
  /** The first call of what is so named. */
  used: (wanted: RegExp) => { call: Call; module: Module } | undefined
}

const heads = (value: Value, module: Module, resolver: Resolver): string[] => {
  const callee = value.is === 'call' ? value.callee : value
  return resolver
    .things(callee, { module, frames: [] })
    .flatMap(thing => (thing.value.is === 'external' ? [thing.value.path] : []))
}

/** A large repository asks the same of each of its requests, so the answers are kept. */
const openUsed = (all: Module[], resolver: Resolver): Scene['used'] => {
  const answers = new Map<string, ReturnType<Scene['used']>>()
  let firsts: Map<string, { call: Call; module: Module }> | undefined
  const firstOfEach = (): NonNullable<typeof firsts> => {
    const found: NonNullable<typeof firsts> = new Map()
    for (const module of all)
      for (const call of module.calls)
        for (const head of heads(call, module, resolver)) if (!found.has(head)) found.set(head, { call, module })
    return found
  }
  return wanted => {
    if (answers.has(wanted.source)) return answers.get(wanted.source)
    firsts ??= firstOfEach()
    const [, first] = [...firsts].find(([head]) => wanted.test(head)) ?? []
    answers.set(wanted.source, first)
    return first
  }
}

const isIn = (at: number, call: Call): boolean => call.at < at && at < call.end

/** A function of the repository that calls what it is given again and again; a decorator as well. */
const retriesArgument = (of: FunctionValue, module: Module, scene: Scene, depth = 0): Pick<Again, 'endless'> | null => {
  const { resolver } = scene
  const given = new Set(module.functions.filter(one => isWithin(one.at, of)).flatMap(({ parameters }) => parameters))
  const isGiven = (value: Value): boolean => value.is === 'name' && given.has(value.name)
  for (const call of module.calls.filter(one => isWithin(one.at, of))) {
    const again = isGiven(call.callee) ? againAround(call.at, module, resolver) : null
    if (again) return again
    if (!isGiven(call.callee) && !call.arguments.some(isGiven)) continue
    for (const outer of [call, ...module.calls.filter(each => isIn(call.at, each))]) {
      if (heads(outer, module, resolver).some(path => wrappers.test(path))) return { endless: false }
      const inner = depth < 2 ? retriesIn(outer.callee, module, scene, depth + 1, of) : null
      if (inner) return inner
    }
  }
  return null
}

/** The first of what a value stands for that calls again what it is given. */
const retriesIn = (
  value: Value,
  module: Module,
  scene: Scene,
  depth = 0,
  but?: FunctionValue,
): (Pick<Again, 'endless'> & { where: string }) | null => {
  for (const { value: of, module: other } of scene.resolver.things(value, { module, frames: [] })) {
    const again = of.is === 'function' && of !== but ? retriesArgument(of, other, scene, depth) : null
    if (again && of.is === 'function') return { endless: again.endless, where: `${other.path}:${of.line}` }
  }
  return null
}

type Policy = Pick<Attempted, 'policy' | 'open' | 'endless'>

/** What stands around a place, and around the calls that lead to it. */
const around = (at: number, module: Module, scene: Scene, depth = 0, seen = new Set<FunctionValue>()): Policy => {
  const { resolver, bodies } = scene
  const found = (policy: string, endless = false): Policy => ({ policy, open: false, ...(endless ? { endless } : {}) })
  const again = againAround(at, module, resolver)
  if (again) return found(`the ${again.how} in ${module.path}:${again.line}`, again.endless)
  for (const context of module.contexts)
    if (isWithin(at, context) && heads(context.value, module, resolver).some(path => wrappers.test(path)))
      return found(heads(context.value, module, resolver)[0] ?? '')
  for (const loops of module.loops)
    if (isWithin(at, loops) && heads(loops.of, module, resolver).some(path => wrappers.test(path)))
      return found(heads(loops.of, module, resolver)[0] ?? '')
  for (const outer of module.calls.filter(call => isIn(at, call))) {
    const path = heads(outer, module, resolver).find(one => wrappers.test(one))
    if (path) return found(shownPath(path))
    const own = retriesIn(outer.callee, module, scene)
    if (own) return found(`${nameOf(outer)} of ${own.where}`, own.endless)
  }
  const of = bodies.around(module, at)
  if (!of || seen.has(of)) return { policy: null, open: false }
  seen.add(of)
  const decorator = module.decorated
    .filter(one => one.function === of)
    .flatMap(one => heads(one.decorator, module, resolver))
  const decorated = decorator.find(path => wrappers.test(path))
  if (decorated) return found(decorated)
  for (const one of module.decorated.filter(each => each.function === of)) {
    const callee = one.decorator.is === 'call' ? one.decorator.callee : one.decorator
    const own = retriesIn(callee, module, scene)
    if (own) return found(`the decorator of ${own.where}`, own.endless)
  }
  if (depth >= maxDepth) return { policy: null, open: true }
  const outer = bodies.around(module, of.at - 1)
  const callers = resolver.callers(of, module)
  const ways = callers.map(({ call, module: from }) => around(call.at, from, scene, depth + 1, seen))
  const lexical = outer || callers.length === 0 ? [around(of.at, module, scene, depth + 1, seen)] : []
  // handed over by name: `pRetry(load)`, `withRetry(this.load)`
  const handed = module.calls.filter(call =>
    call.arguments.some(
      value => value.is === 'name' && resolver.things(value, { module, frames: [] }).some(thing => thing.value === of),
    ),
  )
  const named = handed.map(call => {
    const path = heads(call, module, resolver).find(one => wrappers.test(one))
    const own = retriesIn(call.callee, module, scene)
    return path || own ? found(nameOf(call), own?.endless) : { policy: null, open: false }
  })
  const all = [...ways, ...lexical, ...named]
  const kept = all.find(({ policy }) => policy !== null)
  return kept ?? { policy: null, open: all.some(({ open }) => open) }
}

/** What the client itself does: `axiosRetry(client)`, `transport=AsyncHTTPTransport(retries=3)`, RetryAgent. */
const ofClient = (call: Call, path: string, module: Module, { resolver, all, used }: Scene): string | null => {
  if (byDefault.test(path)) return `${shownPath(path)} tries twice more by itself`
  if (path.startsWith('axios:')) return used(/^axios-retry:/) ? 'axios-retry' : null
  if (/fetch$|^undici:/.test(path)) {
    const agent = used(/^undici:(RetryAgent|interceptors\.retry)$/)
    const options = call.arguments[1]
    const hasOwn =
      options &&
      resolver
        .things(options, { module, frames: [] })
        .some(({ value }) => value.is === 'record' && fieldOf(value.fields, 'dispatcher'))
    return agent && (hasOwn || used(/^undici:setGlobalDispatcher$/)) ? 'undici RetryAgent' : null
  }
  if (path.startsWith('httpx.')) {
    const transport = used(/^httpx\.(Async)?HTTPTransport$/)
    const retries = transport ? fieldOf(transport.call.named, 'retries') : undefined
    const isGiven = used(/^httpx\.(Async)?Client$/)?.call.named.some(([key]) => key === 'transport' || key === '...')
    return (retries && isGiven) || used(/^httpx_retries\.RetryTransport$/) ? 'the transport of httpx' : null
  }
  if (path.startsWith('requests.')) {
    const adapter = used(/^requests\.adapters\.HTTPAdapter$/)
    const isMounted = all.some(each => each.calls.some(one => nameOf(one) === 'mount'))
    return adapter && fieldOf(adapter.call.named, 'max_retries') && isMounted && /ession/.test(path)
      ? 'HTTPAdapter(max_retries=...)'
      : null
  }
  return null
}

const hasKey = (value: Value, depth = 0): boolean => {
  if (depth > 5) return false
  if (value.is === 'record')
    return value.fields.some(([key, field]) => /^(x-)?idempotency-key$/i.test(key) || hasKey(field, depth + 1))
  return value.is === 'call' && value.arguments.some(each => hasKey(each, depth + 1))
}

/** Requests to other machines, and what tries them again. */
export const retryPolicies = gatherer<
  RetryPolicies,
  { modules: typeof modules; entered: typeof entered; project: typeof project }
>({
  id: 'retry-policies',
  impact: 'read',
  from: 'repository',
  needs: { modules, entered, project },
  gather: (_, { modules, entered, project }) => {
    const resolver = openResolver(modules)
    const bodies = openBodies(modules.byPath.values())
    const looked = ownModules(entered, project)
    const scene: Scene = { resolver, bodies, all: looked, used: openUsed(looked, resolver) }
    const http = known.filter(({ kind }) => kind === 'http')
    const names =
      /^(fetch|axios|got|ky|get|post|put|patch|delete|head|options|request|stream|send|urlopen|(post|put|patch)Form|\$?http\w*|client)$/i
    const requests = looked.flatMap(module =>
      module.calls.flatMap((call): Attempted[] => {
        if (!names.test(nameOf(call))) return []
        const path = pathsOf(call, { module, frames: [] }, resolver).find(
          one =>
            http.some(({ called }) => called.test(one)) ||
            /^ky:(ky\.?|create\(\)\.?)?(get|post|put|patch|delete|head)?$/.test(one),
        )
        if (!path || entered.isUnused(module) || entered.packageAt(module, call.at) !== null) return []
        const client = ofClient(call, path, module, scene)
        const policy: Policy = client ? { policy: client, open: false } : around(call.at, module, scene)
        return [
          {
            what: shownPath(path),
            file: module.path,
            line: call.line,
            method: methodOf(call, path, module, resolver),
            ...policy,
            hasKey: [...call.arguments, ...call.named.map(([, value]) => value)].some(value => hasKey(value)),
          },
        ]
      }),
    )
    return {
      requests,
      files: looked.length,
      bundled: [...new Set(looked.flatMap(module => entered.packagesIn(module)))],
    }
  },
})
