import type { Place, Resolver, Thing } from '../code/resolve.ts'
import { fieldOf, type Call, type Value } from '../code/values.ts'

export type Kind = 'tool' | 'prompt' | 'resource'

/** What is said about a tool where it is registered. Null when it cannot be decided. */
export interface Facts {
  hasDescription: boolean | null
  hasSchema: boolean | null
  hasAnnotations: boolean | null
}

/** A value, and where it stands. */
export interface Placed {
  value: Value
  place: Place
}

/** A registration as it stands in the source. */
export interface Found {
  kind: Kind
  names: (string | null)[]
  place: Place
  line: number
  /** Offset in the file of `place`. */
  at: number
  facts: Facts
  handler: { file: string; line: number } | null
  /** What is called when it is used; null where one handler serves all. */
  work: Placed | null
  /** The schema of its arguments, or the address of a resource. */
  input: Placed | null
  server: string
}

export const undecided: Facts = { hasDescription: null, hasSchema: null, hasAnnotations: null }

const hintNames = /^(title|readOnlyHint|destructiveHint|idempotentHint|openWorldHint)$/

/** Whether a value is there: null when undecided. */
export const presence = (value: Value | undefined, place: Place, resolver: Resolver): boolean | null => {
  if (!value) return false
  const things = resolver.things(value, place)
  if (things.every(({ value }) => value.is === 'constant' && value.of === null)) return false
  if (value.is === 'join') return true
  return things.some(({ value }) => value.is === 'unknown' || value.is === 'constant') ? null : true
}

export const placed = (value: Value | undefined, place: Place): Placed | null => (value ? { value, place } : null)

export const member = (of: Value, name: string): Value => ({ is: 'member', of, name })

export const factsOfRecord = (record: Value, place: Place, resolver: Resolver): Facts => {
  const of = (name: string): boolean | null => presence(member(record, name), place, resolver)
  return {
    hasDescription: of('description'),
    hasSchema: of('inputSchema') || of('parameters') || of('argsSchema') || of('arguments'),
    hasAnnotations: of('annotations'),
  }
}

/** `tool(name, description?, schema?, annotations?, handler)` of the first SDK. */
export const factsOfArguments = (given: Value[], place: Place, resolver: Resolver): Facts => {
  const [second, ...rest] = given.slice(1, -1)
  if (!second) return { hasDescription: false, hasSchema: false, hasAnnotations: false }
  const things = resolver.things(second, place)
  const isText = second.is === 'join' || things.some(({ value }) => value.is === 'text')
  const isUnknown = !isText && things.some(({ value }) => value.is === 'unknown')
  if (isUnknown) return { hasDescription: null, hasSchema: null, hasAnnotations: null }
  const objects = isText ? rest : [second, ...rest]
  const isHints = (value: Value): boolean =>
    resolver
      .things(value, place)
      .some(
        ({ value }) =>
          value.is === 'record' && value.fields.length > 0 && value.fields.every(([key]) => hintNames.test(key)),
      )
  const hints = objects.filter(isHints).length
  return {
    hasDescription: isText,
    hasSchema: objects.length > hints,
    hasAnnotations: hints > 0 || objects.length > 1,
  }
}

export const kindOf = (method: string): Kind =>
  /prompt/i.test(method) ? 'prompt' : /resource/i.test(method) ? 'resource' : 'tool'

export const namesOf = (value: Value | undefined, place: Place, resolver: Resolver): (string | null)[] => {
  const things = value ? resolver.things(value, place) : []
  if (things.length === 0) return [null]
  return things.map(({ value }) => (value.is === 'text' ? value.text : null))
}

export const handlerIn = (value: Value | undefined, place: Place, resolver: Resolver): Found['handler'] => {
  if (!value) return null
  for (const thing of resolver.things(value, place))
    if (thing.value.is === 'function') return { file: thing.module.path, line: thing.value.line }
  return null
}

export const functionNames = (things: Thing[]): (string | null)[] =>
  things.map(({ value }) => (value.is === 'function' ? value.name : null))

export const factsOfCall = ({ named }: Call, place: Place, resolver: Resolver): Facts => {
  const of = (name: string): boolean | null => presence(fieldOf(named, name), place, resolver)
  const schema = of('inputSchema') || of('input_schema') || of('parameters') || of('arguments')
  return { hasDescription: of('description'), hasSchema: schema, hasAnnotations: of('annotations') }
}
