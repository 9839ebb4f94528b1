import type { Value } from '../code/values.ts'
import { distinct, joined, nil, some, text, truth, type Datum, type Frame } from './data.ts'
import { isIn } from './compare.ts'
import { contains, offsetOf, type Given, type Machine } from './machine.ts'
import { textOf } from './texts.ts'

const calling = (callback: Datum[] | undefined, item: Datum, machine: Machine): Datum[] =>
  (callback ?? []).flatMap(each =>
    machine.apply(each, { positional: [[item], [{ is: 'number', number: Number.NaN }]], named: new Map() }, null),
  )

/** Whether it holds for one of the items, or for each of them. */
const quantified = (results: Datum[][], isSome: boolean, machine: Machine): Datum => {
  const marks = joined(results.flat().map(one => machine.marks(one)))
  const states = results.map(found => {
    const first = found[0]
    if (!first || first.is !== 'constant') return null
    return found.every(one => one.is === 'constant' && one.of === first.of) ? first.of === true : null
  })
  if (states.includes(isSome)) return truth(isSome, marks)
  return states.every(state => state === !isSome) ? truth(!isSome, marks) : some(marks)
}

/** `any(...)`, `all(...)`. */
export const quantifiedItems = (items: Datum[], isSome: boolean, machine: Machine): Datum =>
  quantified(
    items.map(item => [item]),
    isSome,
    machine,
  )

/** What remains of a list after its items were asked something. */
const kept = (items: Datum[], callback: Datum[] | undefined, machine: Machine): Datum[] =>
  items.filter(item => {
    const found = calling(callback, item, machine)
    return !(found.length > 0 && found.every(one => one.is === 'constant' && one.of !== true))
  })

const maxFolded = 20

const folded = (callback: Datum[], made: Datum[], item: Datum, machine: Machine): Datum[] =>
  distinct(callback.flatMap(each => machine.apply(each, { positional: [made, [item]], named: new Map() }, null)))

/** `[x for x in all]`, where all of them are not known. */
export const isRepeated = (
  [item, ...others]: Value[],
  made: Datum[],
  { module, function: of }: Frame,
  machine: Machine,
) => {
  const offset = item && others.length === 0 && module.language === 'python' ? offsetOf(item) : null
  return (
    offset !== null &&
    made.every(one => one.is === 'some' && one.marks.size === 0) &&
    machine.bodies.of(module, of).loops.some(loop => loop.kind === 'comprehension' && contains(loop, offset))
  )
}

/** A method of a list; null when it is not one that is known here. */
export const methodOfList = (
  items: Datum[],
  name: string,
  { positional }: Given,
  given: Datum[],
  machine: Machine,
): Datum[] | null => {
  const [callback] = positional
  const [first, second] = given
  const list = (made: Datum[]): Datum[] => [{ is: 'list', items: made }]
  switch (name) {
    case 'map':
      return list(items.flatMap(item => calling(callback, item, machine)))
    case 'flatMap':
      return list(
        items.flatMap(item => calling(callback, item, machine)).flatMap(made => machine.items(made) ?? [made]),
      )
    case 'forEach':
      items.forEach(item => calling(callback, item, machine))
      return [nil]
    case 'filter':
      return list(kept(items, callback, machine))
    case 'find':
    case 'findLast': {
      const left = kept(items, callback, machine)
      if (items.length === 0) return [some()]
      return left.length > 0 ? distinct([...left, nil]) : [nil]
    }
    case 'some':
    case 'every':
      return [
        quantified(
          items.map(item => calling(callback, item, machine)),
          name === 'some',
          machine,
        ),
      ]
    case 'includes':
    case 'has':
    case '__contains__':
      return first ? [isIn(first, { is: 'list', items }, machine)] : null
    case 'join': {
      const by = first ? textOf(first, false, machine) : ','
      const plain = items.flatMap(machine.plain)
      const texts = plain.map((item, index) => textOf(item, index === 0, machine))
      const marks = joined(plain.map(item => machine.marks(item)))
      const isKnown = by !== null && texts.every(one => one !== null)
      return [isKnown ? text(texts.join(by), marks) : some(marks, 'a list that is joined')]
    }
    case 'concat':
      return list([...items, ...given.flatMap(one => machine.items(one) ?? [one])])
    case 'slice': {
      const [from, to] = [first, second].map(one =>
        one?.is === 'number' && !Number.isNaN(one.number) ? one.number : undefined,
      )
      return list(first && from === undefined ? items : items.slice(from, to))
    }
    case 'flat':
      return list(items.flatMap(item => machine.items(item) ?? [item]))
    case 'reverse':
    case 'sort':
    case 'toSorted':
    case 'toReversed':
    case 'copy':
    case 'values':
      return list(items)
    case 'entries':
      return list(items.map((item): Datum => ({ is: 'list', items: [{ is: 'number', number: Number.NaN }, item] })))
    case 'pop':
    case 'at':
    case 'shift': {
      const at = name === 'shift' ? 0 : name === 'pop' ? -1 : first?.is === 'number' ? first.number : Number.NaN
      const one = items.at(at)
      return one && !Number.isNaN(at) ? [one] : items.length > 0 ? distinct(items) : [some()]
    }
    case 'reduce':
      // of a list that is not known the number of items is not either
      if (second && items.length <= maxFolded && items.every(({ is }) => is !== 'some'))
        return items.reduce((made, item) => folded(callback ?? [], made, item, machine), [second])
      return [some(joined(items.map(item => machine.marks(item))), 'a list that is reduced')]
    case 'indexOf':
    case 'findIndex':
    case 'index':
    case 'count': {
      const found = name === 'indexOf' && first ? isIn(first, { is: 'list', items }, machine) : null
      if (found?.is === 'constant') return [{ is: 'number', number: found.of ? 0 : -1 }]
      return [some(joined(items.map(item => machine.marks(item))))]
    }
    case 'push':
    case 'append':
    case 'unshift':
    case 'extend':
    case 'add':
      return [nil]
    default:
      return null
  }
}
