import type { Call, Value } from '../code/values.ts'
import {
  combinations,
  distinct,
  holds,
  joined,
  nil,
  outside,
  some,
  text,
  truth,
  unmarked,
  type Datum,
  type Frame,
} from './data.ts'
import { calculated } from './arithmetic.ts'
import { groupOf } from './captures.ts'
import { compared } from './compare.ts'
import { contains, offsetOf, spot, type Given, type Machine } from './machine.ts'
import { isRepeated } from './lists.ts'
import { nameOf, ofThing } from './names.ts'
import { rowOf } from './rows.ts'
import { textOf } from './texts.ts'
import { validated } from './validated.ts'

/** A text that is put together: known as far as all its parts are. */
const join = (parts: Datum[], machine: Machine): Datum => {
  if (parts.every(part => part.is === 'number'))
    return {
      is: 'number',
      number: parts.reduce((sum, { number }) => sum + number, 0),
      marks: joined(parts.map(part => machine.marks(part))),
    }
  // two lists are put together with the same operator
  if (parts.some(({ is }) => is === 'list') && parts.every(({ is }) => is === 'list' || is === 'some'))
    return { is: 'list', items: parts.flatMap(part => machine.items(part) ?? [part]) }
  const texts = parts.map((part, index) => textOf(part, index === 0, machine))
  const marks = joined(parts.map(part => machine.marks(part)))
  return texts.every(one => one !== null)
    ? text(texts.join(''), marks)
    : some(marks, parts.find(part => part.is === 'some' && part.marks.size > 0)?.is === 'some' ? whyOf(parts) : null)
}

const whyOf = (parts: Datum[]): string | null => {
  for (const part of parts) if (part.is === 'some' && part.why) return part.why
  return null
}

const both = (first: Value, second: Value, decides: boolean, frame: Frame, machine: Machine): Datum[] => {
  const later = machine.values(second, frame)
  return machine.values(first, frame).flatMap((one): Datum[] => {
    const known = one.is === 'input' ? null : holds(one)
    if (known === decides) return [one]
    if (known !== null) return later
    const plain = machine.plain(one)
    if (plain.length > 0 && plain.every(each => holds(each) === decides)) return [one]
    const isSettled = later.every(each => each.is === 'constant' && holds(each) === decides)
    return isSettled ? later : [one, ...later]
  })
}

const choice = ({ options, test }: Value & { is: 'choice' }, frame: Frame, machine: Machine): Datum[] => {
  const [yes, no] = options
  const found = test ? machine.test(test, frame) : null
  if (found?.holds === true && yes) return machine.values(yes, frame)
  if (found?.holds === false && no) return machine.values(no, frame)
  return options.flatMap(option => machine.values(option, frame))
}

const given = (call: Call, frame: Frame, machine: Machine): Given | null => {
  const positional: Datum[][] = []
  for (const argument of call.arguments) {
    if (argument.is !== 'spread') positional.push(machine.values(argument, frame))
    else
      for (const one of machine.values(argument.of, frame).slice(0, 1))
        positional.push(
          ...(machine.items(one) ?? [some(machine.marks(one), 'a list of arguments')]).map(item => [item]),
        )
  }
  const named = new Map<string, Datum[]>()
  for (const [key, value] of call.named) {
    const found = machine.values(value, frame)
    if (key !== '...') named.set(key, found)
    else
      for (const one of found) {
        if (one.is === 'record') for (const [inner] of one.of.fields) named.set(inner, machine.member(one, inner))
        else named.set('...', [one])
      }
  }
  // what throws while its arguments are worked out is never called
  const isNever = [...positional, ...named.values()].some(alternatives => alternatives.length === 0)
  return isNever ? null : { positional, named }
}

const containing = /^(startsWith|startswith|is_relative_to)$/

const called = (call: Call, frame: Frame, machine: Machine): Datum[] => {
  const { callee } = call
  if (callee.is === 'member' && callee.name === 'catch' && machine.values(callee.of, frame).length === 0)
    // what is thrown is handed to the callback
    return (call.arguments[0] ? machine.values(call.arguments[0], frame) : []).flatMap(each =>
      machine.apply(each, { positional: [[some()]], named: new Map() }, null),
    )
  const row = rowOf(call, frame, machine)
  if (row) return row
  const callees = machine.values(callee, frame)
  const things = given(call, frame, machine)
  if (!things) return []
  const held = validated(call, callees, things, frame, machine)
  const made = held ?? distinct(callees.flatMap(each => machine.apply(each, things, call)))
  const [first] = call.arguments
  const isFolder = !(first?.is === 'text' && first.text.length < 2)
  if (
    callee.is === 'member' &&
    containing.test(callee.name) &&
    isFolder &&
    made.some(one => holds(one) && machine.marks(one).size > 0)
  )
    machine.trial.passed.add(spot(frame.module, call.line))
  return made
}

