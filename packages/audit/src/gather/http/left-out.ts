import type { Place } from '../code/resolve.ts'
import { someIn } from '../code/parts.ts'
import {
  isWithin,
  visibleAt,
  type Call,
  type FunctionValue,
  type Module,
  type Range,
  type Value,
} from '../code/values.ts'
import type { Reach } from '../reach.ts'

/** A setting that leaves a check out, such as `disableAuth`, and where that is asked. */
export interface LeftOut {
  by: string
  line: number
}

const offWord = /disable|no_?auth|skip|without|insecure|unsafe|anonymous|unauthenticated|allow_?all/i

/** `if (!disableAuth) app.use(check)`: every place that puts it before the tools asks a setting that takes it away. */
export const leftOutBy = (of: FunctionValue, module: Module, { resolver }: Reach): LeftOut | null => {
  const place: Place = { module, frames: [] }
  const isIt = (value: Value): boolean =>
    (value.is === 'name' || value.is === 'function') &&
    resolver
      .things(value, place)
      .some(({ value: made }) => made === of || (made.is === 'class' && isWithin(of.at, made)))
  const uses = module.calls.filter(
    ({ callee, arguments: given }) =>
      callee.is === 'member' &&
      /^(use|all|get|post|put|delete|add_middleware|addHook|register)$/.test(callee.name) &&
      given.some(isIt),
  )
  const asked = uses.map(({ at }) =>
    module.guards.find(
      ({ test, consequent, alternate }) =>
        alternate === null &&
        isWithin(at, consequent) &&
        test.is === 'not' &&
        (test.of.is === 'name' || test.of.is === 'member') &&
        offWord.test(test.of.name),
    ),
  )
  const [first] = asked
  if (!first || asked.includes(undefined) || first.test.is !== 'not') return null
  const { of: setting } = first.test
  return { by: setting.is === 'name' || setting.is === 'member' ? setting.name : 'a setting', line: first.line }
}

const routing = /^(use|all|get|post|put|delete)$/

/** Whether a condition holds when nothing is set: null where that cannot be told. */
export const byDefault = (test: Value, place: Place, reach: Reach, depth = 0): boolean | null => {
  const { resolver } = reach
  const follow = (value: Value): boolean | null => (depth > 6 ? null : byDefault(value, place, reach, depth + 1))
  const isUnset = (value: Value): boolean =>
    /^(global:process\.|process:)env\b/.test(resolver.external(value, place) ?? '')
  const isArguments = (value: Value): boolean =>
    someIn(value, part => /^(global:process\.|process:)argv\b/.test(resolver.external(part, place) ?? ''))
  switch (test.is) {
    case 'constant':
      return test.of === true
    case 'not': {
      const held = follow(test.of)
      return held === null ? null : !held
    }
    case 'both': {
      const sides = new Set([follow(test.first), follow(test.second)])
      return sides.has(false) ? false : sides.has(null) ? null : true
    }
    case 'either': {
      const sides = new Set([follow(test.first), follow(test.second)])
      return sides.has(true) ? true : sides.has(null) ? null : false
    }
    case 'compare':
      if (![test.left, test.right].some(isUnset) || ![test.left, test.right].some(({ is }) => is === 'text'))
        return null
      return test.operator.startsWith('!')
    case 'call':
      return test.callee.is === 'member' && /^(includes|has)$/.test(test.callee.name) && isArguments(test.callee.of)
        ? false
        : null
    case 'name': {
      const [declared, ...others] = visibleAt(place.module, test.name, test.at)
      return declared && others.length === 0 ? follow(declared.value) : null
    }
    default:
      return isUnset(test) ? false : null
  }
}

/** The same route is served without the check in the other branch of an `if`. */
export interface OpenBeside {
  /** What is asked there, and where. */
  by: string
  line: number
  /** The check is on when nothing is set; null where that cannot be told. */
  isOn: boolean | null
}

/** `if (auth) app.post('/mcp', check, serve) else app.post('/mcp', serve)`. */
export const openBeside = (
  check: Call,
  module: Module,
  isCheck: (call: Call) => boolean,
  reach: Reach,
): OpenBeside | null => {
  const place: Place = { module, frames: [] }
  const routes = module.calls.filter(({ callee }) => callee.is === 'member' && routing.test(callee.name))
  const route = routes.find(call => call !== check && someIn(call, part => part === check))
  if (route?.callee.is !== 'member') return null
  const { name } = route.callee
  const pathOf = ({ arguments: [path] }: Call): string | null => (path ? reach.resolver.text(path, place) : null)
  const path = pathOf(route)
  const isOpenIn = (range: Range): boolean =>
    routes.some(
      other =>
        isWithin(other.at, range) &&
        other.callee.is === 'member' &&
        other.callee.name === name &&
        pathOf(other) === path &&
        !module.calls.some(call => isCheck(call) && someIn(other, part => part === call)),
    )
  for (const { test, line, consequent, alternate } of module.guards) {
    if (!alternate || path === null) continue
    const isFirst = isWithin(check.at, consequent)
    if (!isFirst && !isWithin(check.at, alternate)) continue
    if (!isOpenIn(isFirst ? alternate : consequent)) continue
    const held = byDefault(test, place, reach)
    const by = test.is === 'name' || test.is === 'member' ? test.name : 'a condition'
    return { by, line, isOn: held === null || isFirst ? held : !held }
  }
  return null
}
