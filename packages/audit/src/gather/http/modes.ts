import type { Place } from '../code/resolve.ts'
import { isWithin, visibleAt, type FunctionValue, type Module, type Range, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { byDefault } from './by-default.ts'
import type { Guard } from './guards.ts'
import { refusalsIn } from './refusals.ts'

const goingOn = /^(handle_?request|handle_?post_?message|next|call_next)$/i
/** What these are about is protection, which may be left out. */
const ofProtection =
  /auth|key|token|secret|credential|password|bearer|jwt|secur|protect|login|insecure|unsafe|anonymous|skip|disable|open|public/i
const ofRequest = /^_?(req|request|res|response|ctx|context|c|scope|event|session|user|body|headers?|params|query)$/i

const written = (value: Value): string =>
  value.is === 'member' ? `${written(value.of)}.${value.name}` : value.is === 'name' ? value.name : ''

const nameAt = (value: Value): (Value & { is: 'name' }) | null =>
  value.is === 'name' ? value : value.is === 'member' ? nameAt(value.of) : null

/** It was set before the request came: an option, a field, a variable of the file. */
export const isSetBefore = (value: Value, of: FunctionValue, module: Module): boolean => {
  const root = nameAt(value)
  if (!root || ofRequest.test(root.name)) return false
  if (/^(this|self)$/.test(root.name)) return true
  const declared = visibleAt(module, root.name, root.at)
  return (
    declared.length > 0 &&
    declared.every(({ value: kept, at }) => {
      if (!isWithin(at, of) || kept.is === 'parameter') return true
      return (
        kept.is === 'member' && (nameAt(kept) === null ? kept.of.is === 'parameter' : isSetBefore(kept, of, module))
      )
    })
  )
}

/** The part of a condition that says how the server was started: `stateless`, `!options.remote`. */
const modeIn = (test: Value, of: FunctionValue, module: Module): Value | null => {
  if (test.is === 'both') return modeIn(test.first, of, module) ?? modeIn(test.second, of, module)
  const bare = test.is === 'not' ? test.of : test
  if (bare.is !== 'name' && bare.is !== 'member') return null
  return !ofProtection.test(written(bare)) && isSetBefore(bare, of, module) ? test : null
}

/**
 * `if (stateless) { … refuse }`, and then on to the transport: in the other mode nobody is asked. Every refusal of the
 * function stands there.
 */
export const underMode = (
  of: FunctionValue,
  module: Module,
  reach: Reach,
  isRefusal: (value: Value) => boolean,
): Pick<Guard, 'optional' | 'only' | 'unsure' | 'off'> => {
  const body = reach.bodies.of(module, of)
  const { guards, calls } = body
  const place: Place = { module, frames: [] }
  const refusals = refusalsIn(body, isRefusal)
  const onward = calls.filter(
    ({ callee }) => (callee.is === 'name' || callee.is === 'member') && goingOn.test(callee.name),
  )
  const goesOn = (range: Range): boolean => onward.some(({ at }) => isWithin(at, range))
  for (const { test, line, consequent, alternate, end } of guards) {
    const mode = modeIn(test, of, module)
    if (!mode || refusals.length === 0 || !refusals.every(({ at }) => isWithin(at, consequent))) continue
    const isPassed = alternate && (alternate.leaves !== null || goesOn(alternate))
    if (isPassed ? !goesOn(alternate) : !onward.some(({ at }) => at >= end)) continue
    const held = byDefault(mode, place, reach)
    const by = `${mode.is === 'not' ? 'not ' : ''}${written(mode.is === 'not' ? mode.of : mode)}`
    if (held === true) return { off: { by, line } }
    return {
      optional: true,
      only: `where ${by} holds (${module.path}:${line})`,
      ...(held === null ? { unsure: true as const } : {}),
    }
  }
  return {}
}
