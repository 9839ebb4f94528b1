import { someIn } from './code/parts.ts'
import { nameOf, visibleAt, type Declaration, type Module, type Value, type Write } from './code/values.ts'

interface Uses {
  /** Methods that take entries out. */
  taking: RegExp
  /** Calls that only look at what they are given. */
  reading: RegExp
  /** Whether an assignment takes entries out, or sets it anew. */
  isCut: (write: Write, isIt: (value: Value) => boolean) => boolean
}

/**
 * Something else than its additions is done with a list or a table of the file: entries may be taken out, their number is
 * looked at, or it is handed to what may do that.
 */
export const isKeptSmall = (
  { name, at: declaredAt }: Pick<Declaration, 'name' | 'at'>,
  module: Module,
  all: Module[],
  { taking, reading, isCut }: Uses,
): boolean => {
  const isIt = (value: Value): boolean =>
    value.is === 'name' && value.name === name && visibleAt(module, name, value.at).some(({ at }) => at === declaredAt)
  const isSize = (part: Value): boolean =>
    (part.is === 'member' && /^(length|size)$/.test(part.name) && isIt(part.of)) ||
    (part.is === 'call' && /^(len|keys)$/.test(nameOf(part.callee)) && part.arguments.some(isIt))
  const isMeasured = (value: Value): boolean => value.is === 'compare' && someIn(value, isSize)
  // every name of a Python file may be imported
  const isElsewhere =
    module.language === 'python'
      ? all.some(other => other.declarations.some(({ value }) => value.is === 'import' && value.name === name))
      : module.exports.some(({ value, name: exported }) => exported === name || someIn(value, isIt))
  const tests = [...module.guards.map(({ test }) => test), ...module.loops.map(({ of }) => of)]
  return (
    isElsewhere ||
    module.writes.some(write => isCut(write, isIt)) ||
    module.assigned.some(({ target }) => isIt(target.of)) ||
    module.returns.some(({ value }) => isIt(value)) ||
    module.declarations.some(
      ({ value }) => isIt(value) || (value.is === 'record' && value.fields.some(([, field]) => isIt(field))),
    ) ||
    tests.some(test => someIn(test, isMeasured)) ||
    module.calls.some(
      ({ callee, arguments: given, named }) =>
        (callee.is === 'member' && taking.test(callee.name) && isIt(callee.of)) ||
        (!reading.test(nameOf(callee)) &&
          [...given, ...named.map(([, value]) => value)].some(
            value => isIt(value) || (value.is === 'spread' && isIt(value.of)),
          )),
    )
  )
}
