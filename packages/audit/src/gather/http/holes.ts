import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import { fieldOf, isWithin, visibleAt, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import { nameOf } from '../concurrency/paths.ts'
import type { Reach } from '../reach.ts'
import { anyAudience } from './audience.ts'
import { withCalled, type Placed } from './called.ts'

/** A way past a check of credentials. */
export interface Hole {
  /** What holds whatever else stands there. */
  certain?: string
  /** What another check beside it may close. */
  perhaps?: string
}

const going = /^(next|call_next)$/

const isRefusal = (value: Value): boolean =>
  (value.is === 'number' && (value.number === 401 || value.number === 403)) ||
  (value.is === 'member' && /^HTTP_40[13]/.test(value.name))

const decoding =
  /^(jsonwebtoken:(default\.)?decode|jose:decodeJwt|jwt-decode:(default|jwtDecode)?|jose\.jwt\.get_unverified_claims)$/
const verifying =
  /verif|introspect|validat|userinfo|whoami|get_?user|session|lookup|compare|fetch|request|check|authenticate/i

const isOff = (value: Value | undefined): boolean => value?.is === 'constant' && value.of === false

/** `token.split('.')[1]`. */
const isMiddle = (value: Value): boolean =>
  value.is === 'index' &&
  value.index.is === 'number' &&
  value.index.number === 1 &&
  value.of.is === 'call' &&
  nameOf(value.of) === 'split' &&
  value.of.arguments.some(given => given.is === 'text' && given.text === '.')

/** `jwt.decode(token, options={"verify_signature": False})`. */
const isUnverified = (call: Call, place: Place, { resolver }: Reach): boolean => {
  const path = resolver.external(call.callee, place) ?? ''
  if (decoding.test(path)) return true
  if (/^(global:JSON\.parse|json\.loads)$/.test(path)) return call.arguments.some(value => someIn(value, isMiddle))
  if (!/^(jwt|jose\.jwt)\.decode$/.test(path)) return false
  const options = fieldOf(call.named, 'options')
  const fields = options
    ? resolver.things(options, place).flatMap(({ value }) => (value.is === 'record' ? value.fields : []))
    : []
  return isOff(fieldOf(fields, 'verify_signature')) || isOff(fieldOf(call.named, 'verify'))
}

/** The claims of a token are believed, and nobody looks at its signature. */
const believes = (all: Placed[], reach: Reach): string | null => {
  let decoded: { file: string; line: number } | null = null
  for (const { of, module } of all) {
    const place: Place = { module, frames: [] }
    for (const call of reach.bodies.of(module, of).calls) {
      if (isUnverified(call, place, reach)) decoded ??= { file: module.path, line: call.line }
      else if (verifying.test(nameOf(call))) return null
    }
  }
  return decoded
    ? `it reads the claims of a token and verifies no signature (${decoded.file}:${decoded.line}): anybody can write such a token`
    : null
}

/** `algorithms: ['HS256', 'none']`. */
const takesNone = (all: Placed[], { bodies, resolver }: Reach): string | null => {
  for (const { of, module } of all)
    for (const call of bodies.of(module, of).calls) {
      const place: Place = { module, frames: [] }
      if (!/^(verify|jwtVerify|decode)$/.test(nameOf(call))) continue
      const records = call.arguments
        .flatMap(value => resolver.things(value, place))
        .flatMap(({ value }) => (value.is === 'record' ? [fieldOf(value.fields, 'algorithms')] : []))
      const lists = [...records, fieldOf(call.named, 'algorithms')].filter(value => value !== undefined)
      const isNone = lists.some(value =>
        someIn(value, part => part.is === 'text' && part.text.toLowerCase() === 'none'),
      )
      if (isNone)
        return `it takes tokens of the algorithm «none» (${module.path}:${call.line}), which have no signature`
    }
  return null
}

/** The check fails itself, by an exception, and the request goes on. */
const goesOnAfterFailure = (
  of: FunctionValue,
  module: Module,
  reach: Reach,
  isHeader: (value: Value) => boolean,
): string | null => {
  const { calls, tries, returns } = reach.bodies.of(module, of)
  const onward = calls.filter(({ callee }) => callee.is === 'name' && going.test(callee.name)).map(({ at }) => at)
  for (const { body, handlers, end } of tries) {
    const inside = [...calls, ...returns.map(({ value }) => value)]
    const isCheck = module.calls.some(call => isWithin(call.at, body) && someIn(call, isRefusal))
    const looks = inside.some(value => someIn(value, isHeader))
    if (
      !isCheck &&
      !(looks && calls.some(call => isWithin(call.at, body) && /verif|compare|decode/i.test(nameOf(call))))
    )
      continue
    for (const handler of handlers) {
      const refuses = module.calls.some(call => isWithin(call.at, handler) && someIn(call, isRefusal))
      if (refuses) continue
      const isOnward = onward.some(at => isWithin(at, handler))
      const fallsThrough = handler.leaves === null && onward.some(at => at >= end)
      if (isOnward || fallsThrough)
        return `an exception in the check lets the request pass (${module.path}:${handler.line})`
    }
  }
  return null
}

/** `if (header) { … refuse }` and then on: who sends none is never asked. */
const letsPassWithout = (
  of: FunctionValue,
  module: Module,
  { bodies }: Reach,
  isHeader: (value: Value) => boolean,
): string | null => {
  const { guards, calls, returns, throws } = bodies.of(module, of)
  const isGiven = (value: Value): boolean => {
    if (isHeader(value)) return true
    if (value.is === 'both') return isGiven(value.first)
    if (value.is === 'call' && value.callee.is === 'member' && /^starts_?with$/i.test(value.callee.name))
      return isGiven(value.callee.of)
    return (
      value.is === 'name' &&
      visibleAt(module, value.name, value.at).some(
        ({ value: kept }) =>
          isHeader(kept) || (kept.is === 'call' && kept.callee.is === 'member' && isHeader(kept.callee.of)),
      )
    )
  }
  const refusals = [
    ...calls,
    ...returns.map(({ value, at }) => ({ ...value, at })),
    ...throws.map(({ value, at }) => ({ ...value, at })),
  ].filter(value => someIn(value as Value, isRefusal))
  const onward = calls.filter(({ callee }) => callee.is === 'name' && going.test(callee.name))
  if (refusals.length === 0 || onward.length === 0) return null
  const lenient = guards.find(
    ({ test, consequent }) => isGiven(test) && refusals.every(({ at }) => isWithin(at, consequent)),
  )
  if (!lenient || !onward.some(({ at }) => at >= lenient.consequent.end)) return null
  const isElse = lenient.alternate !== null && lenient.alternate.leaves !== null
  return isElse ? null : `who sends no credential is never asked for one (${module.path}:${lenient.line})`
}

/** `given === process.env.KEY`: while the variable is not set, who sends nothing is right; `Bearer undefined` as well. */
const comparesUnset = (all: Placed[], reach: Reach, isHeader: (value: Value) => boolean): string | null => {
  for (const { of, module } of all) {
    if (module.language === 'python') continue
    const place: Place = { module, frames: [] }
    const { guards, returns } = reach.bodies.of(module, of)
    const isRaw = (value: Value): boolean =>
      isHeader(value) ||
      (value.is === 'name' &&
        visibleAt(module, value.name, value.at).every(({ value: kept }) => isHeader(kept)) &&
        visibleAt(module, value.name, value.at).length > 0)
    const variable = (value: Value): string | null => {
      const path = reach.resolver.external(value, place) ?? ''
      return /^global:process\.env\.\w+$/.test(path) && (value.is === 'name' || value.is === 'member') ? path : null
    }
    let found: string | null = null
    for (const value of [...guards.map(({ test }) => test), ...returns.map(one => one.value), ...of.returns])
      someIn(value, part => {
        if (part.is !== 'compare' || !/^[!=]==?$/.test(part.operator)) return false
        for (const [one, other] of [
          [part.left, part.right],
          [part.right, part.left],
        ] as const) {
          const joined = other.is === 'join' ? other.parts.map(variable).find(path => path !== null) : undefined
          const path = variable(other) ?? joined ?? null
          if (path === null || !isRaw(one) || isAsked(path, reach)) continue
          const name = path.split('.').at(-1)
          found = joined
            ? `while ${name} is not set, it lets «undefined» pass as the credential`
            : `while ${name} is not set, it lets pass who sends nothing: both are undefined`
        }
        return found !== null
      })
    if (found !== null) return found
  }
  return null
}

/** Somewhere it is asked whether the variable is set. */
const isAsked = (path: string, { modules, resolver }: Reach): boolean =>
  modules.some(module =>
    module.guards.some(
      ({ test }) =>
        someIn(
          test,
          part =>
            (part.is === 'not' || part.is === 'both' || part.is === 'either') &&
            someIn(
              part,
              one =>
                (one.is === 'name' || one.is === 'member') && resolver.external(one, { module, frames: [] }) === path,
            ),
        ) || resolver.external(test, { module, frames: [] }) === path,
    ),
  )

/** The ways past a function that checks credentials. */
export const holeIn = (
  of: FunctionValue,
  module: Module,
  reach: Reach,
  isHeader: (value: Value) => boolean,
): Hole | null => {
  const all = withCalled({ of, module }, reach)
  const certain =
    takesNone(all, reach) ??
    believes(all, reach) ??
    anyAudience(all, reach) ??
    comparesUnset(all, reach, isHeader) ??
    null
  const perhaps = goesOnAfterFailure(of, module, reach, isHeader) ?? letsPassWithout(of, module, reach, isHeader)
  if (certain === null && perhaps === null) return null
  return { ...(certain === null ? {} : { certain }), ...(perhaps === null ? {} : { perhaps }) }
}
