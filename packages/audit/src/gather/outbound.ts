import { gatherer } from '../core/item.ts'
import { bundledClients } from './calls/bundled-clients.ts'
import { lateBody, type LateBody } from './calls/body.ts'
import { clients } from './calls/clients.ts'
import { handedOver } from './calls/handed.ts'
import { methodOf } from './calls/method.ts'
import { isEventStream } from './calls/streams.ts'
import { hasTerminal } from './calls/terminal.ts'
import { around, bestOf, isEndedByTimer, type Timeout } from './calls/timeout.ts'
import { modules } from './code/modules.ts'
import type { Sections } from './code/sections.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { innermost, visibleAt, type Call, type Module, type Value } from './code/values.ts'
import { entered } from './entered.ts'
import { isInScope, project } from './project.ts'
import { reach, type Reach } from './reach.ts'

export interface OutboundCall {
  kind: 'http' | 'process' | 'network'
  /** The function that is called, such as `axios.get`. */
  what: string
  file: string
  line: number
  timeout: Timeout
  /** The timer is cleared before the body of the answer is read. */
  late?: LateBody
  /** A stream of events, which is meant to stay open. */
  isStream?: true
  /** Of a request, such as `GET`; null when it is not known. */
  method: string | null
}

export interface Outbound {
  calls: OutboundCall[]
  /** Number of source files that were looked at. */
  files: number
  /** Packages that stand in the files themselves, since they are bundles. */
  bundled: string[]
}

const methods =
  /^(fetch|axios|got|get|post|put|patch|delete|head|options|request|stream|send|(exec|spawn|execa)\w*|run|call|check_call|check_output|get(status)?output|communicate|wait|urlopen|ServerProxy|(post|put|patch)Form)$/

const rootOf = (value: Value): (Value & { is: 'name' }) | null =>
  value.is === 'member' ? rootOf(value.of) : value.is === 'name' ? value : null

/** Most calls cannot be outbound: those of functions, parameters, and methods with other names. */
const mayBeOutbound = ({ callee }: Call, { module }: Place): boolean => {
  if (callee.is === 'member') {
    const root = rootOf(callee)
    if (!methods.test(callee.name) || !root || /^(this|self|cls)$/.test(root.name)) return methods.test(callee.name)
    const declared = visibleAt(module, root.name, root.at)
    // of parameters only those that are declared to be a client: most others are lists and records
    return declared.every(
      ({ value, type }) => value.is !== 'parameter' || /(Client|Session|Axios\w*|Got)$/.test(type ?? ''),
    )
  }
  if (callee.is !== 'name') return false
  const declared = visibleAt(module, callee.name, callee.at)
  return declared.every(({ value }) => /^(import|call|member|choice|either)$/.test(value.is))
}

/** `session: aiohttp.ClientSession` that nobody in sight passes. */
const pathsByType = ({ callee }: Call, place: Place, resolver: Resolver): string[] => {
  if (callee.is !== 'member' || callee.of.is !== 'name' || place.module.language !== 'python') return []
  return visibleAt(place.module, callee.of.name, callee.of.at).flatMap(({ type }) => {
    const [head, ...rest] = (type ?? '').split('.')
    if (!head) return []
    const named = rest.reduce((of: Value, name): Value => ({ is: 'member', of, name }), {
      is: 'name',
      name: head,
      at: 0,
    })
    const path = resolver.external(named, place)
    return path ? [`${path}().${callee.name}`] : []
  })
}

/** The name of what is called, through `promisify` as well. */
const pathsOf = (call: Call, place: Place, resolver: Resolver): string[] => {
  const paths = resolver.things(call.callee, place).flatMap(({ value, module, frames }) => {
    if (value.is === 'external') return [value.path]
    if (value.is !== 'call' || !value.arguments[0]) return []
    const maker = resolver.external(value.callee, { module, frames })
    const inner = resolver.external(value.arguments[0], { module, frames })
    if (maker === 'util:promisify') return inner ? [inner] : []
    return maker && /^(axios|got):/.test(maker) ? [`${maker}()`] : []
  })
  return paths.length > 0 ? [...new Set(paths)] : pathsByType(call, place, resolver)
}

