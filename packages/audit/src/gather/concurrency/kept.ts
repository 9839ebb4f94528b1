import { isWithin, nameOf, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Bodies } from '../reached/bodies.ts'

const calleeName = (value: Value): string =>
  value.is === 'call' ? calleeName(value.callee) : value.is === 'member' || value.is === 'name' ? value.name : ''

const mentions = (value: Value, name: string): boolean => {
  switch (value.is) {
    case 'name':
      return value.name === name
    case 'member':
      return value.name === name || mentions(value.of, name)
    case 'not':
      return mentions(value.of, name)
    case 'compare':
      return mentions(value.left, name) || mentions(value.right, name)
    case 'both':
    case 'either':
      return mentions(value.first, name) || mentions(value.second, name)
    case 'call':
      return mentions(value.callee, name) || value.arguments.some(one => mentions(one, name))
    case 'index':
      return mentions(value.of, name)
    default:
      return false
  }
}

const rootName = (value: Value): string | null => {
  if (value.is === 'name') return value.name
  if (value.is === 'member')
    return value.of.is === 'name' && /^(this|self|cls)$/.test(value.of.name) ? value.name : rootName(value.of)
  return value.is === 'index' ? rootName(value.of) : null
}

/** Declared outside of the function, or a field of its object. */
const isOuter = (name: string, of: FunctionValue, module: Module): boolean =>
  module.declarations.some(one => one.name === name && !isWithin(one.from, of)) ||
  module.classes.some(({ members }) => members.some(member => member.name === name))

/** Tells what is done once and kept: `cached ??= read()`, `if (!cached) cached = read()`, `@lru_cache`. */
export const openKept = (bodies: Bodies): ((call: Call, of: FunctionValue, module: Module) => boolean) => {
  return (call, of, module) => {
    if (
      module.decorated.some(one => one.function === of && /(^|_)cache(d|d_property)?$/.test(calleeName(one.decorator)))
    )
      return true
    const { writes, guards } = bodies.of(module, of)
    return writes.some(write => {
      const name = rootName(write.target)
      if (name === null || !isOuter(name, of, module) || /^[+-]/.test(write.operator)) return false
      if (/^(\?\?|\|\|)=$/.test(write.operator)) return isWithin(call.at, write)
      // it is looked for first, and what was read is put there afterwards
      const asked = guards.some(guard => guard.at < call.at && mentions(guard.test, name))
      return asked && write.end > call.at
    })
  }
}

const asksWhetherEmpty = (test: Value): boolean =>
  test.is === 'not' ||
  (test.is === 'compare' &&
    [test.left, test.right].some(side => side.is === 'constant' || nameOf(side) === 'undefined'))

/** Whether what a call gives back is the one value that is kept: of a table each key has its own. */
export const isKeptOnce = (call: Call, of: FunctionValue, module: Module, bodies: Bodies): boolean => {
  const { writes, guards } = bodies.of(module, of)
  return writes.some(({ target, operator, ...write }) => {
    const name = target.is === 'index' ? null : rootName(target)
    if (name === null || !isWithin(call.at, write) || !isOuter(name, of, module)) return false
    const isAsked = guards.some(
      ({ test, consequent }) => isWithin(call.at, consequent) && asksWhetherEmpty(test) && mentions(test, name),
    )
    return /^(\?\?|\|\|)=$/.test(operator) || (operator === '=' && isAsked)
  })
}
