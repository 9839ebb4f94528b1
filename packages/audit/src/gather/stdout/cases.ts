import { argumentOf } from '../code/given.ts'
import { partsOf, someIn } from '../code/parts.ts'
import { isWithin, visibleAt, type Call, type Module, type Switch, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'

/** The texts that a parameter is given wherever its function is called; null where that cannot be told. */
const givenTo = (value: Value, module: Module, { modules, resolver }: Reach): string[] | null => {
  const [declared, ...others] = value.is === 'name' ? visibleAt(module, value.name, value.at) : []
  const parameter = declared?.value
  if (parameter?.is !== 'parameter' || others.length > 0) return null
  const of = module.functions.find(({ at }) => at === parameter.function)
  const name = of && (of.name ?? module.declarations.find(one => one.value === of)?.name)
  const isMethod = module.classes.some(({ members }) => members.some(member => member.value === of))
  if (!of || !name || isMethod) return null
  const isNamed = (part: Value): boolean => part.is === 'name' && part.name === name
  // what is handed on is called by others, with anything
  const isHandedOn = modules.some(({ calls, declarations, writes, returns }) =>
    [
      ...calls.flatMap(call => partsOf(call).filter(part => part !== call.callee)),
      ...[...declarations, ...writes, ...returns].map(one => one.value).filter(({ is }) => is !== 'call'),
    ].some(part => someIn(part, inner => inner.is !== 'call' && isNamed(inner))),
  )
  const callers = isHandedOn ? [] : resolver.callers(of, module)
  const texts = callers.map(({ call, module: caller }) => {
    const given = argumentOf(call, parameter.index, parameter.name, of, module) ?? parameter.fallback
    return given ? resolver.text(given, { module: caller, frames: [] }) : null
  })
  return texts.length > 0 && texts.every(text => text !== null) ? texts : null
}

const textsOf = (tests: Value[]): string[] | null => {
  const texts = tests.flatMap(test => (test.is === 'text' ? [test.text] : []))
  return texts.length === tests.length ? texts : null
}

/** Whether one of these texts leads into the case, or into one that goes on with it. */
const isTaken = (cases: Switch['cases'], index: number, texts: string[]): boolean => {
  const one = cases[index]
  const own = one ? textsOf(one.tests) : null
  if (!one || own === null) return true
  const all = cases.map(({ tests }) => textsOf(tests))
  const isMeant =
    one.tests.length > 0
      ? own.some(text => texts.includes(text))
      : all.includes(null) || texts.some(text => !all.some(each => each?.includes(text)))
  const before = cases[index - 1]
  return isMeant || (before !== undefined && !before.leaves && isTaken(cases, index - 1, texts))
}

/** It stands in a case that no caller asks for: in `default`, where each level has a case of its own. */
export const isNeverTaken = (call: Call, module: Module, reach: Reach): boolean =>
  module.switches.some(one => {
    const index = one.cases.findIndex(each => isWithin(call.at, each))
    if (index < 0) return false
    const texts = givenTo(one.of, module, reach)
    return texts !== null && !isTaken(one.cases, index, texts)
  })
