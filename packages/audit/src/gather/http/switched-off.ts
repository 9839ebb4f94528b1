import type { Place } from '../code/resolve.ts'
import { isWithin, visibleAt, type FunctionValue, type Guard as If, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { byDefault } from './by-default.ts'
import { passesWhileEmpty } from './empty-lists.ts'
import { refusalsIn } from './refusals.ts'

/** A check that asks only where a setting says so. */
export interface SwitchedOff {
  optional: true
  only: string
  /** Whether that is so when nothing is set cannot be told. */
  unsure?: true
}

const bare = (test: Value): Value => (test.is === 'not' ? test.of : test.is === 'both' ? bare(test.first) : test)

const only = (test: Value, line: number, module: Module): string => {
  const asked = bare(test)
  const name = asked.is === 'name' || asked.is === 'member' ? asked.name : 'a condition'
  return `where ${name} holds (${module.path}:${line})`
}

/** What the function itself kept under a name may come from the request. */
const isOwn = (value: Value, of: FunctionValue, module: Module): boolean =>
  value.is === 'name' && visibleAt(module, value.name, value.at).some(({ at }) => isWithin(at, of))

/** `if (!config.requireAuth) return true` in what decides. */
const letsPass = (of: FunctionValue, place: Place, reach: Reach): SwitchedOff | null => {
  const { module } = place
  const { guards, returns } = reach.bodies.of(module, of)
  for (const { test, line, consequent } of guards) {
    const isPassing = returns.some(
      ({ value, at }) => isWithin(at, consequent) && value.is === 'constant' && value.of === true,
    )
    if (!isPassing) continue
    const held = byDefault(test, place, reach)
    if (held === true) return { optional: true, only: only(test, line, module) }
    const asked = test.is === 'not' ? test.of : null
    const isSetting = asked?.is === 'member' || (asked?.is === 'name' && !isOwn(asked, of, module))
    if (held === null && isSetting) return { optional: true, unsure: true, only: only(test, line, module) }
  }
  return null
}

/** What refuses a request is off unless somebody turns it on. */
export const switchedOff = (
  of: FunctionValue,
  module: Module,
  reach: Reach,
  isRefusal: (value: Value) => boolean,
): SwitchedOff | null => {
  const body = reach.bodies.of(module, of)
  const place: Place = { module, frames: [] }
  const refusals = refusalsIn(body, isRefusal)
  const isAround = ({ consequent }: If): boolean =>
    refusals.length > 0 && refusals.every(({ at }) => isWithin(at, consequent))
  const around = body.guards.find(guard => isAround(guard) && byDefault(guard.test, place, reach) === false)
  if (around) return { optional: true, only: only(around.test, around.line, module) }
  const own = passesWhileEmpty(of, place, reach, isRefusal)
  if (own) return own
  for (const { test, consequent } of body.guards) {
    if (consequent.leaves === null || test.is !== 'not' || test.of.is !== 'call') continue
    const call = test.of
    for (const { value, module: other, frames } of reach.resolver.things(call.callee, place)) {
      if (value.is !== 'function') continue
      const inside = { module: other, frames: [...frames, { function: value, call, caller: place }] }
      const off = letsPass(value, inside, reach) ?? passesWhileEmpty(value, inside, reach, isRefusal)
      if (off) return off
    }
  }
  return null
}
