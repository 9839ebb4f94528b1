import { isObject, type Json } from '../target/connection.ts'
import { propertiesOf } from './arguments.ts'
import { soleType } from './mutations.ts'

/** A parameter that takes a text, or a list of texts. */
export interface TextParameter {
  name: string
  /** What it was given in the good call. */
  good: string
  /** By its name or description it may name a file or directory. */
  isPath: boolean
  /** By its name it can name nothing else. */
  isPathForSure: boolean
  /** The good arguments with this text in its place. */
  given: (text: string) => Json
}

const pathName =
  /(^|[_-])(path|file|filename|filepath|dir|directory|folder|root|repo|uri|url|doc|document|note|template|page|location|source|src|attachment|image|resource)s?$/i
const sureName = /(^|[_-])(path|file|filename|filepath|dir|directory|folder)s?$/i
const pathWords = /\b(path|file ?name|folder|director(y|ies)|files?|file:\/\/)\b/i

const snake = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')

/** What a call was given and its schema does not name is told by what it was given. */
const ofSample = (value: unknown): Json => {
  if (Array.isArray(value)) return { type: 'array', items: { type: typeof value[0] } }
  return { type: typeof value }
}

export const textParametersOf = (schema: Json, good: Json): TextParameter[] => {
  const given = Object.fromEntries(Object.entries(good).map(([name, value]) => [name, ofSample(value)]))
  return Object.entries({ ...given, ...propertiesOf(schema) }).flatMap(([name, property]) => {
    const type = soleType(property, schema)
    const items = type === 'array' && isObject(property['items']) ? soleType(property['items'], schema) : null
    if (type !== 'string' && items !== 'string') return []
    const value = good[name]
    const first: unknown = Array.isArray(value) ? value[0] : value
    const description = typeof property['description'] === 'string' ? property['description'] : ''
    return [
      {
        name,
        good: typeof first === 'string' ? first : 'sample',
        isPathForSure: sureName.test(snake(name)),
        isPath: pathName.test(snake(name)) || pathWords.test(description),
        given: (text: string) => ({ ...good, [name]: type === 'array' ? [text] : text }),
      },
    ]
  })
}
