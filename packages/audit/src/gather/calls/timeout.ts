import type { Place, Resolver, Thing } from '../code/resolve.ts'
import { fieldOf, innermost, visibleAt, type Call, type Value } from '../code/values.ts'

/** Whether a call ends by itself in time. */
export type Timeout = 'present' | 'absent' | 'undecided'

/** One missing is missing, one undecided is undecided. */
export const worstOf = (found: Timeout[]): Timeout =>
  found.includes('absent') ? 'absent' : found.includes('undecided') ? 'undecided' : (found[0] ?? 'absent')

/** One present is enough. */
export const bestOf = (found: Timeout[]): Timeout =>
  found.includes('present') ? 'present' : found.includes('undecided') ? 'undecided' : 'absent'

const isNothing = ({ value }: Thing): boolean =>
  (value.is === 'constant' && value.of !== true) || (value.is === 'number' && value.number <= 0)

/** The part of a set of limits that ends a wait for an answer: `Timeout(None)`, `ClientTimeout(connect=5)`. */
const ofLimits = (thing: Thing, resolver: Resolver): Timeout => {
  const call = thing.value
  if (call.is !== 'call') return 'present'
  const path = resolver.external(call.callee, thing) ?? ''
  const given = (index: number, ...names: string[]): Timeout | null => {
    const found = call.arguments[index] ?? names.map(name => fieldOf(call.named, name)).find(Boolean)
    return found ? ofAmount(found, thing, resolver) : null
  }
  if (call.named.some(([key]) => key === '...') || call.arguments.length > 1) return 'present'
  if (/^httpx\.(_config\.)?Timeout$/.test(path)) {
    const all = given(0, 'timeout')
    // streams are read for as long as they last
    return given(9, 'read') === 'absent' && all === 'present' ? 'undecided' : (given(9, 'read') ?? all ?? 'present')
  }
  if (!/^aiohttp\.(client\.)?ClientTimeout$/.test(path)) return 'present'
  // without a total there is none, other than for the client that is given nothing
  return [given(0, 'total'), given(9, 'sock_read')].includes('present') ? 'present' : 'absent'
}

/** A timeout that is written down counts unless it is known to be none: `timeout: 0`, `timeout=None`. */
export const ofAmount = (value: Value, place: Place, resolver: Resolver): Timeout => {
  const things = resolver.things(value, place)
  if (things.some(isNothing)) return 'absent'
  return worstOf(['present', ...things.map(thing => ofLimits(thing, resolver))])
}

const isInside = (call: { at: number; end: number }, offset: number): boolean => call.at < offset && offset < call.end

/** `setTimeout(() => controller.abort(), ms)`: some timer ends what was made by this call. */
export const isEndedByTimer = (made: Thing, resolver: Resolver): boolean => {
  const { module } = made
  const place = { module, frames: [] }
  return module.calls.some(ending => {
    if (ending.callee.is !== 'member' || !/^(abort|destroy|kill|cancel)$/.test(ending.callee.name)) return false
    const isSame = resolver.things(ending.callee.of, place).some(({ value }) => value === made.value)
    return (
      isSame &&
      module.calls.some(
        timer => isInside(timer, ending.at) && /(^|[:.])setTimeout$/.test(resolver.external(timer.callee, place) ?? ''),
      )
    )
  })
}

/** An AbortSignal counts when a timer is behind it; one that somebody else gave is undecided. */
export const ofSignal = (value: Value, place: Place, resolver: Resolver): Timeout => {
  const things = value.is === 'member' && value.name === 'signal' ? resolver.things(value.of, place) : []
  const controllers = things.filter(
    ({ value, module }) =>
      value.is === 'call' && resolver.external(value.callee, { module, frames: [] }) === 'global:AbortController',
  )
  if (controllers.length > 0) return controllers.every(one => isEndedByTimer(one, resolver)) ? 'present' : 'undecided'
  return worstOf(
    resolver.things(value, place).map(thing => {
      if (isNothing(thing)) return 'absent'
      if (thing.value.is !== 'call') return 'undecided'
      const made = resolver.external(thing.value.callee, thing)
      if (made === 'global:AbortSignal.timeout') return 'present'
      if (made !== 'global:AbortSignal.any' || !thing.value.arguments[0]) return 'undecided'
      const parts = resolver.items(thing.value.arguments[0], thing)
      return bestOf(parts.map(part => (part ? ofSignal(part.value as Value, part, resolver) : 'undecided')))
    }),
  )
}

