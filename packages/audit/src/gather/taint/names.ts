import { innermost, visibleAt, type Declaration, type FunctionValue, type Module, type Value } from '../code/values.ts'
import { isSame, someIn } from '../code/parts.ts'
import type { Body } from '../reached/bodies.ts'
import {
  distinct,
  holds as isTrue,
  joined,
  outside,
  some,
  text,
  unmarked,
  type Datum,
  type Frame,
  type Marks,
} from './data.ts'
import { caught } from './flow.ts'
import { contains, type Machine } from './machine.ts'

/** The function that a name belongs to: the innermost one around all of where it is visible. */
const ownerOf = (module: Module, { from, to }: Declaration): FunctionValue | null => {
  let best: FunctionValue | null = null
  for (const one of module.functions) if (one.at <= from && to <= one.end && (!best || one.at >= best.at)) best = one
  return best
}

const frameFor = (owner: FunctionValue | null, frame: Frame, machine: Machine): Frame => {
  for (let one: Frame | null = frame; one; one = one.outer)
    if (one.function === owner && one.module === frame.module) return one
  if (owner === null) return machine.top(frame.module)
  // a function around it that nobody is known to have called
  return machine.enter({ is: 'closure', of: owner, frame: machine.top(frame.module), self: null }, null)
}

const isEmpty = (datum: Datum): boolean =>
  (datum.is === 'constant' && datum.of === null) ||
  (datum.is === 'list' && datum.items.length === 0) ||
  (datum.is === 'text' && datum.text === '')

/** What is set before anything is known says nothing once something else is set. */
const withoutEmpty = (found: Datum[]): Datum[] => {
  const full = found.filter(datum => !isEmpty(datum))
  return full.length > 0 ? full : found
}

const adding = /^(push|append|add|unshift|insert|extend)$/

/** It is repeated after what it builds on was set. */
const isInLoop = (at: number, since: number, { loops }: Body): boolean =>
  loops.some(loop => loop.kind !== 'comprehension' && contains(loop, at) && !contains(loop, since))

/** What a loop makes of a text is not followed. */
const repeated = (found: Datum[], machine: Machine): Datum => {
  const marks = joined(found.map(one => machine.marks(one)))
  return found.every(({ is }) => is === 'number')
    ? { is: 'number', number: Number.NaN }
    : some(marks, marks.size > 0 ? 'a text that a loop puts together' : null)
}

/** `for (const key in given) made[rename(key)] = given[key]`: what a request carries, whatever its fields are called. */
const copies = (
  { writes }: Body,
  isIt: (target: Value) => boolean,
  isBefore: (at: number, end: number) => boolean,
  owner: Frame,
  machine: Machine,
): Datum[] =>
  writes.flatMap(({ target, operator, value, at, end }) =>
    target.is === 'index' && operator === '=' && isIt(target.of) && value.is !== 'call' && isBefore(at, end)
      ? machine
          .values(value, owner)
          .flatMap(one =>
            one.is === 'input' && one.path.at(-1) === '[]' ? [{ ...one, path: one.path.slice(0, -1) }] : [],
          )
      : [],
  )

/**
 * What of the request decides whether an offset is passed on the way to another one, and whether it is for certain: of
 * several turns of a loop one is enough. Null: each turn ends before it.
 */
const decidedBy = (
  at: number,
  to: number,
  owner: Frame,
  machine: Machine,
): { marks: Marks; isSure: boolean } | null => {
  const body = machine.bodies.of(owner.module, owner.function)
  const within = body.loops.filter(loop => contains(loop, at) && !contains(loop, to))
  let marks = unmarked
  let isSure = true
  for (const { test, consequent, alternate, ...guard } of body.guards) {
    const isRepeated = within.some(loop => contains(loop, guard.at))
    const isSkipping = guard.end <= at && consequent.leaves === 'loop' && isRepeated
    const isElse = isSkipping || (alternate !== null && contains(alternate, at) && !contains(alternate, to))
    if (!isElse && (!contains(consequent, at) || contains(consequent, to))) continue
    const { holds, isMarked } = machine.test(test, owner)
    if (isSkipping && holds === true) return null
    if (!isMarked) continue
    const isNegated = test.is === 'not'
    const found = machine.values(isNegated ? test.of : test, owner).flatMap(machine.plain)
    marks = joined([marks, ...found.map(one => machine.marks(one))])
    isSure &&= holds !== null || (isRepeated && found.some(one => isTrue(one) === (isElse === isNegated)))
  }
  return { marks, isSure }
}

