import type { Value } from '../code/values.ts'
import { joined, some, truth, unmarked, type Datum, type Frame, type Marks } from './data.ts'
import type { Machine } from './machine.ts'

/** A text on which a pattern that takes for ever does so: a limit that it keeps to is none. */
export const nearlyMatching = `${'x'.repeat(40)}!`

/** `text.length`, `len(text)`: the size of an attack says something only where its size is what does harm. */
const sizeOf = (value: Value, frame: Frame, machine: Machine): { size: Datum; marks: Marks } | null => {
  if (machine.trial.sample !== nearlyMatching) return null
  const isLength = value.is === 'member' && value.name === 'length'
  const isLen = value.is === 'call' && value.callee.is === 'name' && value.callee.name === 'len'
  const of = isLength ? value.of : isLen ? value.arguments[0] : undefined
  const [only, ...others] = of ? machine.values(of, frame).flatMap(one => machine.plain(one)) : []
  return only?.is === 'text' && only.marks.size > 0 && others.length === 0
    ? { size: { is: 'number', number: only.text.length }, marks: only.marks }
    : null
}

const plainOf = (datum: Datum): string | number | boolean | null | undefined =>
  datum.is === 'text'
    ? datum.text
    : datum.is === 'number'
      ? datum.number
      : datum.is === 'constant'
        ? datum.of
        : undefined

/** What the ending of a file name is held against. */
const isExtension = (of: unknown): of is string => typeof of === 'string' && /^\.[a-z]\w{0,9}$/i.test(of)

const isWritten = (of: Datum): boolean =>
  of.is === 'list' && of.items.every(item => item.is === 'text' && item.marks.size === 0)

const isOfRequest = (of: Datum): boolean =>
  of.is === 'input' || (of.is === 'list' && of.items.some(item => item.is === 'text' && item.marks.size > 0))

/**
 * Whether two are equal. A text of an attacker is no text that somebody wrote down elsewhere: it is not in an
 * allow-list that is not known, and in no block-list either.
 */
const equal = (left: Datum, right: Datum, marks: Marks, { trial }: Machine): Datum => {
  const [one, other] = [plainOf(left), plainOf(right)]
  if (marks.size > 0) for (const each of [one, other]) if (isExtension(each)) trial.endings.add(each)
  if (one !== undefined && other !== undefined && !Number.isNaN(one) && !Number.isNaN(other))
    return truth(one === other, marks)
  // a number that the request decides, and that was not worked out
  if ([left, right].some(side => side.is === 'number' && Number.isNaN(side.number) && (side.marks?.size ?? 0) > 0))
    return some(marks)
  const attacked = [left, right].find(side => side.is === 'text' && side.marks.size > 0)
  const unknown = [left, right].find(side => side.is === 'some')
  if (attacked && unknown?.is === 'some' && unknown.marks.size === 0) return truth(false, marks)
  // a list with the text of an attacker in it is none of texts that somebody wrote down
  if (marks.size > 0 && trial.attacked !== null && [left, right].some(isWritten) && [left, right].some(isOfRequest))
    return truth(false, marks)
  if ([left, right].every(side => side.is !== 'some') && (one ?? other) !== undefined) return truth(false, marks)
  return some(marks)
}

/** Whether something is in a list, a text, or the keys of a record. */
export const isIn = (what: Datum, list: Datum, machine: Machine): Datum => {
  const marks = joined([machine.marks(what), machine.marks(list)])
  if (list.is === 'text') {
    if (what.is !== 'text') return some(marks)
    if (list.marks.size > 0 && what.marks.size === 0 && what.text.length > 2) machine.trial.parts.add(what.text)
    return truth(list.text.includes(what.text), marks)
  }
  if (list.is === 'record') {
    if (what.is !== 'text' || list.of.fields.some(([key]) => key === '...' || key === '')) return some(marks)
    return truth(
      list.of.fields.some(([key]) => key === what.text),
      marks,
    )
  }
  // `"url" in arguments`: what is tried is there, and whoever sends it may send the others as well
  if (list.is === 'input' && what.is === 'text' && what.marks.size === 0) {
    const inner = machine.marks({ ...list, path: [...list.path, what.text] })
    return inner.size > 0 ? truth(true, inner) : some()
  }
  const items = list.is === 'list' ? list.items : null
  if (items) {
    if (what.is === 'text' && what.marks.size > 0)
      for (const item of items.slice(0, 3)) if (item.is === 'text') machine.trial.listed.add(item.text)
    const found = items.map(item => equal(what, item, marks, machine))
    if (found.some(one => one.is === 'constant' && one.of === true)) return truth(true, marks)
    return found.every(one => one.is === 'constant') ? truth(false, marks) : some(marks)
  }
  const isAttack = what.is === 'text' && what.marks.size > 0
  if (isAttack && list.is === 'some' && list.marks.size === 0) return truth(false, marks)
  return some(marks)
}

const ordered = (operator: string, left: number, right: number): boolean =>
  operator === '<' ? left < right : operator === '<=' ? left <= right : operator === '>' ? left > right : left >= right

const negated = (datum: Datum): Datum =>
  datum.is === 'constant' && datum.of !== null ? truth(!datum.of, datum.marks) : datum

/** `===`, `in`, `<` and the like. */
export const compared = (value: Value & { is: 'compare' }, frame: Frame, machine: Machine): Datum[] => {
  const { operator } = value
  const sized = [value.left, value.right].map(side => sizeOf(side, frame, machine))
  const [lefts = [], rights = []] = [value.left, value.right].map((side, index) => {
    const known = sized[index]
    return known ? [known.size] : machine.values(side, frame).flatMap(one => machine.plain(one))
  })
  return lefts.flatMap(left =>
    rights.map((right): Datum => {
      const marks = joined([
        machine.marks(left),
        machine.marks(right),
        ...sized.flatMap(one => (one ? [one.marks] : [])),
      ])
      if (/^(={2,3}|is)$/.test(operator)) return equal(left, right, marks, machine)
      if (/^(!={1,2}|is not)$/.test(operator)) return negated(equal(left, right, marks, machine))
      if (operator === 'in') return isIn(left, right, machine)
      if (operator === 'not in') return negated(isIn(left, right, machine))
      if (/^[<>]=?$/.test(operator) && left.is === 'number' && right.is === 'number')
        return Number.isNaN(left.number + right.number)
          ? some(unmarked)
          : truth(ordered(operator, left.number, right.number), marks)
      // the type or the size of a text is no matter of what it says
      return some(unmarked)
    }),
  )
}
