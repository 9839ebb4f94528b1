import { isWithin, visibleAt, type FunctionValue, type Module, type Value } from './code/values.ts'

/** The record is put into a collection of a field or of the file: `this.sessions.set(id, session)`. */
export const isKept = (name: string, of: FunctionValue, module: Module): boolean => {
  const isIt = (value: Value | undefined): boolean => value?.is === 'name' && value.name === name
  const isLasting = (value: Value): boolean =>
    (value.is === 'member' && value.of.is === 'name' && value.of.name === 'this') ||
    (value.is === 'name' && visibleAt(module, value.name, value.at).some(({ at }) => !isWithin(at, of)))
  return (
    module.calls.some(
      ({ callee, arguments: given, at }) =>
        isWithin(at, of) &&
        callee.is === 'member' &&
        /^(set|push|add)$/.test(callee.name) &&
        isIt(given.at(-1)) &&
        isLasting(callee.of),
    ) ||
    module.writes.some(
      ({ target, value, at }) => isWithin(at, of) && target.is === 'index' && isIt(value) && isLasting(target.of),
    )
  )
}
