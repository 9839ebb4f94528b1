import type { Json } from '../target/connection.ts'
import { propertiesOf } from './arguments.ts'
import { soleType } from './mutations.ts'
import { mismatches } from './schemas.ts'

export type ParameterKind = 'url' | 'email' | 'path' | 'date' | 'limit' | 'port'

/** A parameter that by its name, its description or its declared format is of a kind that has rules of its own. */
export interface KindParameter {
  name: string
  kind: ParameterKind
}

/** One value that is wrong for a parameter, and the keywords of its schema that rule it out; none when nothing does. */
export interface WrongValue {
  value: unknown
  /** In words. */
  sends: string
  violates: string[]
}

interface Kind {
  types: string[]
  name: RegExp
  description: RegExp
  formats: RegExp | null
  /** Wrong by any reading of the kind. */
  wrong: unknown
  /** Words of a description by which even that may be right. */
  unless: RegExp
}

const integers = ['integer', 'number']
const start = '^\\W*(the |an? )?((full|absolute|relative|valid|complete|public|optional|start|end|due|target) )*'

const kinds: Record<ParameterKind, Kind> = {
  url: {
    types: ['string'],
    name: /(^|_)(url|uri)$/i,
    description: new RegExp(`${start}(url|uri|web address)\\b`, 'i'),
    formats: /^(uri|url|iri)$/,
    wrong: 'not a url',
    unless: /\b(or|template|search|text|part of|relative)\b/i,
  },
  email: {
    types: ['string'],
    name: /(^|_)e_?mail(_address)?$/i,
    description: new RegExp(`${start}e-?mail address\\b`, 'i'),
    formats: /^(idn-)?email$/,
    wrong: 'not an e-mail address',
    unless: /\b(or|body|content|text|subject|template|search|name|part of)\b/i,
  },
  path: {
    types: ['string'],
    name: /(^|_)(file_?path|file_?name|path|directory)$/i,
    description: new RegExp(
      `${start}(file ?|directory ?)?path (to|of) (the|an?) (\\w+ )?(file|directory|folder)\\b`,
      'i',
    ),
    formats: null,
    wrong: 'airworthy\0none',
    unless: /\b(or|glob|pattern|json ?path|jq|xpath|api|endpoint|route|url|key|filter)\b/i,
  },
  date: {
    types: ['string'],
    name: /(^|_)(date|date_?time)$/i,
    description: new RegExp(`${start}date( and time)?\\b`, 'i'),
    formats: /^(date|date-time)$/,
    wrong: 'not a date',
    unless: /\b(or|natural|relative|today|yesterday|ago|phrase|expression|free)\b/i,
  },
  limit: {
    types: integers,
    name: /(^|_)(limit|page_size|per_page|top_k|max_(results|items|rows|entries|count)|num_results)$/i,
    description: /^\W*(the )?max(imum|imal|\.)? (number|amount|count) of \w+/i,
    formats: null,
    wrong: -5,
    unless: /-1|negative|unlimited|no limit|credit|price|temperature|degrees/i,
  },
  port: {
    types: integers,
    name: /(^|_)port$/i,
    description: /^\W*(the |an? )?((tcp|udp|network) )?port( number)?\b/i,
    formats: null,
    wrong: 70_000,
    unless: /\b(harbou?r|ship|export|import)\b/i,
  },
}

/** Longest text that is sent to find out whether a bound of the length holds. */
const maxText = 20_000

const snake = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('-', '_')

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const kindOf = (name: string, property: Json, type: string): ParameterKind | null => {
  const description = textOf(property['description'])
  const format = textOf(property['format'])
  const found = Object.entries(kinds).find(
    ([, kind]) =>
      kind.types.includes(type) &&
      (kind.name.test(snake(name)) || kind.description.test(description) || kind.formats?.test(format) === true),
  )
  return found ? (found[0] as ParameterKind) : null
}

/** The schema of a property whose type may also be null, as if it were not. */
const plain = (property: Json): Json => {
  const branches = property['anyOf'] ?? property['oneOf']
  if (!Array.isArray(branches)) return property
  const [only, ...more] = branches.filter(branch => (branch as Json | null)?.['type'] !== 'null') as Json[]
  return only && more.length === 0 ? { ...only, description: property['description'] ?? only['description'] } : property
}

/** Parameters at the top of an input schema that are of a kind; those that take more than one type are left out. */
export const kindParametersOf = (schema: Json): KindParameter[] =>
  Object.entries(propertiesOf(schema)).flatMap(([name, declared]) => {
    const type = soleType(declared, schema)
    const kind = type === null ? null : kindOf(name, plain(declared), type)
    return kind === null ? [] : [{ name, kind }]
  })

const beyond = (property: Json): unknown[] => {
  const number = (keyword: string): number[] => {
    const bound = property[keyword]
    return typeof bound === 'number' && Number.isSafeInteger(bound + 1) && Number.isSafeInteger(bound - 1)
      ? [bound]
      : []
  }
  return [
    ...number('minimum').map(low => low - 1),
    ...number('maximum').map(high => high + 1),
    ...number('exclusiveMinimum'),
    ...number('exclusiveMaximum'),
    ...number('minLength').flatMap(length => (length === 1 ? [''] : [])),
    ...number('maxLength').flatMap(length => (length < maxText ? ['a'.repeat(length + 1)] : [])),
  ]
}

const inWords = (value: unknown): string =>
  typeof value === 'string' && value.length > 60 ? `a text of ${value.length} characters` : JSON.stringify(value)

/** Values outside what the schema of a parameter declares, and one that is wrong for its kind whatever it declares. */
export const wrongValuesOf = (schema: Json, { name, kind }: KindParameter): WrongValue[] => {
  const declared = propertiesOf(schema)[name] ?? {}
  const property = plain(declared)
  const { wrong, unless } = kinds[kind]
  const alone = { ...schema, required: [], properties: { [name]: declared } }
  const mayBeRight = unless.test(textOf(property['description']))
  return [...new Set([wrong, ...beyond(property)])]
    .map(value => ({
      value,
      sends: inWords(value),
      violates: [...new Set(mismatches(alone, { [name]: value }).map(({ keyword }) => keyword))].filter(
        keyword => !['anyOf', 'oneOf', 'type'].includes(keyword),
      ),
    }))
    .filter(({ violates }) => violates.length > 0 || !mayBeRight)
}
