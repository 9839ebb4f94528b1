import type { Place } from '../code/resolve.ts'
import { someIn } from '../code/parts.ts'
import { isWithin, type Call, type FunctionValue, type Module, type Range, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { byDefault } from './by-default.ts'

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
