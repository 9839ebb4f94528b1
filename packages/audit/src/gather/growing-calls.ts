import { argumentOf } from './code/given.ts'
import { someIn } from './code/parts.ts'
import {
  isWithin,
  nameOf,
  visibleAt,
  type Call,
  type FunctionValue,
  type Module,
  type Value,
  type Write,
} from './code/values.ts'
import type { GrowingList } from './growing-lists.ts'
import { openLastingCollections, sharedBy } from './lasting-collections.ts'
import type { Reach } from './reach.ts'

/** What is written down about what happens, and what belongs to one piece of work: neither is data of the user. */
const ofEvents =
  /histor|logs?$|logged|events?$|metric|latenc|timing|trace|audit|sample|stats$|calls$|requests$|errors$/i
const ofWork =
  /job|session|run|request|pending|process|download|upload|connection|client|transport|result|token|code|state|nonce|task/i

const generators =
  /^(randomUUID|uuid\w*|v[147]|nanoid|ulid|cuid2?|createId|randomBytes|token_(hex|urlsafe|bytes)|now|time|time_ns|monotonic)$/i
const adding = /^(push|unshift|append|insert|appendleft)$/
const taking =
  /^(shift|splice|pop|popleft|popitem|clear|remove|delete|discard|truncate|trim\w*|prune\w*|evict\w*|drop\w*|expire\w*)$/
const reading =
  /^(len|str|repr|print|stringify|dumps|log|info|warn|error|debug|Boolean|bool|max|min|sum|mean|median|round)$/

/** A key that is another one each time: `randomUUID()`, a name that stands for it, or what a call hands in as that. */
const isAnew = (value: Value, of: FunctionValue, module: Module, reach: Reach, depth = 0): boolean =>
  someIn(value, part => {
    if (part.is === 'call' && generators.test(nameOf(part.callee))) return true
    if (part.is !== 'name' || depth > 2) return false
    return visibleAt(module, part.name, part.at).some(({ value: kept, at }) => {
      if (!isWithin(at, of) || kept === value) return false
      return kept.is === 'parameter'
        ? isHandedAnew(kept, of, module, reach, depth + 1)
        : isAnew(kept, of, module, reach, depth + 1)
    })
  })

/** What a call reaches hands such a key to the function. */
const isHandedAnew = (
  { function: owner, index, name }: Value & { is: 'parameter' },
  of: FunctionValue,
  module: Module,
  reach: Reach,
  depth: number,
): boolean =>
  owner === of.at &&
  reach.resolver.callers(of, module).some(({ call, module: from }) => {
    const caller = reach.bodies.around(from, call.at)
    const given = argumentOf(call, index, name, of, module)
    return (
      caller !== null &&
      given !== undefined &&
      reach.graph.functions.has(caller) &&
      isAnew(given, caller, from, reach, depth)
    )
  })

interface Addition {
  to: Value
  key: Value | null
  line: number
}

const additionsIn = (of: FunctionValue, module: Module, { bodies }: Reach): Addition[] => {
  const { calls, writes } = bodies.of(module, of)
  return [
    ...calls.flatMap(({ callee, arguments: [first], line }): Addition[] => {
      if (callee.is !== 'member' || !first) return []
      if (adding.test(callee.name)) return [{ to: callee.of, key: null, line }]
      return callee.name === 'set' ? [{ to: callee.of, key: first, line }] : []
    }),
    ...writes.flatMap(({ target, operator, line }): Addition[] =>
      target.is === 'index' && operator === '=' ? [{ to: target.of, key: target.index, line }] : [],
    ),
  ]
}

const uses = {
  taking,
  reading,
  isCut: ({ target, operator }: Write, isIt: (value: Value) => boolean): boolean =>
    isIt(target) || (operator === 'delete' && someIn(target, isIt)),
}

type Lasting = ReturnType<typeof openLastingCollections>

/** Lists that each call makes longer, and tables to which each call adds an entry of its own. */
const ofCollections = (of: FunctionValue, module: Module, reach: Reach, lasting: Lasting): GrowingList[] =>
  additionsIn(of, module, reach).flatMap(({ to, key, line }): GrowingList[] => {
    const isMeant = key === null ? ofEvents.test(nameOf(to)) : ofWork.test(nameOf(to)) && isAnew(key, of, module, reach)
    const kept = isMeant ? lasting(to, module) : null
    if (!kept || (key === null) !== (kept.kind === 'list') || kept.isKeptSmall(uses)) return []
    const because = 'each call adds to it, and nothing takes anything out'
    return [{ what: kept.name, file: module.path, line, because }]
  })

/** `process.on(…)` and `bus.on(…)` in what a call reaches: one more listener with each call. */
const ofListeners = (of: FunctionValue, module: Module, reach: Reach): GrowingList[] => {
  const { bodies, resolver } = reach
  const { calls, branches } = bodies.of(module, of)
  const isEmitter = (value: Value): boolean => {
    if (/^(global:process|process:(default)?|process:\*)$/.test(resolver.external(value, { module, frames: [] }) ?? ''))
      return true
    const made = sharedBy(value, module, reach)?.value
    return made?.is === 'call' && made.constructs && /^(EventEmitter2?|EventTarget)$/.test(nameOf(made.callee))
  }
  const isTaken = (name: string): boolean =>
    module.calls.some(
      ({ callee }) =>
        callee.is === 'member' && /^(off|remove\w*Listeners?)$/.test(callee.name) && nameOf(callee.of) === name,
    )
  return calls.flatMap((call: Call): GrowingList[] => {
    const { callee, line, at, arguments: given } = call
    if (callee.is !== 'member' || !/^(on|addListener|addEventListener)$/.test(callee.name) || given.length !== 2)
      return []
    if (branches.some(branch => isWithin(at, branch)) || !isEmitter(callee.of)) return []
    const name = nameOf(callee.of)
    if (name === '' || isTaken(name)) return []
    const because = 'each call adds a listener, and nothing takes it away'
    return [{ what: `the number of listeners of ${name}`, file: module.path, line, because }]
  })
}

/** What each call leaves behind in the process. */
export const growingWithCalls = (modules: Module[], reach: Reach): GrowingList[] => {
  const lasting = openLastingCollections(reach)
  return modules.flatMap(module =>
    module.functions.flatMap(of =>
      reach.graph.functions.has(of)
        ? [...ofCollections(of, module, reach, lasting), ...ofListeners(of, module, reach)]
        : [],
    ),
  )
}
