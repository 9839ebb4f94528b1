import type { FunctionValue, Module, Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'

/** Something that all requests share, and that a request reads, changes and writes back. */
export interface SharedChange {
  what: string
  file: string
  /** Where it is written, and where it was read before. */
  line: number
  readAt: number
  /**
   * `atomic`: no other request can come in between. `caller`: which file or entry it is depends on the request. `open`: it is
   * torn where handlers run in threads, which is not known.
   */
  how: 'torn' | 'locked' | 'atomic' | 'caller' | 'open'
  /** A file that the request names. */
  isNamed?: true
  /**
   * `temporary`: a file that is moved to where it belongs, and has the same name in each request. `exchange`: it is sent over
   * in `line`, and what comes next is taken for the answer in `readAt`. `opened`: by whoever finds that it is not there yet.
   */
  kind?: 'temporary' | 'exchange' | 'opened'
}

/** A change, with the offset from which a lock has to be held. */
export type FoundChange = SharedChange & { from: number }

/** One function that requests reach. */
export interface Scene {
  of: FunctionValue
  module: Module
  reach: Reach
  /** Where handlers that are no coroutines run. */
  runs: 'loop' | 'thread' | 'open'
  /** Declarations within the function. */
  declarations: Module['declarations']
}

/** Whether another request may come in between: where somebody waits, or where requests run in threads. */
export const howOf = (waits: boolean, { runs }: Scene): SharedChange['how'] =>
  waits || runs === 'thread' ? 'torn' : runs === 'open' ? 'open' : 'atomic'

export const mentions = (value: Value, names: Set<string>): boolean => {
  const inner = (each: Value): boolean => mentions(each, names)
  switch (value.is) {
    case 'name':
      return names.has(value.name)
    case 'member':
    case 'spread':
    case 'not':
    case 'element':
      return inner(value.of)
    case 'index':
      return inner(value.of) || inner(value.index)
    case 'call':
      return inner(value.callee) || value.arguments.some(inner) || value.named.some(([, each]) => inner(each))
    case 'list':
      return value.items.some(inner)
    case 'record':
      return value.fields.some(([, field]) => inner(field))
    case 'join':
      return value.parts.some(inner)
    case 'either':
    case 'both':
      return inner(value.first) || inner(value.second)
    case 'choice':
      return value.options.some(inner)
    default:
      return false
  }
}

/** Names that stand for what was read, or for something made of it. */
export const derived = (first: Set<string>, { declarations }: Scene): Set<string> => {
  const names = new Set(first)
  for (const { name, value } of declarations) if (mentions(value, names)) names.add(name)
  return names
}