const indexed = (of: Datum, index: Datum, machine: Machine): Datum[] => {
  if (index.is === 'text') return machine.member(of, index.text)
  const items = machine.items(of)
  if (items) {
    const isKnown = index.is === 'number' && !Number.isNaN(index.number)
    const only = isKnown && of.is === 'list' ? items.at(index.number) : undefined
    return only ? [only] : items.length > 0 ? items : [some()]
  }
  const group = of.is === 'fields' && index.is === 'number' ? groupOf(of, 'group', index) : null
  if (group) return group
  if (of.is === 'record')
    return of.of.fields.flatMap(([key, value]) =>
      key === '...' ? [some(machine.marks(of))] : machine.values(value, of.frame),
    )
  if (of.is === 'text' && index.is === 'number' && !Number.isNaN(index.number))
    return [text(of.text.at(index.number) ?? '', of.marks)]
  return [some(joined([machine.marks(of)]), 'an element that is not known')]
}

const parameter = (value: Value & { is: 'parameter' }, frame: Frame, machine: Machine): Datum[] => {
  let owner: Frame | null = frame
  while (owner && owner.function?.at !== value.function) owner = owner.outer
  const otherwise = value.fallback ? machine.values(value.fallback, owner ?? frame) : null
  if (!owner?.given) return otherwise ? distinct([some(), ...otherwise]) : [some()]
  return owner.given(value.index, value.name) ?? otherwise ?? [nil]
}

/** `[x for x in all if test]`. */
const isFilteredOut = (item: Value, frame: Frame, machine: Machine): boolean => {
  if (frame.module.language !== 'python') return false
  const offset = offsetOf(item)
  if (offset === null) return false
  return machine.bodies
    .of(frame.module, frame.function)
    .guards.some(
      ({ at, consequent, test }) =>
        at === consequent.at && contains(consequent, offset) && machine.test(test, frame).holds === false,
    )
}

const listed = (written: Value[], frame: Frame, machine: Machine): Datum[] => {
  const items: Datum[] = []
  for (const item of written) {
    if (isFilteredOut(item, frame, machine)) continue
    const found = machine.values(item.is === 'spread' ? item.of : item, frame)
    if (found.length === 0) return []
    items.push(
      ...(item.is === 'spread'
        ? found.flatMap(one => machine.items(one) ?? [some(machine.marks(one), 'a list')])
        : found),
    )
  }
  return [{ is: 'list', items, ...(isRepeated(written, items, frame, machine) ? { isOpen: true } : {}) }]
}

/** Computes what an expression may be, once its value was looked up in what is known of the frame. */
export const evaluate = (value: Value, frame: Frame, machine: Machine): Datum[] => {
  switch (value.is) {
    case 'text':
      return [text(value.text)]
    case 'number':
      return [{ is: 'number', number: value.number }]
    case 'constant':
      return [{ is: 'constant', of: value.of, marks: unmarked }]
    case 'name':
      return nameOf(value, frame, machine)
    case 'member':
      return distinct(machine.values(value.of, frame).flatMap(of => machine.member(of, value.name)))
    case 'join':
      return combinations(value.parts.map(part => machine.values(part, frame).flatMap(machine.plain))).map(parts =>
        join(parts, machine),
      )
    case 'list':
      return listed(value.items, frame, machine)
    case 'record':
      return [{ is: 'record', of: value, frame }]
    case 'call':
      return called(value, frame, machine)
    case 'function':
      return [{ is: 'closure', of: value, frame, self: null }]
    case 'class':
      return [{ is: 'class', of: value, module: frame.module }]
    case 'either':
      return both(value.first, value.second, true, frame, machine)
    case 'both':
      return both(value.first, value.second, false, frame, machine)
    case 'choice':
      return distinct(choice(value, frame, machine))
    case 'compare':
      return distinct(compared(value, frame, machine))
    case 'arithmetic':
      return distinct(calculated(value, frame, machine))
    case 'not': {
      const { holds, isMarked } = machine.test(value.of, frame)
      const marks = isMarked ? joined(machine.values(value.of, frame).map(one => machine.marks(one))) : unmarked
      return [holds === null ? some(marks) : truth(!holds, marks)]
    }
    case 'index': {
      const indexes = machine.values(value.index, frame).flatMap(machine.plain)
      return distinct(
        machine.values(value.of, frame).flatMap(of => indexes.flatMap(index => indexed(of, index, machine))),
      )
    }
    case 'pattern':
      return [{ is: 'pattern', text: value.text, flags: value.flags }]
    case 'import': {
      const found = machine.resolver
        .things(value, { module: frame.module, frames: [] })
        .flatMap(thing => (thing.value === value ? [outside(value.module)] : ofThing(thing, machine)))
      return found.length > 0 ? found : [some()]
    }
    case 'parameter':
      return parameter(value, frame, machine)
    case 'element': {
      const lists = machine.values(value.of, frame)
      // a list that is empty where it is written down is filled later
      return distinct(
        lists.flatMap(of => {
          const items = machine.items(of)
          return items && items.length > 0 ? items : [some(machine.marks(of))]
        }),
      )
    }
    default:
      return [some()]
  }
}
