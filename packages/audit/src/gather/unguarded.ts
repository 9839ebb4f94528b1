import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import type { Place } from './code/resolve.ts'
import type { Call, FunctionValue, Module } from './code/values.ts'
import { fieldOf, innermost } from './code/values.ts'
import { lostChain, unparsed } from './lost-rejections.ts'
import { legibleModules } from './own-modules.ts'
import { processEnds } from './process-ends.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import { serverOf } from './registered/servers.ts'
import { unreadRequest } from './request-parsing.ts'
import { singleFailures } from './single-failures.ts'
import { unheardErrors } from './unheard-errors.ts'

/** A place where one failure becomes a failure of more than the call it belongs to. */
export interface Unguarded {
  file: string
  line: number
  saw: string
  wanted: string
}

/** Python: `server.run(..., raise_exceptions=True)` ends the process at the first message that does not parse. */
const raising = (call: Call, place: Place, { resolver }: Reach): Unguarded[] => {
  const { callee } = call
  const given = fieldOf(call.named, 'raise_exceptions')
  if (!given || callee.is !== 'member' || callee.name !== 'run' || !serverOf(callee.of, place, resolver)) return []
  const isOn = resolver.things(given, place).some(({ value }) => value.is === 'constant' && value.of === true)
  const saw = 'run(raise_exceptions=True): one message that does not parse, or one failing handler, ends the process'
  return isOn ? [{ file: place.module.path, line: call.line, saw, wanted: 'no raise_exceptions outside of tests' }] : []
}

/** Python: `McpError("text")` is an AttributeError, since it wants an ErrorData. */
const malformed = (call: Call, place: Place, { resolver }: Reach): Unguarded[] => {
  const [first] = call.arguments
  if (!first || call.arguments.length > 1 || call.named.length > 0) return []
  const path = resolver.external(call.callee, place) ?? ''
  if (!/^mcp\.(shared\.exceptions\.)?McpError$/.test(path)) return []
  const isText = first.is === 'join' || resolver.things(first, place).every(({ value }) => value.is === 'text')
  const saw = 'McpError is made of a text: that raises AttributeError instead of the error'
  const wanted = 'McpError(ErrorData(code=INVALID_PARAMS, message=...))'
  return isText ? [{ file: place.module.path, line: call.line, saw, wanted }] : []
}

const isCovered = (module: Module, { at }: { at: number }): boolean =>
  module.tries.some(({ body, handlers }) => handlers.length > 0 && body.at <= at && at < body.end)

/** What a function awaits or calls outside of every `try`. */
const mayReject = (of: FunctionValue, module: Module, { bodies }: Reach): boolean => {
  const body = bodies.of(module, of)
  const isOpen = (one: { at: number }): boolean => !isCovered(module, one)
  return body.throws.some(isOpen) || body.calls.some(call => call.awaited === true && isOpen(call))
}

/** TypeScript: an async function that nobody waits for; its rejection ends the process. */
const floating = (call: Call, place: Place, reach: Reach): Unguarded[] => {
  const { module } = place
  if (!call.dropped || call.awaited || module.language !== 'typescript') return []
  const owner = reach.bodies.around(module, call.at)
  if (!owner || !reach.graph.functions.has(owner)) return []
  const found = reach.resolver
    .things(call.callee, place)
    .find(
      ({ value, module: other }) => value.is === 'function' && value.isAsync === true && mayReject(value, other, reach),
    )
  if (found?.value.is !== 'function') return []
  const name = found.value.name ?? 'an async function'
  const saw = `nobody waits for ${name}: when it fails, the rejection ends the process`
  return [{ file: module.path, line: call.line, saw, wanted: 'await, or a catch that logs' }]
}

const closing = /^(close|destroy|dispose|disconnect|cleanup|shutdown|stop|end|kill|exit)\w*$/i

/** What an async function awaits outside of every `try`, but for what only puts an end to something. */
const mayFailLater = (of: FunctionValue, module: Module, { bodies }: Reach): boolean => {
  const body = bodies.of(module, of)
  const isOpen = (one: { at: number }): boolean => !isCovered(module, one)
  const isClosing = ({ callee }: Call): boolean =>
    (callee.is === 'member' || callee.is === 'name') && closing.test(callee.name)
  return (
    body.throws.some(isOpen) ||
    body.calls.some(call => call.awaited === true && isOpen(call) && !isClosing(call) && !isSafe(call))
  )
}

/** `await work().catch(report)`. */
const isSafe = ({ callee }: Call): boolean => callee.is === 'member' && /^(catch|allSettled)$/.test(callee.name)

/** TypeScript: an async function that an emitter or a timer calls; it waits for none of them. */
const listening = (call: Call, place: Place, reach: Reach): Unguarded[] => {
  const { callee, arguments: given, line } = call
  const name = callee.is === 'member' || callee.is === 'name' ? callee.name : ''
  const isTimer = /^set(Interval|Timeout)$/.test(name)
  const takesFirst = isTimer || name === 'forEach'
  if (!takesFirst && !/^(on|once|addListener|prependListener)$/.test(name)) return []
  const listener = takesFirst ? given[0] : given[1]
  // a process that gets a signal ends anyway
  if (!listener || reach.resolver.external(callee, place)?.startsWith('global:process.')) return []
  const found = reach.resolver
    .things(listener, place)
    .find(
      ({ value, module }) => value.is === 'function' && value.isAsync === true && mayFailLater(value, module, reach),
    )
  if (found?.value.is !== 'function') return []
  const what =
    found.value.name ?? (isTimer ? 'the function of a timer' : takesFirst ? 'what it is given' : 'an async listener')
  const saw = `${name} waits for nobody: when ${what} fails, the rejection ends the process`
  return [{ file: place.module.path, line, saw, wanted: 'a catch around its work, or a handler of unhandledRejection' }]
}

