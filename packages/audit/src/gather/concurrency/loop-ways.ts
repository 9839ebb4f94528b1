import { isWithin, type Call, type FunctionValue, type Module } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import type { Edge } from '../reached/graph.ts'
import { elsewhereMethods, isElsewhere } from './blocking.ts'
import { nameOf } from './paths.ts'

/** Tells which ways of the graph are gone by the thread that answers all requests. */
export const openWays = ({ graph, bodies, resolver }: Pick<Reach, 'graph' | 'bodies' | 'resolver'>) => {
  const certain = new Map<Call, Set<FunctionValue>>()
  for (const of of graph.functions.keys())
    for (const { call, to } of graph.into(of)) if (call) certain.set(call, (certain.get(call) ?? new Set()).add(to))

  const sendsAway = (call: Call, module: Module, depth = 0): boolean => {
    if (elsewhereMethods.test(nameOf(call))) return true
    return resolver.things(call.callee, { module, frames: [] }).some(({ value, module: at }) => {
      if (value.is === 'external') return isElsewhere(value.path)
      // a helper of the repository that hands over what it is given
      return value.is === 'function' && depth < 2 && allCalls(value, at).some(inner => sendsAway(inner, at, depth + 1))
    })
  }

  const allCalls = (of: FunctionValue, module: Module): Call[] => [
    ...bodies.of(module, of).calls,
    ...bodies.of(module, of).functions.flatMap(inner => bodies.of(module, inner).calls),
  ]

  const isSentAway = (at: number, from: FunctionValue, module: Module): boolean =>
    bodies.of(module, from).calls.some(call => isWithin(at, call) && call.at !== at && sendsAway(call, module))

  const isDecorated = (of: FunctionValue, module: Module): boolean => module.decorated.some(one => one.function === of)

  /** What is written inside a function runs with it, unless it is declared there and called from nowhere. */
  const runsInside = ({ from, module, to }: Edge): boolean =>
    !module.declarations.some(({ value }) => value === to && to.name !== null) && !isSentAway(to.at, from, module)

  return (edge: Edge): boolean => {
    const { call, from, module, to, target } = edge
    if (!call) return runsInside(edge)
    const meant = resolver.things(call.callee, { module, frames: [] })
    const isMeant = meant.some(({ value }) => value === to)
    const isMade = meant.some(
      ({ value }) => value.is === 'class' && value.members.some(({ value: member }) => member === to),
    )
    // a decorator has made it a coroutine
    if (isMeant) return !(call.awaited && !to.isAsync && isDecorated(to, target))
    if (isMade) return true
    const isGiven = [...call.arguments, ...call.named.map(([, value]) => value)].some(value =>
      resolver.things(value, { module, frames: [] }).some(thing => thing.value === to),
    )
    if (isGiven) return !sendsAway(call, module) && !isSentAway(call.at, from, module)
    return certain.get(call)?.size === 1 || (edge.table !== undefined && !sendsAway(call, module))
  }
}
