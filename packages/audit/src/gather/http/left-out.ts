import type { Place } from '../code/resolve.ts'
import { isWithin, type FunctionValue, type Module, type Value } from '../code/values.ts'
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
