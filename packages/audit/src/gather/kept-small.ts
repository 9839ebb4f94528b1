import { someIn } from './code/parts.ts'
import { isWithin, nameOf, visibleAt, type Declaration, type Module, type Value, type Write } from './code/values.ts'

export interface Uses {
  /** Methods that take entries out. */
  taking: RegExp
  /** Calls that only look at what they are given. */
  reading: RegExp
  /** Whether an assignment takes entries out, or sets it anew. */
  isCut: (write: Write, isIt: (value: Value) => boolean) => boolean
}

/**
 * Something else than its additions is done with a list or a table: entries may be taken out, their number is looked at, or
 * it is handed to what may do that.
 */
const isHandled = (module: Module, isIt: (value: Value) => boolean, { taking, reading, isCut }: Uses): boolean => {
  const isSize = (part: Value): boolean =>
    (part.is === 'member' && /^(length|size)$/.test(part.name) && isIt(part.of)) ||
    (part.is === 'call' && /^(len|keys)$/.test(nameOf(part.callee)) && part.arguments.some(isIt))
  const isMeasured = (value: Value): boolean => value.is === 'compare' && someIn(value, isSize)
  const tests = [...module.guards.map(({ test }) => test), ...module.loops.map(({ of }) => of)]
  return (
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

/** A list or a table of the file that is kept small, or that others may keep small. */
export const isKeptSmall = (
  { name, at: declaredAt }: Pick<Declaration, 'name' | 'at'>,
  module: Module,
  all: Module[],
  uses: Uses,
): boolean => {
  const isIt = (value: Value): boolean =>
    value.is === 'name' && value.name === name && visibleAt(module, name, value.at).some(({ at }) => at === declaredAt)
  // every name of a Python file may be imported
  const isElsewhere =
    module.language === 'python'
      ? all.some(other => other.declarations.some(({ value }) => value.is === 'import' && value.name === name))
      : module.exports.some(({ value, name: exported }) => exported === name || someIn(value, isIt))
  return isElsewhere || isHandled(module, isIt, uses)
}

const isSelf = (value: Value): boolean => value.is === 'name' && /^(this|self)$/.test(value.name)

/** The same of a field, whichever object has one of that name. */
export const isFieldKeptSmall = (name: string, all: Module[], uses: Uses): boolean => {
  const isIt = (value: Value): boolean => value.is === 'member' && value.name === name
  return all.some(module => {
    const begins = module.functions.filter(of => /^(constructor|__init__)$/.test(of.name ?? ''))
    const isFirst = ({ target, at, operator }: Write): boolean =>
      operator === '=' &&
      isIt(target) &&
      target.is === 'member' &&
      isSelf(target.of) &&
      begins.some(of => isWithin(at, of))
    const isCut: Uses['isCut'] = (write, isOne) => !isFirst(write) && uses.isCut(write, isOne)
    return isHandled(module, isIt, { ...uses, isCut })
  })
}