/** A list with what is put into it, a text with what is put behind it, before an offset. */
const grown = (
  name: string,
  base: Datum[],
  owner: Frame,
  declared: Declaration,
  to: number,
  machine: Machine,
): Datum[] => {
  const { module } = owner
  const body = machine.bodies.of(module, owner.function)
  const isIt = (target: Value): boolean =>
    target.is === 'name' && target.name === name && declared.from <= target.at && target.at <= declared.to
  const holdsBefore = (at: number, end: number): boolean =>
    end <= to && at >= declared.at && machine.passes(owner, at, to) !== false
  const isNew = base.some(one => one.is === 'record' && one.of.fields.length === 0)
  const copied = isNew ? copies(body, isIt, holdsBefore, owner, machine) : []
  let found = copied.length > 0 ? copied : base
  if (base.some(({ is }) => is === 'list'))
    for (const { callee, arguments: given, at, end } of body.calls) {
      if (callee.is !== 'member' || !adding.test(callee.name) || !isIt(callee.of) || !holdsBefore(at, end)) continue
      const isWhole = callee.name === 'extend'
      const added = given.flatMap((value): Datum[] => {
        const isSpread = value.is === 'spread' || isWhole
        const items = machine.values(value.is === 'spread' ? value.of : value, owner)
        return isSpread ? items.flatMap(one => machine.items(one) ?? [some(machine.marks(one), 'a list')]) : items
      })
      const isFront = callee.name === 'unshift'
      const decided = decidedBy(at, to, owner, machine)
      if (!decided) continue
      const { marks, isSure } = decided
      found = found.map((one): Datum => {
        if (one.is !== 'list') return one
        const isOpen = !isSure && (one.items.length === 0 || one.isOpen === true)
        return {
          is: 'list',
          items: isFront ? [...added, ...one.items] : [...one.items, ...added],
          ...(isOpen ? { isOpen } : {}),
          ...(marks.size > 0 || one.marks ? { marks: joined([one.marks ?? unmarked, marks]) } : {}),
        }
      })
    }
  for (const { target, operator, value, at, end } of body.writes) {
    if (!isIt(target) || at < declared.at) continue
    if (/^([-*/%]=|\+\+|--)$/.test(operator)) found = [{ is: 'number', number: Number.NaN }]
    if (operator !== '+=' || !holdsBefore(at, end)) continue
    const added = machine.values(value, owner)
    if (isInLoop(at, declared.at, body) && found.every(({ is }) => is !== 'list')) {
      found = [repeated([...found, ...added], machine)]
      continue
    }
    // each piece that may be one of several doubles them: what is not bounded here has no end
    found = distinct(found.flatMap(one => added.map(more => plus(one, more, machine))))
  }
  return found
}

const plus = (one: Datum, more: Datum, machine: Machine): Datum => {
  if (one.is === 'list') return { is: 'list', items: [...one.items, ...(machine.items(more) ?? [more])] }
  const marks = joined([machine.marks(one), machine.marks(more)])
  if (one.is === 'text' && more.is === 'text') return text(one.text + more.text, marks)
  return some(marks, marks.size > 0 ? 'a text that is put together' : null)
}

