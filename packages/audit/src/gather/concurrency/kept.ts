import { isWithin, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
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

/** Tells what is done once and kept: `cached ??= read()`, `if (!cached) cached = read()`, `@lru_cache`. */
export const openKept = (bodies: Bodies): ((call: Call, of: FunctionValue, module: Module) => boolean) => {
  return (call, of, module) => {
    if (
      module.decorated.some(one => one.function === of && /(^|_)cache(d|d_property)?$/.test(calleeName(one.decorator)))
    )
      return true
    const { writes, guards } = bodies.of(module, of)
    const outer = (name: string): boolean =>
      module.declarations.some(one => one.name === name && !(of.at <= one.from && one.from < of.end)) ||
      module.classes.some(({ members }) => members.some(member => member.name === name))
    return writes.some(write => {
      const name = rootName(write.target)
      if (name === null || !outer(name) || /^[+-]/.test(write.operator)) return false
      if (/^(\?\?|\|\|)=$/.test(write.operator)) return isWithin(call.at, write)
      // it is looked for first, and what was read is put there afterwards
      const asked = guards.some(guard => guard.at < call.at && mentions(guard.test, name))
      return asked && write.end > call.at
    })
  }
}
