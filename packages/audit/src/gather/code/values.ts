import type { Language, Source } from '../trees.ts'

/** An expression of the source, reduced to what can be decided without running it. */
export type Value =
  | { is: 'text'; text: string }
  | { is: 'number'; number: number }
  | { is: 'constant'; of: boolean | null }
  /** A name as it is visible at that offset. */
  | { is: 'name'; name: string; at: number }
  /** `keyed`: written as `of['name']`. */
  | { is: 'member'; of: Value; name: string; keyed?: true }
  /** Parts of a text, joined. */
  | { is: 'join'; parts: Value[] }
  | { is: 'list'; items: Value[] }
  /** `...x` in a list. */
  | { is: 'spread'; of: Value }
  /** Later fields win. A spread has the key `...`. */
  | { is: 'record'; fields: [key: string, value: Value][]; at: number; line: number }
  | Call
  | FunctionValue
  | ClassValue
  /** `a || b`, `a ?? b`, `a or b`. */
  | { is: 'either'; first: Value; second: Value }
  /** `a && b`, `a and b`. */
  | { is: 'both'; first: Value; second: Value }
  /** One of them: the first when `test` holds. */
  | { is: 'choice'; options: Value[]; test?: Value }
  /** `===`, `!=`, `<`, `in`, `not in`, `is`, `is not`, `instanceof`, ... as written. */
  | { is: 'compare'; operator: string; left: Value; right: Value }
  /** `a * b`, `a & b` and the like, as written; in JavaScript alone. A sum is a `join`. */
  | { is: 'arithmetic'; operator: string; left: Value; right: Value }
  | { is: 'not'; of: Value }
  /** `of[index]` with an index that is not a literal text. A slice is a call of `slice`. */
  | { is: 'index'; of: Value; index: Value }
  /** A regular expression literal. */
  | { is: 'pattern'; text: string; flags: string }
  | { is: 'import'; module: string; name: string }
  | { is: 'parameter'; function: number; index: number; name: string; fallback: Value | null }
  /** What a loop takes out of a list. */
  | { is: 'element'; of: Value }
  | { is: 'unknown' }

export interface Call {
  is: 'call'
  callee: Value
  arguments: Value[]
  /** Keyword arguments; `**x` has the key `...`. */
  named: [key: string, value: Value][]
  /** With `new`. */
  constructs: boolean
  /** The text of a template is given to it: ``sql`...` ``; its only argument is the join. */
  tagged?: true
  /** Directly below an `await`. */
  awaited?: true
  /** It is a statement of its own: what it gives back is thrown away. */
  dropped?: true
  at: number
  end: number
  line: number
}

export interface FunctionValue {
  is: 'function'
  name: string | null
  /** Declared `async`. */
  isAsync?: true
  /** It yields. */
  isGenerator?: true
  at: number
  end: number
  line: number
  parameters: string[]
  returns: Value[]
  /** It has a docstring. */
  documented: boolean
}

export interface ClassValue {
  is: 'class'
  name: string
  at: number
  end: number
  bases: Value[]
  /** Fields, methods, and what its methods assign to `this` or `self`. */
  members: { name: string; value: Value; type: string | null; annotation?: Value }[]
}

export interface Declaration {
  name: string
  value: Value
  /** The head of its type annotation, such as `McpServer`. */
  type: string | null
  /** What the annotation says, in Python: `Annotated[str, Field(pattern=...)]` is an index. */
  annotation?: Value
  /** The offsets between which the name is visible. */
  from: number
  to: number
  /** Where what binds it ends: before that the name stands for something else. */
  at: number
}

export interface Range {
  at: number
  end: number
}

/** What comes after it does not run: it ends in a return, a throw, a continue or a break on every path. */
export type Leaving = 'return' | 'throw' | 'loop' | null

/** An `if`; an `elif` is a guard of its own in `alternate`. */
export interface Guard extends Range {
  test: Value
  line: number
  consequent: Range & { leaves: Leaving }
  alternate: (Range & { leaves: Leaving }) | null
}

export interface Handler extends Range {
  line: number
  /** The exceptions it is for; empty in TypeScript and for a bare `except:`. */
  types: Value[]
  binds: string | null
  /** It has no statement, or only `pass` and `...`. */
  empty: boolean
  leaves: Leaving
}

/** `try`: what is in its ranges is found in the lists of the module by offset. */
export interface Try extends Range {
  body: Range
  handlers: Handler[]
  finally: Range | null
}

