import type { ClassValue, FunctionValue, Module, Value } from '../code/values.ts'
import { folders } from './folders.ts'
import type { Placed } from '../registered/facts.ts'

/** Parameters of a tool that something depends on. */
export type Marks = ReadonlySet<string>

/** A schema that an input was held against. */
export interface Declared {
  schema: Placed
  /** Of these at least one holds it, when a handler serves several tools. */
  others?: Placed[]
  /** How much of the path leads to what the schema is about. */
  from: number
  /** Told to clients and held against by nobody. */
  isAdvice: boolean
}

/** A call that is being followed, or the top level of a file. */
export interface Frame {
  module: Module
  function: FunctionValue | null
  /** The call in which the function was written down. */
  outer: Frame | null
  self: Datum | null
  /** What a parameter was given; undefined when it was given nothing. Null when the caller is not known. */
  given: ((index: number, name: string) => Datum[] | undefined) | null
  known: Map<Value, Datum[]>
  /** It belongs to something that is made when the server starts. */
  isTop?: true
}

/** What a text stands for. */
export type Shape = 'text' | 'path' | 'url' | 'address'

/** What an expression may be when a request is being served. No alternative at all means: it throws. */
export type Datum =
  | { is: 'text'; text: string; marks: Marks; as: Shape }
  | { is: 'number'; number: number; marks?: Marks }
  | { is: 'constant'; of: boolean | null; marks: Marks }
  /** `isOpen`: it may have any number of these, also none; `marks`: what of the request decides how many. */
  | { is: 'list'; items: Datum[]; isOpen?: true; marks?: Marks }
  /** `chosen`: which of several records it is depends on the request. */
  | { is: 'record'; of: Value & { is: 'record' }; frame: Frame; chosen?: Marks }
  | { is: 'fields'; fields: Map<string, Datum[]> }
  | { is: 'closure'; of: FunctionValue; frame: Frame; self: Datum | null }
  | { is: 'class'; of: ClassValue; module: Module }
  /** `entered`: its methods that are being called, where something of a request is handed to them. */
  | { is: 'instance'; of: ClassValue; module: Module; made: Frame | null; entered?: Frame[] }
  | { is: 'namespace'; of: Module }
  | { is: 'method'; of: Datum; name: string }
  | { is: 'pattern'; text: string; flags: string }
  /** A parameter, or a part of one; `[]` stands for an item of a list. */
  /** `url`: it is one that was taken apart, whose host is written down or not. */
  | { is: 'input'; path: string[]; declared: Declared[]; url?: 'any' | 'with a fixed host' }
  /** Anything else. `path` is the name it has outside the repository, `why` what hides its content. */
  | { is: 'some'; path: string | null; marks: Marks; why: string | null }

export const unmarked: Marks = new Set()

export const joined = (all: Iterable<Marks>): Marks => {
  let found: Marks = unmarked
  for (const marks of all) if (marks.size > 0) found = found.size === 0 ? marks : new Set([...found, ...marks])
  return found
}

export const text = (value: string, marks: Marks = unmarked, as: Shape = 'text'): Datum => ({
  is: 'text',
  text: value,
  marks,
  as,
})
export const truth = (of: boolean, marks: Marks = unmarked): Datum => ({ is: 'constant', of, marks })
export const nil: Datum = { is: 'constant', of: null, marks: unmarked }
export const some = (marks: Marks = unmarked, why: string | null = null, path: string | null = null): Datum => ({
  is: 'some',
  path,
  marks,
  why,
})
/** Names outside the repository that stand for the same text everywhere. */
const constants: [path: RegExp, value: string][] = [
  [/^path(\/posix)?:(posix\.)?sep$|^os\.(path\.)?sep$/, '/'],
  [/^path(\/posix)?:(posix\.)?delimiter$|^os\.pathsep$/, ':'],
  [/^global:(__dirname|import\.meta\.dirname)$/, `${folders.package}/lib`],
  [/^global:(__filename|import\.meta\.filename)$|^builtins\.__file__$/, `${folders.package}/lib/file`],
  [/^global:import\.meta\.url$/, `file://${folders.package}/lib/file`],
]

export const outside = (path: string): Datum => {
  const constant = constants.find(([known]) => known.test(path))
  return constant ? text(constant[1]) : some(unmarked, null, path)
}

/** Whether a condition holds; null when that is not known. */
export const holds = (datum: Datum): boolean | null => {
  switch (datum.is) {
    case 'text':
      return datum.as !== 'text' || datum.text !== ''
    case 'constant':
      return datum.of === true
    case 'number':
      return Number.isNaN(datum.number) ? null : datum.number !== 0
    case 'list':
      // an empty list is true in one language and false in the other
      return datum.items.length > 0 && !datum.isOpen ? true : null
    case 'some':
      return null
    default:
      return true
  }
}

/** How many items a list has. */
export const sizesOf = ({ items, isOpen, marks }: Datum & { is: 'list' }): Datum[] => {
  const sizes = !isOpen ? [items.length] : marks ? [0, items.length] : [Number.NaN]
  return sizes.map(number => ({ is: 'number', number, ...(marks ? { marks } : {}) }))
}

const maxAlternatives = 8

/** Every way to take one of each. */
export const combinations = (all: Datum[][]): Datum[][] => {
  let found: Datum[][] = [[]]
  for (const alternatives of all)
    found = found
      .flatMap(before => alternatives.slice(0, maxAlternatives).map(one => [...before, one]))
      .slice(0, maxAlternatives)
  return found
}

const keyOf = (datum: Datum): unknown => {
  if (datum.is === 'text') return `${datum.as} ${[...datum.marks].join(' ')} ${datum.text}`
  if (datum.is === 'constant') return `${datum.of} ${datum.marks.size > 0}`
  if (datum.is === 'number') return datum.number
  if (datum.is === 'some') return `? ${datum.path} ${[...datum.marks].join(' ')}`
  if (datum.is === 'closure' || datum.is === 'class' || datum.is === 'record') return datum.of
  return datum
}

const isUnmarkedText = (datum: Datum): boolean => datum.is === 'text' && datum.marks.size === 0

/** What is written down as a default says less than what is set instead of it. */
const withoutDefaults = (found: Datum[]): Datum[] => {
  const isSet = found.some(datum => datum.is === 'some' && datum.marks.size === 0)
  const isRoot = (datum: Datum): boolean => datum.is === 'text' && datum.text.startsWith(folders.root)
  const hasRoot = found.some(datum => isRoot(datum) && isUnmarkedText(datum))
  return found.filter(datum => {
    if (datum.is === 'list') return !isSet || !datum.items.every(isUnmarkedText)
    const isOther = isUnmarkedText(datum) && datum.is === 'text' && datum.text.startsWith('/') && !isRoot(datum)
    return !hasRoot || !isOther
  })
}

/** Each alternative once, and not too many. */
export const distinct = (all: Datum[]): Datum[] => {
  if (all.length < 2) return all
  const found = withoutDefaults(all)
  const seen = new Set<unknown>()
  const single = found.filter(datum => {
    const key = keyOf(datum)
    return !seen.has(key) && seen.add(key)
  })
  if (single.length <= maxAlternatives) return single
  // what depends on the request must not be cut off
  const isMarked = (datum: Datum): boolean => 'marks' in datum && (datum.marks?.size ?? 0) > 0
  return [...single.filter(isMarked), ...single.filter(datum => !isMarked(datum))].slice(0, maxAlternatives)
}
