import { gatherer } from '../core/item.ts'
import { around, inOptions, isEndedByTimer, bestOf, type Timeout } from './calls/timeout.ts'
import { isWithin, nameOf, visibleAt, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import type { OutboundCall } from './outbound.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** What ends a program, directly or by a helper. */
const ending = /kill|terminate|abort|send_signal|destroy/i

interface Started {
  call: Call
  path: string
  /** The name that it is kept by in the function that starts it. */
  name: string
  declaredAt: number
}

const startedIn = (of: FunctionValue, module: Module, { bodies, resolver }: Reach): Started[] =>
  bodies.of(module, of).calls.flatMap((call): Started[] => {
    if (!/^(spawn|create_subprocess_(exec|shell))$/.test(nameOf(call.callee))) return []
    const path = resolver.external(call.callee, { module, frames: [] }) ?? ''
    if (!/^((child_process|cross-spawn):(spawn)?|asyncio\.create_subprocess_(exec|shell))$/.test(path)) return []
    const kept = module.declarations.find(({ value, at }) => value === call && isWithin(at, of))
    return kept ? [{ call, path, name: kept.name, declaredAt: kept.at }] : []
  })

const isIt = (value: Value, { name, declaredAt }: Started, module: Module): boolean =>
  value.is === 'name' &&
  value.name === name &&
  visibleAt(module, value.name, value.at).some(({ at }) => at === declaredAt)

/** Awaited until it ends by itself: `await process.communicate()`. */
const waitedForInPython = (
  started: Started,
  of: FunctionValue,
  module: Module,
  { bodies, resolver }: Reach,
): Call[] => {
  const { calls } = bodies.of(module, of)
  const first = calls.find(
    ({ callee, awaited, arguments: given, at }) =>
      (awaited || around(at, { module, frames: [] }, resolver) === 'present') &&
      given.length === 0 &&
      callee.is === 'member' &&
      /^(communicate|wait)$/.test(callee.name) &&
      isIt(callee.of, started, module),
  )
  if (!first) return []
  // it was told to end before, or something else may tell it
  const isEnded = module.calls.some(
    ({ callee, arguments: given, at, end }) =>
      isWithin(at, of) &&
      ((end <= first.at && ending.test(nameOf(callee))) ||
        given.some(value => value.is === 'member' && ending.test(value.name))),
  )
  return isEnded ? [] : [first]
}

/** `child.on('close', () => resolve(output))`, of which nothing but the end of the program settles the promise. */
const waitedForInTypeScript = (started: Started, of: FunctionValue, module: Module, { resolver }: Reach): Call[] => {
  const place = { module, frames: [] }
  const listeners = module.calls.filter(
    ({ callee, arguments: [event], at }) =>
      isWithin(at, of) &&
      callee.is === 'member' &&
      /^(on|once)$/.test(callee.name) &&
      isIt(callee.of, started, module) &&
      event?.is === 'text' &&
      /^(close|exit)$/.test(event.text),
  )
  return listeners.flatMap((listener): Call[] => {
    const executor = module.calls.findLast(
      ({ constructs, callee, at, end }) =>
        constructs && nameOf(callee) === 'Promise' && at < listener.at && listener.end <= end,
    )?.arguments[0]
    if (executor?.is !== 'function') return []
    const [settle] = executor.parameters
    if (!settle) return []
    const handlers = listeners.flatMap(({ arguments: [, handler] }) =>
      handler ? resolver.things(handler, place).flatMap(({ value }) => (value.is === 'function' ? [value] : [])) : [],
    )
    const settling = module.calls.filter(
      ({ callee, at }) => isWithin(at, executor) && callee.is === 'name' && callee.name === settle,
    )
    const isHanded = module.calls.some(
      ({ arguments: given, at }) =>
        isWithin(at, executor) && given.some(value => value.is === 'name' && value.name === settle),
    )
    const isByEnd = settling.length > 0 && settling.every(({ at }) => handlers.some(handler => isWithin(at, handler)))
    return isByEnd && !isHanded ? [listener] : []
  })
}

const timeoutOf = (started: Started, wait: Call, of: FunctionValue, module: Module, reach: Reach): Timeout => {
  const { resolver, graph } = reach
  const place = { module, frames: [] }
  const given = module.language === 'python' ? [] : started.call.arguments.slice(1)
  const own = bestOf(given.map(value => inOptions(value, ['timeout', 'signal'], place, resolver)))
  if (own === 'present' || isEndedByTimer({ ...place, value: started.call }, resolver)) return 'present'
  const byCallers = graph
    .into(of)
    .map(({ call, to, module: caller }) => around(call?.at ?? to.at, { module: caller, frames: [] }, resolver))
  return bestOf([
    own,
    around(wait.at, place, resolver),
    ...(byCallers.some(one => one !== 'absent') ? ['undecided' as const] : []),
  ])
}

/** It is to go on when the call is over. */
const isLeftAlone = ({ call, path }: Started, module: Module, { resolver }: Reach): boolean =>
  !path.startsWith('asyncio') &&
  call.arguments
    .slice(1)
    .some(value =>
      resolver
        .things(value, { module, frames: [] })
        .some(({ value: options }) => options.is === 'record' && options.fields.some(([key]) => key === 'detached')),
    )

/** Programs that the function of a tool starts, and awaits until they end by themselves. */
export const awaitedProcesses = gatherer<OutboundCall[], { reach: typeof reach; project: typeof project }>({
  id: 'awaited-processes',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = new Set(ownModules(reach, project))
    const found = [...reach.graph.functions].flatMap(([of, module]): OutboundCall[] => {
      if (!own.has(module) || module.minified) return []
      return startedIn(of, module, reach).flatMap((started): OutboundCall[] => {
        if (isLeftAlone(started, module, reach)) return []
        const wait = (module.language === 'python' ? waitedForInPython : waitedForInTypeScript)(
          started,
          of,
          module,
          reach,
        )[0]
        if (!wait) return []
        const timeout = timeoutOf(started, wait, of, module, reach)
        const mayEnd = module.calls.some(({ callee, at }) => isWithin(at, of) && ending.test(nameOf(callee)))
        if (timeout === 'absent' && module.language === 'typescript' && mayEnd) return []
        const what = started.path.replace(':', '.')
        return [{ kind: 'process', what, file: module.path, line: started.call.line, timeout, method: null }]
      })
    })
    return [...new Map(found.map(one => [`${one.file}:${one.line}`, one])).values()]
  },
})