/** A `switch` or a `match`. */
export interface Switch {
  of: Value
  /** What each case is for: nothing for `default` and `_`. `leaves`: the next one does not run as well. */
  cases: (Range & { tests: Value[]; leaves: boolean })[]
}

/** An assignment that is no declaration: `x = 1`, `x.y = 1`, `x[k] = 1`, `x += 1`, `x++`, `del x[k]`. */
export interface Write extends Range {
  target: Value
  /** `=`, `+=`, `++`, `??=`, `delete`, ... */
  operator: string
  value: Value
  line: number
}

export interface Loop extends Range {
  kind: 'for' | 'while' | 'comprehension'
  /** What it goes through, or the condition of a `while`. */
  of: Value
  line: number
}

/** What one source file says, without its syntax tree. Lists are in the order of the source unless said. */
export interface Module {
  path: string
  language: Language
  role: Source['role']
  minified?: true
  /** The first line that could not be read, and why. What stands before it was read. */
  broken?: { line: number; because: string }
  declarations: Declaration[]
  calls: Call[]
  functions: FunctionValue[]
  classes: ClassValue[]
  decorated: { decorator: Value; function: FunctionValue }[]
  /** What an `if`, a `switch` or a `match` compares with: `case "x":`, `name === "x"`. */
  compared: { value: Value; line: number }[]
  /** `a.b = value`. */
  assigned: { target: Value & { is: 'member' }; value: Value }[]
  /** What a `with` of Python or a `using` of TypeScript enters, and where it holds. */
  contexts: { value: Value; at: number; end: number; isAsync?: true }[]
  guards: Guard[]
  tries: Try[]
  writes: Write[]
  loops: Loop[]
  returns: { value: Value; at: number; line: number }[]
  throws: { value: Value; at: number; line: number }[]
  /** Code that may not run: branches, loops, handlers of exceptions. */
  branches: (Range & { /** One of the cases of a `switch` or a `match`. */ isCase?: true })[]
  switches: Switch[]
  /** What other files may import; `*` for everything of another module. */
  exports: { name: string; value: Value }[]
}

/** Expressions nested deeper than this are not looked into. */
export const maxDepth = 150

export const nothing: Value = { is: 'unknown' }

/** A name, or that of a member; empty for anything else. */
export const nameOf = (value: Value): string => (value.is === 'name' || value.is === 'member' ? value.name : '')

/** The last field of that name. */
export const fieldOf = (fields: [key: string, value: Value][], name: string): Value | undefined =>
  fields.findLast(([key]) => key === name)?.[1]

export const emptyModule = ({ path, language, role, minified }: Source): Module => ({
  path,
  language,
  role,
  ...(minified ? { minified } : {}),
  declarations: [],
  calls: [],
  functions: [],
  classes: [],
  decorated: [],
  compared: [],
  branches: [],
  switches: [],
  assigned: [],
  contexts: [],
  guards: [],
  tries: [],
  writes: [],
  loops: [],
  returns: [],
  throws: [],
  exports: [],
})

const declarationsByName = new WeakMap<Module, Map<string, Declaration[]>>()

/** All declarations of a name in a file. */
export const declarationsOf = (module: Module, name: string): Declaration[] => {
  let names = declarationsByName.get(module)
  if (!names) {
    names = new Map()
    for (const entry of module.declarations) {
      const same = names.get(entry.name)
      if (same) same.push(entry)
      else names.set(entry.name, [entry])
    }
    declarationsByName.set(module, names)
  }
  return names.get(name) ?? []
}

/** What a name may stand for at an offset: the declarations of the nearest scope that has it. */
export const visibleAt = (module: Module, name: string, offset: number): Declaration[] => {
  const visible = declarationsOf(module, name).filter(({ from, to }) => from <= offset && offset <= to)
  const nearest = Math.max(...visible.map(({ from }) => from))
  return visible.filter(({ from }) => from === nearest)
}

/** Whether an offset lies in a range. */
export const isWithin = (at: number, range: { at: number; end: number }): boolean => range.at <= at && at < range.end

/** The smallest range around an offset. */
export const innermost = <T extends { at: number; end: number }>(ranges: T[], offset: number): T | undefined => {
  let best: T | undefined
  for (const range of ranges) if (isWithin(offset, range) && (!best || range.at >= best.at)) best = range
  return best
}