/** It ends in time because whoever calls its function sees to it. */
export const byCallers = (call: Call, { module }: Place, resolver: Resolver): Timeout => {
  const of = innermost(module.functions, call.at)
  const callers = of ? resolver.callers(of, module) : []
  const found = callers.map(caller => around(caller.call.at, { module: caller.module, frames: [] }, resolver))
  return found.length > 0 && found.every(timeout => timeout !== 'absent') ? 'undecided' : 'absent'
}

/** A program that is started and of which nobody awaits the end, such as the browser of a login. */
const isLeftAlone = ({ dropped, arguments: given }: Call, path: string): boolean =>
  dropped === true &&
  /^child_process:exec(File)?$/.test(path) &&
  given.every(({ is }) => is !== 'function' && is !== 'name' && is !== 'member')

/** A program of a command that somebody types and ends, which no call of a client starts. */
const isOfUser = (call: Call, place: Place, { bodies, graph, resolver }: Reach): boolean => {
  const of = bodies.around(place.module, call.at)
  return (of === null || !graph.functions.has(of)) && hasTerminal(call, place, resolver)
}

const outboundIn = (module: Module, resolver: Resolver, reach: Reach, sections: Sections): OutboundCall[] => {
  const place: Place = { module, frames: [] }
  const bundled = bundledClients(module, sections, resolver).map(({ call, what, timeout }) => ({
    kind: 'http' as const,
    what,
    file: module.path,
    line: call.line,
    timeout,
    method: null,
  }))
  const own = module.calls
    .filter(({ at }) => sections.packageAt(module, at) === null)
    .map(call => handedOver(call) ?? call)
    .filter(call => mayBeOutbound(call, place))
    .flatMap((call): OutboundCall[] =>
      pathsOf(call, place, resolver).flatMap(path => {
        const client = clients.find(({ called }) => called.test(path))
        if (!client || isLeftAlone(call, path)) return []
        if (client.kind === 'process' && isOfUser(call, place, reach)) return []
        const late = /(^|[:.])fetch$/.test(path) ? lateBody(call, place, resolver) : null
        const own = late ? 'absent' : client.timeout(call, place, resolver, path)
        const timeout =
          own === 'present' || isEndedByTimer({ ...place, value: call }, resolver)
            ? 'present'
            : bestOf([own, around(call.at, place, resolver), byCallers(call, place, resolver)])
        const what = path
          .replace(/^(global|builtins)[:.]/, '')
          .replace(/:$/, '')
          .replace(':', '.')
        const method = client.kind === 'http' ? methodOf(call, path, module, resolver) : null
        const isStream = client.kind === 'http' && timeout === 'absent' && isEventStream(call, method, place, resolver)
        const found = { kind: client.kind, what, file: module.path, line: call.line, timeout, method }
        if (isStream) return [{ ...found, isStream }]
        return [late && timeout === 'absent' ? { ...found, late } : found]
      }),
    )
  return [...own, ...bundled]
}

const isBuilt = (path: string): boolean => /(^|\/)(dist|build|out)\//.test(path)

/** Calls out of the server's package: HTTP requests and child processes that are waited for. */
export const outbound = gatherer<
  Outbound,
  {
    modules: typeof modules
    entered: typeof entered
    project: typeof project
    reach: typeof reach
  }
>({
  id: 'outbound',
  impact: 'read',
  from: 'repository',
  needs: { modules, entered, project, reach },
  gather: (_, { modules: source, entered, project, reach }) => {
    const resolver = openResolver(source)
    const own = entered.all.filter(({ path }) => isInScope(project, path))
    const authored = own.filter(({ path }) => !isBuilt(path))
    const looked = authored.length > 0 ? authored : own
    const calls = looked.flatMap(module => {
      const found = outboundIn(module, resolver, reach, entered)
      return found.length > 0 && entered.isUnused(module) ? [] : found
    })
    return { calls, files: looked.length, bundled: [...new Set(looked.flatMap(module => entered.packagesIn(module)))] }
  },
})
