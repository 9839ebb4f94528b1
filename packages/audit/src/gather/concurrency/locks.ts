import { isWithin, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { nameOf } from './paths.ts'

const locking = /lock|mutex|semaphore|exclusive|serial|queue|transaction|atomic|synchroni[sz]ed|sequential|enqueue/i
const maxWays = 60

const said = (value: Value): string =>
  value.is === 'call'
    ? said(value.callee)
    : value.is === 'member'
      ? `${said(value.of)}.${value.name}`
      : value.is === 'name'
        ? value.name
        : ''

/** Tells whether a place runs for one request at a time only: it, or each way to it, is under a lock. */
export const openLocks = (
  { graph, bodies, resolver }: Pick<Reach, 'graph' | 'bodies' | 'resolver'>,
  entries: Set<FunctionValue>,
) => {
  /** By its own name, or by what it was made with. */
  const isLock = (value: Value, module: Module): boolean =>
    locking.test(said(value)) ||
    resolver.things(value, { module, frames: [] }).some(thing => {
      const path = thing.value.is === 'call' ? resolver.external(thing.value.callee, thing) : null
      return path !== null && locking.test(path)
    })

  /** `tail = tail.then(work)`: each piece of work begins when the one before it is over. */
  const isQueued = (module: Module, { callee }: Call): boolean => {
    if (callee.is !== 'member' || !/^(then|finally)$/.test(callee.name)) return false
    const chain = said(callee.of)
    return chain !== '' && module.writes.some(({ target, operator }) => operator === '=' && said(target) === chain)
  }

  const isUnder = (at: number, of: FunctionValue, module: Module, seen: Set<FunctionValue>): boolean => {
    const isHeld =
      module.contexts.some(context => isWithin(at, context) && isLock(context.value, module)) ||
      module.calls.some(
        call => isWithin(at, call) && call.at !== at && (locking.test(said(call.callee)) || isQueued(module, call)),
      ) ||
      bodies
        .of(module, of)
        .calls.some(
          call =>
            call.at < at && (nameOf(call).startsWith('acquire') || (call.awaited && locking.test(said(call.callee)))),
        ) ||
      module.decorated.some(one => one.function === of && locking.test(said(one.decorator)))
    if (isHeld) return true
    if (entries.has(of) || seen.size > maxWays) return false
    if (seen.has(of)) return true
    seen.add(of)
    const ways = graph.into(of)
    return (
      ways.length > 0 &&
      ways.every(({ from, module: caller, call, to }) => isUnder(call?.at ?? to.at, from, caller, seen))
    )
  }
  return (at: number, of: FunctionValue, module: Module): boolean => isUnder(at, of, module, new Set())
}
