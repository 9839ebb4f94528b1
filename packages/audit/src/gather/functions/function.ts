/** A function or method that has a name of its own. */
export interface NamedFunction {
  path: string
  line: number
  /** With its class: `Network.stations`. */
  name: string
  language: 'typescript' | 'python'
  /** Other files may use it: exported, or without an underscore. */
  isPublic: boolean
  /** Null where no documentation is expected: overrides, setters, constructors. */
  documented: boolean | null
  /** Parameters without a type; `return` when the type of what it gives back is not stated. */
  untyped: string[]
}