/** `options.timeout = ...` after the options were made. */
const assignedTo = (value: Value, key: string, place: Place): Value | undefined => {
  if (value.is !== 'name') return undefined
  const declared = visibleAt(place.module, value.name, value.at)
  return place.module.assigned.find(({ target: { of, name } }) => {
    if (name !== key || of.is !== 'name' || of.name !== value.name) return false
    return visibleAt(place.module, of.name, of.at).some(entry => declared.includes(entry))
  })?.value
}

const ofField = (key: string, value: Value, place: Place, resolver: Resolver): Timeout =>
  /signal/i.test(key) ? ofSignal(value, place, resolver) : ofAmount(value, place, resolver)

/** The timeout in an object of options; `keys` are the fields that set one. */
export const inOptions = (value: Value, keys: string[], place: Place, resolver: Resolver): Timeout => {
  const assigned = keys.flatMap(key => {
    const given = assignedTo(value, key, place)
    return given ? [ofField(key, given, place, resolver)] : []
  })
  if (assigned.length > 0) return bestOf(assigned)
  return worstOf(
    resolver.things(value, place).map((thing): Timeout => {
      if (isNothing(thing)) return 'absent'
      if (thing.value.is === 'function' || thing.value.is === 'list' || thing.value.is === 'text') return 'absent'
      if (thing.value.is !== 'record') return 'undecided'
      const { fields } = thing.value
      const own = keys.flatMap(key => {
        const given = fieldOf(fields, key)
        return given ? [ofField(key, given, thing, resolver)] : []
      })
      const spreads = fields.filter(([key]) => key === '...')
      const inherited = spreads.map(([, spread]) => inOptions(spread, keys, thing, resolver))
      return bestOf([...own, ...inherited])
    }),
  )
}

/** `options.setdefault("timeout", 5)`, `options["timeout"] = 5` before the call. */
const isCompleted = (value: Value, call: Call, { module }: Place): boolean => {
  if (value.is !== 'name') return false
  const isIt = (of: Value): boolean => of.is === 'name' && of.name === value.name
  const of = innermost(module.functions, call.at)
  const isBefore = (at: number): boolean => at < call.at && (!of || at > of.at)
  return (
    module.calls.some(
      ({ callee, arguments: [key, amount], at }) =>
        isBefore(at) &&
        callee.is === 'member' &&
        callee.name === 'setdefault' &&
        isIt(callee.of) &&
        key?.is === 'text' &&
        key.text === 'timeout' &&
        amount?.is !== 'constant',
    ) ||
    module.assigned.some(
      ({ target, value: amount }) => target.name === 'timeout' && isIt(target.of) && amount.is !== 'constant',
    )
  )
}

const isSetToNone = (value: Value, place: Place, resolver: Resolver): boolean =>
  resolver.things(value, place).some(thing => {
    const given = thing.value.is === 'record' ? fieldOf(thing.value.fields, 'timeout') : undefined
    return given !== undefined && resolver.things(given, thing).every(isNothing)
  })

/** The timeout among the keyword arguments of a Python call; `otherwise` holds when there is none. */
export const inKeywords = (call: Call, otherwise: Timeout, place: Place, resolver: Resolver): Timeout => {
  const given = fieldOf(call.named, 'timeout')
  if (given) return ofAmount(given, place, resolver)
  const spreads = call.named.filter(([key]) => key === '...')
  if (spreads.length === 0) return otherwise
  if (spreads.some(([, spread]) => isCompleted(spread, call, place))) return 'present'
  const found = spreads.map(([, spread]) => inOptions(spread, ['timeout'], place, resolver))
  const isNone = spreads.some(([, spread]) => isSetToNone(spread, place, resolver))
  return isNone ? 'absent' : bestOf([otherwise, ...found])
}

const wrapper = /^(asyncio\.(wait_for|timeout)|anyio\.(fail_after|move_on_after)|async_timeout\.timeout|p-timeout:.*)$/
const wrapperName = /time_?out|wait_for|deadline|^race$|^wait$/i

/** What is around the call: a function or a `with` that ends what takes too long. */
export const around = (offset: number, place: Place, resolver: Resolver): Timeout => {
  const { calls, contexts } = place.module
  const outer = [
    ...calls.filter(call => isInside(call, offset)).map(({ callee }) => callee),
    ...contexts.flatMap(({ value, at, end }) =>
      value.is === 'call' && isInside({ at, end }, offset) ? [value.callee] : [],
    ),
  ]
  if (outer.some(callee => wrapper.test(resolver.external(callee, place) ?? ''))) return 'present'
  const named = outer.some(callee => {
    const name = callee.is === 'name' || callee.is === 'member' ? callee.name : ''
    return wrapperName.test(name) && name !== 'setTimeout'
  })
  return named ? 'undecided' : 'absent'
}
