import type { Resolver } from '../code/resolve.ts'
import type { Call, FunctionValue, Module, Range, Value } from '../code/values.ts'
import type { Language } from '../trees.ts'
import type { Graph } from '../reached/graph.ts'
import type { Bodies } from '../reached/bodies.ts'
import type { Datum, Frame, Marks } from './data.ts'

/** One request that is tried: one parameter has a certain text, the others are anything. */
export interface Trial {
  /** The parameter that is attacked; null to find out which of them arrive anywhere. */
  attacked: string | null
  sample: string
  language: Language
  /** What stands for a text that is not known, at the front of another text and inside of one. */
  unknown: { front: string; inside: string }
  /** Folders and other beginnings that the attacked text was compared with. */
  prefixes: Set<string>
  /** What it was asked to end with, and to hold somewhere. */
  endings: Set<string>
  parts: Set<string>
  /** Texts of lists that the attacked text was looked up in. */
  listed: Set<string>
  /** Where the attacked text was compared with a folder and found inside. */
  passed: Set<string>
  /** What could not be decided and might have refused the request. */
  doubts: Set<string>
  /** Where functions refuse what they are given. */
  refusals: Set<string>
  steps: number
}

/** Whether a place is reached in this trial, and what decides it. */
export type Reached =
  | { is: 'yes' }
  /** `isThrown`: what stands before it ends in an exception. */
  | { is: 'no' | 'maybe'; by: string; isThrown: boolean }

/** What is known about a condition. */
export interface Tested {
  /** Null when it is not known. */
  holds: boolean | null
  /** It depends on the attacked parameter. */
  isMarked: boolean
  /** What it would be for a harmless text, where only a setting decides whether the attacked one is looked at. */
  harmless?: boolean
}

/** What a call is given. */
export interface Given {
  positional: Datum[][]
  named: Map<string, Datum[]>
}

/** Whether a value that a function gives to a field holds something of a request. */
export type Keeps = (value: Value, of: FunctionValue, module: Module) => boolean

/** Computes what expressions may be in a trial, without running anything. */
export interface Machine {
  trial: Trial
  resolver: Resolver
  bodies: Bodies
  /** Whether some request sets a field of an object to this value, in that function. */
  keeps: Keeps
  /** Notes that an answer depends on what other requests may have set. */
  kept: () => void
  /** Methods of the classes of the repository by name. */
  methods: Graph['methods']
  values: (value: Value, frame: Frame) => Datum[]
  member: (of: Datum, name: string) => Datum[]
  /** Calls a function, a class, or something outside the repository. */
  apply: (callee: Datum, given: Given, call: Call | null) => Datum[]
  /** A frame for a call of a closure. */
  enter: (callee: Datum & { is: 'closure' }, given: Given | null) => Frame
  /** An input as the text that it has in this trial; anything else as it is. */
  plain: (datum: Datum) => Datum[]
  /** Whether a schema of an input does not let the attack pass. */
  isRefused: (input: Datum) => boolean
  marks: (datum: Datum) => Marks
  /** Items of a list, or of an input that is one; null when it is no known list. */
  items: (datum: Datum) => Datum[] | null
  top: (module: Module) => Frame
  /** What a function may give back. */
  outcome: (frame: Frame) => Datum[]
  /** `isStrict`: only what depends on the request keeps it away. */
  reaches: (frame: Frame, at: number, isStrict?: boolean) => Reached
  /** Whether an offset is passed on the way to another one; null when not known. */
  passes: (frame: Frame, at: number, to: number) => boolean | null
  /** Whether a call might end in an exception because of what it is given. */
  mayRefuse: (call: Call, module: Module) => boolean
  test: (value: Value, frame: Frame) => Tested
}

export const contains = ({ at, end }: Range, offset: number): boolean => at <= offset && offset < end

export const spot = ({ path }: Module, line: number): string => `${path}:${line}`

/** Where an expression stands, as far as that is kept. */
export const offsetOf = (value: Value): number | null => {
  if ('at' in value) return value.at
  switch (value.is) {
    case 'member':
    case 'index':
    case 'not':
    case 'spread':
    case 'element':
      return offsetOf(value.of)
    case 'join':
      return value.parts.map(offsetOf).find(each => each !== null) ?? null
    case 'list':
      return value.items.map(offsetOf).find(each => each !== null) ?? null
    case 'either':
    case 'both':
      return offsetOf(value.first) ?? offsetOf(value.second)
    case 'choice':
      return value.options.map(offsetOf).find(each => each !== null) ?? null
    default:
      return null
  }
}
