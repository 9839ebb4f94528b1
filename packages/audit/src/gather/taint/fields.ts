import { isWithin, type ClassValue, type FunctionValue, type Module, type Value } from '../code/values.ts'
import { some, type Datum, type Frame } from './data.ts'
import { offsetOf, type Given, type Machine } from './machine.ts'

interface Field {
  name: string
  self: Datum
  module: Module
}

const isOwn = (value: Value, name?: string): boolean =>
  value.is === 'member' &&
  value.of.is === 'name' &&
  /^(this|self|cls)$/.test(value.of.name) &&
  (name === undefined || value.name === name)

const adding = /^(push|append|add|unshift|insert|extend)$/

const setting = new WeakMap<FunctionValue, boolean>()

/** It sets a field of its object, or puts something into one. */
const setsField = (of: FunctionValue, module: Module, { bodies }: Machine): boolean => {
  const known = setting.get(of)
  if (known !== undefined) return known
  const { writes, calls } = bodies.of(module, of)
  const sets =
    writes.some(({ target }) => isOwn(target)) ||
    calls.some(({ callee }) => callee.is === 'member' && adding.test(callee.name) && isOwn(callee.of))
  setting.set(of, sets)
  return sets
}

/** The frame of a method, whose object knows what it is given: what it calls may read the fields that it sets. */
export const entering = (frame: Frame, { positional, named }: Given, machine: Machine): Frame => {
  const { self, function: of, module } = frame
  if (self?.is !== 'instance' || !of || !setsField(of, module, machine)) return frame
  if (self.of.members.some(({ name, value }) => value === of && /^(constructor|__init__)$/.test(name))) return frame
  const isMarked = [...positional, ...named.values()].flat().some(one => machine.marks(one).size > 0)
  if (isMarked) frame.self = { ...self, entered: [...(self.entered ?? []), frame] }
  return frame
}

/** The name under which what others may have put into a field is tried like a parameter. */
export const isField = (parameter: string): boolean => /^(this|self)\./.test(parameter)

const keptIn = (name: string, { language }: Module, machine: Machine): Datum => {
  machine.kept()
  return { is: 'input', path: [language === 'python' ? 'self' : 'this', name], declared: [] }
}

/** What a method gives to a field, in the call that is being followed or in any other; null without a request. */
export const setBy = (
  value: Value,
  of: FunctionValue,
  { name, self, module }: Field,
  machine: Machine,
): Datum[] | null => {
  const entered = self.is === 'instance' ? self.entered?.filter(frame => frame.function === of) : undefined
  const [frame, ...others] = entered ?? []
  if (frame && others.length === 0) {
    const reached = machine.reaches(frame, offsetOf(value) ?? of.at)
    if (reached.is === 'no') return []
    if (reached.is === 'maybe') machine.trial.doubts.add(reached.by)
    return machine.values(value, frame)
  }
  return frame || machine.keeps(value, of, module) ? [keptIn(name, module, machine)] : null
}

/** A field with what is put into it: `this.flags.push(flag)`, `self.command += part`. */
export const withAdded = (found: Datum[], owner: ClassValue, field: Field, machine: Machine): Datum[] => {
  const { module, name } = field
  const lists = module.calls.flatMap(({ callee, arguments: given, at }) =>
    callee.is === 'member' && adding.test(callee.name) && isOwn(callee.of, name) && isWithin(at, owner)
      ? given.map(value => ({ value: value.is === 'spread' ? value.of : value, at, isItem: true }))
      : [],
  )
  const texts = module.writes.flatMap(({ target, operator, value, at }) =>
    operator === '+=' && isOwn(target, name) && isWithin(at, owner) ? [{ value, at, isItem: false }] : [],
  )
  let made = found
  for (const { value, at, isItem } of [...lists, ...texts]) {
    const of = machine.bodies.around(module, at)
    const added = of ? setBy(value, of, field, machine) : null
    if (!added || added.length === 0) continue
    if (!isItem) made = [...made, ...added.map(one => some(machine.marks(one), 'a text that is put together'))]
    else if (!made.some(({ is }) => is === 'list')) made = [...made, { is: 'list', items: added }]
    else made = made.map(one => (one.is === 'list' ? { is: 'list', items: [...one.items, ...added] } : one))
  }
  return made
}
