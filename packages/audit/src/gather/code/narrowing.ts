import type { Place, Thing } from './link.ts'
import { someIn } from './parts.ts'
import {
  declarationsOf,
  innermost,
  isWithin,
  nameOf,
  visibleAt,
  type Declaration,
  type Guard,
  type Module,
  type Value,
} from './values.ts'

/** What a test says about a field of a name: it is true, it is there, or it is that literal. */
interface Fact {
  field: string
  says: 'true' | 'there' | Value
  holds: boolean
}

type Name = Value & { is: 'name' }
type Facts = { of: Name; fact: Fact }[]

/** `result.isError`, `result.get("isError")`. */
const fieldIn = (value: Value): { of: Name; field: string } | null => {
  if (value.is === 'member') return value.of.is === 'name' ? { of: value.of, field: value.name } : null
  if (value.is !== 'call' || value.callee.is !== 'member' || value.callee.name !== 'get') return null
  const [key, ...others] = value.arguments
  const { of } = value.callee
  return of.is === 'name' && key?.is === 'text' && others.length === 0 ? { of, field: key.text } : null
}

const isLiteral = ({ is }: Value): boolean => is === 'text' || is === 'number' || is === 'constant'

/** What is so where a test holds, or does not. */
const factsIn = (test: Value, holds: boolean): Facts => {
  if (test.is === 'not') return factsIn(test.of, !holds)
  if (test.is === (holds ? 'both' : 'either')) return [...factsIn(test.first, holds), ...factsIn(test.second, holds)]
  const field = fieldIn(test)
  if (field) return [{ of: field.of, fact: { field: field.field, says: 'true', holds } }]
  if (test.is !== 'compare') return []
  const { operator, left, right } = test
  if (operator === 'in' || operator === 'not in')
    return left.is === 'text' && right.is === 'name'
      ? [{ of: right, fact: { field: left.text, says: 'there', holds: holds === (operator === 'in') } }]
      : []
  const compared = /^(===?|is)$/.test(operator) ? holds : /^(!==?|is not)$/.test(operator) ? !holds : null
  const asked = fieldIn(left)
  return asked && compared !== null && isLiteral(right)
    ? [{ of: asked.of, fact: { field: asked.field, says: right, holds: compared } }]
    : []
}

const isTrue = ({ value, module }: Thing): boolean | null => {
  switch (value.is) {
    case 'constant':
      return value.of === true
    case 'text':
      return value.text !== ''
    case 'number':
      return value.number !== 0
    case 'function':
    case 'class':
      return true
    case 'list':
    case 'record':
      return module.language === 'typescript' ? true : null
    default:
      return null
  }
}

const isEqual = ({ value }: Thing, literal: Value): boolean | null => {
  if (value.is === 'text') return literal.is === 'text' && value.text === literal.text
  if (value.is === 'number') return literal.is === 'number' && value.number === literal.number
  // what is not set is not told from null
  if (value.is === 'constant' && value.of !== null) return literal.is === 'constant' && value.of === literal.of
  return null
}

const setFields = new WeakMap<Module, Set<string>>()

/** `result.isError = true`, `result["isError"] = True`. */
const isSetIn = (module: Module, field: string): boolean => {
  const before = setFields.get(module)
  const known =
    before ??
    new Set([...module.assigned, ...module.writes].flatMap(({ target }) => (target.is === 'member' ? target.name : [])))
  if (!before) setFields.set(module, known)
  return known.has(field)
}

/** Whether a fact is so for a record, or for what is made with `isError=True`; null when that shows only when it runs. */
const holdsFor = (
  { field, says }: Fact,
  thing: Thing,
  things: (value: Value, place: Place) => Thing[],
): boolean | null => {
  const { value, module } = thing
  const fields = value.is === 'record' ? value.fields : value.is === 'call' ? value.named : []
  if (isSetIn(module, field)) return null
  const at = fields.findLastIndex(([key]) => key === field)
  if (fields.slice(at + 1).some(([key]) => key === '...' || key === '')) return null
  const own = fields[at]?.[1]
  if (says === 'there') return value.is === 'record' ? own !== undefined : null
  if (own) {
    const answers = new Set(things(own, thing).map(each => (says === 'true' ? isTrue(each) : isEqual(each, says))))
    const [only = null] = answers
    return answers.size === 1 ? only : null
  }
  const isNothing = says !== 'true' && says.is === 'constant' && says.of === null
  return value.is === 'record' && !isNothing ? false : null
}

