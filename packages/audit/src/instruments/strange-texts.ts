import type { Json } from '../target/connection.ts'
import { propertiesOf } from './arguments.ts'
import { soleType } from './mutations.ts'
import type { TextParameter } from './text-parameters.ts'

export interface StrangeForm {
  kind: 'text' | 'number' | 'key'
  /** What is strange about it, in words. */
  form: string
  parameter: string
  arguments: Json
}

const overlong = 100_000

/** `forged` is what a careless log shows as a line of its own. */
export const strangeTexts = ({ name, good, given }: TextParameter, forged: string): StrangeForm[] =>
  (
    [
      ['control characters', `${good}\u0001\u0007\b\u001B[31m\u007F\u0085`],
      ['NUL', `${good}\0x`],
      ['half of a surrogate pair', `${good}\uD800x`],
      ['the other half first', `\uDC00${good}`],
      ['a change of direction', `${good}\u202Egnp.\u2066exe`],
      ['new lines', `${good}\n${forged}\r\n${forged}`],
      ['other ends of lines', `${good}\r${forged}\u2028${forged}`],
      [`${overlong} characters`, good.padEnd(overlong, 'x')],
    ] as const
  ).map(([form, text]) => ({ kind: 'text', form, parameter: name, arguments: given(text) }))

/** Numbers that some parsers turn into others, and some into none. */
export const strangeNumbers = (schema: Json, good: Json): StrangeForm[] =>
  Object.entries(propertiesOf(schema))
    .filter(([, property]) => /^(integer|number)$/.test(soleType(property, schema) ?? ''))
    .flatMap(([name]) =>
      [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_SAFE_INTEGER + 2, 5e-324].map(number => ({
        kind: 'number' as const,
        form: String(number),
        parameter: name,
        arguments: { ...good, [name]: number },
      })),
    )

/** A key of its own that most ways to write an object make a prototype of. */
const withKey = (object: Json, key: string, value: unknown): Json =>
  Object.defineProperty({ ...object }, key, { value, enumerable: true, configurable: true, writable: true })

/** Keys that reach the prototype of all objects when they are merged carelessly; `mark` is what is then found there. */
export const strangeKeys = (good: Json, mark: string): StrangeForm[] => {
  const polluted = { [mark]: 'polluted' }
  const keys: [string, unknown][] = [
    ['__proto__', polluted],
    ['constructor', { prototype: polluted }],
  ]
  const places: [string, (key: string, value: unknown) => Json][] = [
    ['arguments', (key, value) => withKey(good, key, value)],
    ...Object.entries(good).flatMap(([name, value]): [string, (key: string, given: unknown) => Json][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? [[name, (key, given) => ({ ...good, [name]: withKey(value as Json, key, given) })]]
        : [],
    ),
  ]
  return places.flatMap(([parameter, make]) =>
    keys.map(([key, value]) => ({
      kind: 'key' as const,
      form: `a key ${key}`,
      parameter,
      arguments: make(key, value),
    })),
  )
}
