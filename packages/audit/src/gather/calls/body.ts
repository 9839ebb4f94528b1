import type { Place, Resolver } from '../code/resolve.ts'
import { innermost, isWithin, type Call, type Module, type Value } from '../code/values.ts'

const memberOf = ({ callee }: Call): (Value & { is: 'member' }) | null => (callee.is === 'member' ? callee : null)

/** Whatever comes to the second has done the first. */
const isOnWayTo = (at: number, later: number, module: Module): boolean =>
  module.branches.every(branch => !isWithin(at, branch) || isWithin(later, branch))

/** The controllers behind `signal: controller.signal` of a call, as they are named. */
const controllersOf = (call: Call, place: Place, resolver: Resolver): Value[] => {
  const inRecord = call.arguments.flatMap(argument =>
    resolver
      .things(argument, place)
      .flatMap(({ value }) =>
        value.is === 'record' ? value.fields.flatMap(([key, field]) => (key === 'signal' ? [field] : [])) : [],
      ),
  )
  return inRecord.flatMap(signal => (signal.is === 'member' && signal.name === 'signal' ? [signal.of] : []))
}

const reading = /^(json|text|arrayBuffer|blob|formData|bytes)$/

/** Where a request of `fetch` is no longer under the timer that was to end it, although its body is still to come. */
export interface LateBody {
  /** Lines of `clearTimeout(timer)` and of what reads the body. */
  cleared: number
  read: number
}

/**
 * `fetch` is done when the head of the answer is there. A timer that is cleared then does not end a body that never
 * comes: only what is cleared after the body was read, as in a `finally` around both, holds for all of it.
 */
export const lateBody = (call: Call, place: Place, resolver: Resolver): LateBody | null => {
  const { module } = place
  const of = innermost(module.functions, call.at)
  const isHere = ({ at }: { at: number }): boolean => innermost(module.functions, at) === of
  const made = new Set(
    controllersOf(call, place, resolver).flatMap(controller =>
      resolver.things(controller, place).map(({ value }) => value),
    ),
  )
  const timers = module.declarations.flatMap(({ name, value }) =>
    value.is === 'call' &&
    /(^|[:.])setTimeout$/.test(resolver.external(value.callee, place) ?? '') &&
    module.calls.some(
      abort =>
        isWithin(abort.at, value) &&
        memberOf(abort)?.name === 'abort' &&
        resolver.things(memberOf(abort)?.of ?? abort, place).some(thing => made.has(thing.value)),
    )
      ? [{ name, timer: value }]
      : [],
  )
  if (timers.length === 0) return null
  const kept = module.writes.find(({ value }) => value === call)?.target
  const response =
    module.declarations.find(({ value }) => value === call)?.name ?? (kept?.is === 'name' ? kept.name : null)
  if (response === null) return null
  const cleared = module.calls.find(
    one =>
      one.at > call.end &&
      isHere(one) &&
      /(^|[:.])clearTimeout$/.test(resolver.external(one.callee, place) ?? '') &&
      one.arguments.some(given => given.is === 'name' && timers.some(({ name }) => name === given.name)),
  )
  if (!cleared) return null
  const read = module.calls.find(one => {
    const member = memberOf(one)
    return (
      one.at > cleared.end &&
      isHere(one) &&
      member !== null &&
      reading.test(member.name) &&
      member.of.is === 'name' &&
      member.of.name === response
    )
  })
  if (!read || !isOnWayTo(cleared.at, read.at, module)) return null
  return { cleared: cleared.line, read: read.line }
}