/** Names of each file that a guard asks for a field. */
const askedIn = ({ guards }: Module): Map<string, Guard[]> => {
  const byName = new Map<string, Guard[]>()
  for (const guard of guards) {
    const names = new Set([...factsIn(guard.test, true), ...factsIn(guard.test, false)].map(({ of }) => of.name))
    for (const name of names) byName.set(name, [...(byName.get(name) ?? []), guard])
  }
  return byName
}

/** Whether the guard is passed on every way to an offset that comes after it. */
export const isPassed = ({ at, end }: Guard, offset: number, { branches, tries, functions }: Module): boolean => {
  if (end > offset) return false
  const around = innermost(functions, at)
  return (
    (!around || isWithin(offset, around)) &&
    branches.every(branch => branch.at === at || !isWithin(at, branch) || isWithin(offset, branch)) &&
    tries.every(
      ({ body, handlers }) =>
        !isWithin(at, body) || isWithin(offset, body) || handlers.every(({ leaves }) => leaves !== null),
    )
  )
}

/** What a guard tells at an offset of the variable that is declared there. */
const factsOf = (guard: Guard, declared: Declaration, offset: number, module: Module): Fact[] => {
  const { test, consequent, alternate } = guard
  const { name } = declared
  const facts = (holds: boolean): Fact[] =>
    factsIn(test, holds).flatMap(({ of, fact }) =>
      of.name === name && visibleAt(module, name, of.at).includes(declared) ? [fact] : [],
    )
  if (isWithin(offset, consequent)) return facts(true)
  if (alternate && isWithin(offset, alternate)) return facts(false)
  if (!isPassed(guard, offset, module)) return []
  return [...(consequent.leaves ? facts(false) : []), ...(alternate?.leaves ? facts(true) : [])]
}

/** The name may stand for something else at the offset than in the guard. */
const isSetBetween = (name: string, { at }: Guard, offset: number, module: Module): boolean => {
  const { writes, loops } = module
  const set = [
    ...declarationsOf(module, name).map(declared => declared.at),
    ...writes.flatMap(write =>
      someIn(write.target, part => part.is === 'name' && part.name === name) ? [write.at] : [],
    ),
  ]
  return set.some(
    one => one > at && (one <= offset || loops.some(loop => isWithin(one, loop) && isWithin(offset, loop))),
  )
}

/** Leaves out records that a test before has left out: after `if (result.isError) return`, those with `isError: true`. */
export const openNarrowing = (things: (value: Value, place: Place) => Thing[]) => {
  const known = new Map<Module, Map<string, Guard[]>>()

  const fitting = (found: Thing[], told: Fact[], { module }: Place): Thing[] => {
    const facts = told.filter(({ field }) => !isSetIn(module, field))
    if (facts.length === 0) return found
    const left = found.filter(thing => facts.every(fact => holdsFor(fact, thing, things) !== !fact.holds))
    // what nothing fits was not understood
    return left.length > 0 ? left : found
  }

  const named = ({ name, at }: Name, place: Place, found: Thing[]): Thing[] => {
    if (found.length < 2) return found
    const { module } = place
    const asked = known.get(module) ?? askedIn(module)
    known.set(module, asked)
    const guards = asked.get(name) ?? []
    const [declared] = guards.length > 0 ? visibleAt(module, name, at) : []
    if (!declared) return found
    const facts = guards.flatMap(guard => {
      if (guard.at < declared.from || declared.to < guard.at) return []
      const told = factsOf(guard, declared, at, module)
      return told.length > 0 && !isSetBetween(name, guard, at, module) ? told : []
    })
    return fitting(found, facts, place)
  }

  /** `result.isError ? result : other`. */
  const chosen = ({ options, test }: Value & { is: 'choice' }, place: Place): Thing[] =>
    options.flatMap((option, index) => {
      const told = test && option.is === 'name' ? factsIn(test, index === 0) : []
      const facts = told.flatMap(({ of, fact }) => (of.name === nameOf(option) ? [fact] : []))
      return fitting(things(option, place), facts, place)
    })

  return { named, chosen }
}
