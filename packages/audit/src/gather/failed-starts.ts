import { innermost, isWithin, type Call, type FunctionValue, type Module, type Range, type Try } from './code/values.ts'
import { isForOther } from './other-transport.ts'
import type { Reach } from './reach.ts'

/** The functions that lead to a start, each with the offsets at which the way goes on. */
export type Ways = Map<FunctionValue | Module, { module: Module; ats: number[] }>

interface Found {
  of: FunctionValue
  module: Module
}

const maxDepth = 3

/** The user at a terminal ends the program, where no client is, or what the package asks for is not installed. */
const isUnlikely = (types: Module['tries'][number]['handlers'][number]['types']): boolean =>
  types.length > 0 &&
  types.every(
    type =>
      (type.is === 'name' || type.is === 'member') &&
      /^(KeyboardInterrupt|SystemExit|GeneratorExit|CancelledError|ImportError|ModuleNotFoundError)$/.test(type.name),
  )

const inRange = (of: FunctionValue | null, module: Module, range: Range, { bodies }: Reach): Call[] =>
  bodies.of(module, of).calls.filter(({ at }) => {
    const branch = innermost(module.branches, at)
    return isWithin(at, range) && (!branch || branch.at <= range.at)
  })

/**
 * The calls that are made when something fails at the start over stdio, each in its file: in a `catch` around it or on
 * the way to it, in the `.catch(...)` behind it, and in the functions of the repository that these call.
 */
export const callsOfFailedStarts = (
  ways: Ways,
  own: Module[],
  isBefore: (module: Module, at: number) => boolean,
  reach: Reach,
): Map<Call, Module> => {
  const { bodies, resolver } = reach
  const found = new Map<Call, Module>()
  const seen = new Set<FunctionValue>()
  let open: Found[] = []
  const functionsOf = (call: Call['callee'], module: Module): Found[] =>
    resolver
      .things(call, { module, frames: [] })
      .flatMap(({ value, module: other }) => (value.is === 'function' ? [{ of: value, module: other }] : []))
  const add = (calls: Call[], module: Module): void => {
    for (const call of calls) {
      const of = bodies.around(module, call.at)
      if (of && isForOther(call, module, of, reach)) continue
      found.set(call, module)
      open.push(...functionsOf(call.callee, module))
    }
  }
  const addHandlers = ({ handlers }: Try, of: FunctionValue | null, module: Module): void => {
    for (const handler of handlers) if (!isUnlikely(handler.types)) add(inRange(of, module, handler, reach), module)
  }
  for (const module of own)
    for (const one of module.tries)
      if (isBefore(module, one.at)) addHandlers(one, bodies.around(module, one.at), module)
  for (const [key, { module, ats }] of ways) {
    const of = 'path' in key ? null : key
    const { tries, calls } = bodies.of(module, of)
    for (const one of tries) if (ats.some(at => isWithin(at, one.body))) addHandlers(one, of, module)
    for (const { callee, arguments: given } of calls) {
      const [handler] = given
      if (!handler || callee.is !== 'member' || callee.name !== 'catch' || callee.of.is !== 'call') continue
      const started = callee.of
      if (ats.some(at => isWithin(at, started))) open.push(...functionsOf(handler, module))
    }
  }
  for (let depth = 0; depth < maxDepth && open.length > 0; depth++) {
    const next = open
    open = []
    for (const { of, module } of next) {
      if (seen.has(of)) continue
      seen.add(of)
      add(bodies.of(module, of).calls, module)
    }
  }
  return found
}