/** Whether a condition holds where another one does. */
const follows = (wanted: Value, from: Value, holds: boolean): boolean | null => {
  if (isSame(wanted, from)) return holds
  if (from.is === 'not') return follows(wanted, from.of, !holds)
  const isSplit = from.is === 'both' ? holds : from.is === 'either' && !holds
  return isSplit && (from.is === 'both' || from.is === 'either')
    ? (follows(wanted, from.first, holds) ?? follows(wanted, from.second, holds))
    : null
}

/** `const made = isNew ? one() : other()`, which is used under `if (isNew)`. */
const chosenAt = (value: Value, at: number, { guards }: Body): Value => {
  if (value.is !== 'choice' || !value.test) return value
  for (const { test, consequent, alternate } of guards) {
    const side = contains(consequent, at) ? true : alternate && contains(alternate, at) ? false : null
    const held = side === null ? null : follows(value.test, test, side)
    if (held !== null) return value.options[held ? 0 : 1] ?? value
  }
  return value
}

const mentions = (value: Value, name: string): boolean =>
  someIn(value, part => part.is === 'name' && part.name === name)

/** What a name stands for at an offset: the last of what binds it before, as far as that is passed. */
export const nameOf = (value: Value & { is: 'name' }, frame: Frame, machine: Machine): Datum[] => {
  const { name, at } = value
  const { module } = frame
  if (name === 'this' || name === 'self' || name === 'cls') {
    for (let one: Frame | null = frame; one; one = one.outer) if (one.self) return [one.self]
    const owner = innermost(module.classes, at)
    if (owner) return [{ is: 'instance', of: owner, module, made: null }]
  }
  const declared = visibleAt(module, name, at)
  const [first] = declared
  if (!first) return foreign(value, frame, machine)
  const owner = frameFor(ownerOf(module, first), frame, machine)
  const error = first.value.is === 'unknown' ? caught(name, at, owner, machine) : null
  if (error) return error
  const isWithin = (declaration: Declaration): boolean =>
    machine.bodies.around(module, declaration.at) === owner.function || declaration.at === declaration.from
  const isElsewhere = declared.some(one => !isWithin(one))
  // what a comprehension takes stands before the word that names it
  const isBefore = (one: Declaration): boolean => one.at <= at || isElsewhere || owner.function === null
  const set = declared.filter(isBefore)
  const before = (set.length > 0 ? set : declared).toSorted((a, b) => b.at - a.at)
  const found: Datum[] = []
  for (const one of before) {
    const isPassed = !isWithin(one) || one.at > at ? null : machine.passes(owner, Math.max(one.from, one.at - 1), at)
    if (isPassed === false) continue
    const chosen = chosenAt(one.value, at, machine.bodies.of(owner.module, owner.function))
    const base = machine.values(chosen, owner)
    const isOwn = isInLoop(one.at - 1, first.at, machine.bodies.of(module, owner.function)) && mentions(one.value, name)
    if (isOwn && one !== first) {
      found.push(repeated(base, machine))
      continue
    }
    found.push(...grown(name, base, owner, one, at, machine))
    if (isPassed) break
  }
  return distinct(before.length > 1 ? withoutEmpty(found) : found)
}

/** A name that is declared nowhere: of the language, or of a module all names of which are imported. */
const foreign = (value: Value & { is: 'name' }, { module }: Frame, machine: Machine): Datum[] => {
  const star = module.declarations.some(({ name }) => name === '*')
  if (star) {
    const path = machine.resolver.external(value, { module, frames: [] })
    if (path) return [outside(path)]
    return machine.resolver.things(value, { module, frames: [] }).flatMap(thing => ofThing(thing, machine))
  }
  return [outside(module.language === 'python' ? `builtins.${value.name}` : `global:${value.name}`)]
}

/** What was found without knowing who calls. */
export const ofThing = (
  { value, module }: ReturnType<Machine['resolver']['things']>[number],
  machine: Machine,
): Datum[] => {
  if (value.is === 'external') return [outside(value.path)]
  if (value.is === 'namespace') return [{ is: 'namespace', of: value.of }]
  return machine.values(value, machine.top(module))
}
