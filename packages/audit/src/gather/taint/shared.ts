import type { FunctionValue, Module } from '../code/values.ts'
import type { Datum, Frame } from './data.ts'
import type { Given, Machine } from './machine.ts'

/** What is the same in all trials: it does not depend on a request. */
export interface Shared {
  /** Frames of the top level of files. */
  tops: Map<Module, Frame>
  /** What functions give back, by what they are given. */
  outcomes: Map<FunctionValue, Map<string, Datum[]>>
  /** Numbers of objects that are told apart. */
  numbers: WeakMap<object, number>
  count: number
}

export const newShared = (): Shared => ({ tops: new Map(), outcomes: new Map(), numbers: new WeakMap(), count: 0 })

const numberOf = (of: object, shared: Shared): number => {
  const known = shared.numbers.get(of)
  if (known !== undefined) return known
  shared.numbers.set(of, ++shared.count)
  return shared.count
}

const partOf = (datum: Datum, shared: Shared, machine: Machine, depth: number): string | null => {
  switch (datum.is) {
    case 'text':
      return datum.marks.size > 0 || datum.text.length > 200 ? null : `${datum.as} ${JSON.stringify(datum.text)}`
    case 'constant':
      return datum.marks.size > 0 ? null : String(datum.of)
    case 'some':
      return datum.marks.size > 0 ? null : `? ${datum.path ?? ''}`
    case 'number':
      return String(datum.number)
    case 'list': {
      if (depth > 2 || datum.items.length > 8 || (datum.marks?.size ?? 0) > 0) return null
      const items = datum.items.map(item => partOf(item, shared, machine, depth + 1))
      return items.includes(null) ? null : `[${items.join(' ')}${datum.isOpen ? ' …' : ''}]`
    }
    case 'class':
    case 'namespace':
      return `${datum.is} ${numberOf(datum.of, shared)}`
    case 'instance':
      if (datum.entered) return null
      return datum.made === null || datum.made.isTop === true ? `instance ${numberOf(datum.of, shared)}` : null
    default:
      return null
  }
}

/** What tells one call of a function from another; null when it may depend on a request. */
export const callKey = (
  callee: Datum & { is: 'closure' },
  given: Given,
  shared: Shared,
  machine: Machine,
): string | null => {
  if (callee.frame.function !== null) return null
  const self = callee.self ? partOf(callee.self, shared, machine, 0) : ''
  if (self === null) return null
  const parts: string[] = [self]
  for (const [name, alternatives] of [...given.positional.entries(), ...given.named.entries()])
    for (const datum of alternatives) {
      const part = partOf(datum, shared, machine, 0)
      if (part === null) return null
      parts.push(`${name}=${part}`)
    }
  return parts.join('\n')
}