/** The class of `__enter__` is entered by what a handler reaches: `with Limit(10):`. */
const isEntered = (of: FunctionValue, module: Module, { modules, graph, bodies, resolver }: Reach): boolean => {
  const owner = of.name === '__enter__' ? innermost(module.classes, of.at) : undefined
  return (
    owner !== undefined &&
    modules.some(other =>
      other.contexts.some(({ value, at }) => {
        const around = bodies.around(other, at)
        if (value.is !== 'call' || !around || !graph.functions.has(around)) return false
        return resolver.things(value.callee, { module: other, frames: [] }).some(thing => thing.value === owner)
      }),
    )
  )
}

/** Python: an alarm rings in the main thread alone, and not at all on Windows. */
const alarming = (call: Call, place: Place, reach: Reach): Unguarded[] => {
  const { module } = place
  const path = reach.resolver.external(call.callee, place) ?? ''
  if (!/^signal\.(alarm|setitimer)$/.test(path)) return []
  const owner = reach.bodies.around(module, call.at)
  if (!owner || !(reach.graph.functions.has(owner) || isEntered(owner, module, reach))) return []
  const asked = /^(hasattr|system|name|platform|current_thread|main_thread)$/
  const isAsked = module.guards.some(
    ({ test, at, end }) =>
      at <= call.at &&
      call.at < end &&
      someIn(test, part => (part.is === 'name' || part.is === 'member') && asked.test(part.name)),
  )
  if (isAsked) return []
  const saw = `${path}: where there is no SIGALRM, and in every thread but the first, the call ends in an AttributeError or a ValueError`
  return [
    {
      file: module.path,
      line: call.line,
      saw,
      wanted: 'asyncio.timeout, a process with a timeout, or a look at the platform',
    },
  ]
}

const lost = (call: Call, { module }: Place, reach: Reach, serving: Set<Module>): Unguarded[] => {
  if (!serving.has(module)) return []
  const chain = lostChain(call, module, reach)
  const parsing = unparsed(call, module, reach)
  return [
    ...(chain ? [{ file: module.path, line: call.line, saw: chain, wanted: 'await, or a catch that logs' }] : []),
    ...(parsing ? [{ file: module.path, ...parsing, wanted: 'a try around it' }] : []),
  ]
}

const unreadable = (call: Call, place: Place, reach: Reach): Unguarded[] => {
  const found = unreadRequest(call, place, reach)
  return found ? [{ ...found, wanted: 'a try around it that answers 400' }] : []
}

const handlesRejections = (module: Module, { resolver }: Reach): boolean =>
  module.calls.some(call => {
    const { callee, arguments: given } = call
    const [first] = given
    if (callee.is !== 'member' || !/^(on|once|addListener)$/.test(callee.name) || !first) return false
    return /^(unhandledRejection|uncaughtException)$/.test(resolver.text(first, { module, frames: [] }) ?? '')
  })

/** Failures that are not kept where they belong, in ways that only the source shows. */
export const unguarded = gatherer<Unguarded[], { reach: typeof reach; project: typeof project }>({
  id: 'unguarded',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = legibleModules(reach, project)
    const isHandled = own.some(module => handlesRejections(module, reach))
    const single = own.flatMap(module =>
      singleFailures(module, reach).map(({ file, line, list }): Unguarded => {
        const saw = `the process ends at the first entry of ${list} that is not there, although others of them may be`
        return { file, line, saw, wanted: 'a warning, and a server for the entries that are there' }
      }),
    )
    const ends = own.flatMap(module =>
      processEnds(module, reach).map(({ what, line }): Unguarded => {
        const saw = `${what} in what a call reaches: it ends the server for everybody`
        return { file: module.path, line, saw, wanted: 'an exception, which the caller is answered with' }
      }),
    )
    const serving = new Set(reach.graph.functions.values())
    const unheard = own
      .filter(module => !isHandled && serving.has(module) && module.language === 'typescript')
      .flatMap(module =>
        unheardErrors(module, reach).map(({ what, fails, line }): Unguarded => {
          const saw = `nobody listens to the errors of ${what}: when ${fails}, the event ends the process`
          return { file: module.path, line, saw, wanted: "a listener: .on('error', ...)" }
        }),
      )
    const calls = own.flatMap(module =>
      module.calls.flatMap(call => {
        const place: Place = { module, frames: [] }
        if (module.language === 'python')
          return [...raising(call, place, reach), ...malformed(call, place, reach), ...alarming(call, place, reach)]
        return isHandled
          ? []
          : [
              ...lost(call, place, reach, serving),
              ...floating(call, place, reach),
              ...listening(call, place, reach),
              ...unreadable(call, place, reach),
            ]
      }),
    )
    const all = [...single, ...ends, ...unheard, ...calls]
    // one listener may serve in several ways
    return [...new Map(all.map(one => [`${one.file}:${one.line} ${one.saw}`, one])).values()]
  },
})
