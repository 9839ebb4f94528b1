import { isPassed } from './code/narrowing.ts'
import { someIn } from './code/parts.ts'
import { isWithin, type FunctionValue, type Module, type Value } from './code/values.ts'
import type { Reach } from './reach.ts'

const isText = (part: Value): boolean =>
  (part.is === 'member' && /^(text|content|isError|is_error)$/.test(part.name)) ||
  (part.is === 'call' &&
    part.callee.is === 'member' &&
    /^(startsWith|startswith|includes|match|test|search)$/.test(part.callee.name))

/** A test that looks at the text of what is to be returned, by itself or by a function that is given it. */
const looksInto = (test: Value, name: string, module: Module, { resolver }: Reach): boolean => {
  const isIt = (part: Value): boolean => part.is === 'name' && part.name === name
  const looks = (of: FunctionValue, at: Module): boolean => {
    const own = [...at.declarations, ...at.returns, ...at.guards.map(guard => ({ at: guard.at, value: guard.test }))]
    return own.some(({ value, at: offset }) => isWithin(offset, of) && someIn(value, isText))
  }
  return someIn(
    test,
    part =>
      (isText(part) && someIn(part, isIt)) ||
      (part.is === 'call' &&
        part.arguments.some(isIt) &&
        resolver
          .things(part.callee, { module, frames: [] })
          .some(({ value, module: at }) => value.is === 'unknown' || (value.is === 'function' && looks(value, at)))),
  )
}

/** The line of a check that makes an error of what it does not like, on every way to where a function returns a name. */
export const gateBefore = (
  returned: { value: Value; at: number },
  of: FunctionValue,
  module: Module,
  reach: Reach,
): number | null => {
  const { value, at } = returned
  if (value.is !== 'name') return null
  const { guards, throws, returns } = reach.bodies.of(module, of)
  const isRefused = (offset: number): boolean => {
    const around = guards.filter(({ consequent }) => isWithin(offset, consequent))
    return around.some(guard => isPassed(guard, at, module) && looksInto(guard.test, value.name, module, reach))
  }
  const isError = (part: Value): boolean =>
    part.is === 'record' &&
    part.fields.some(([key, field]) => key === 'isError' && field.is === 'constant' && field.of === true)
  const refusal = throws.find(one => isRefused(one.at)) ?? returns.find(one => isError(one.value) && isRefused(one.at))
  return refusal?.line ?? null
}
