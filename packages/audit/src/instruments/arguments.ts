import { generate } from 'json-schema-faker'
import { isObject, type Json } from '../target/connection.ts'
import { mismatches } from './schemas.ts'

/** What is at hand on this machine for arguments that name something. */
export interface Surroundings {
  /** A URL on this machine. */
  url: string
  /** Directories and files the server was started with. */
  directories: string[]
  files: string[]
}

const exampleIn = (description: string): string | undefined =>
  /(?:e\.?g\.?,?|for example|example:?|such as|like)\s*:?\s*(?:'([^'\n]{1,80})'|"([^"\n]{1,80})"|`([^`\n]{1,80})`)/i
    .exec(description)
    ?.slice(1)
    .find(found => found !== undefined)

const byFormat: Record<string, string> = {
  date: '2026-01-15',
  'date-time': '2026-01-15T10:00:00Z',
  time: '10:00:00Z',
  email: 'reader@example.com',
  uuid: '3f2b8c1e-5f0a-4c39-9d59-2f1f6f0e7a11',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  hostname: 'localhost',
}

const byName: [RegExp, string][] = [
  [/time_?zone|^tz$/i, 'Etc/UTC'],
  [/email/i, 'reader@example.com'],
  [/(^|_)date|date$/i, '2026-01-15'],
  [/(^|_)time$/i, '10:00'],
  [/city|location|place/i, 'Berlin'],
  [/country/i, 'DE'],
  [/currency/i, 'EUR'],
  [/lang(uage)?|locale/i, 'en'],
  [/(query|search|keyword|term|topic|pattern|regex)/i, 'sample'],
  [/branch|revision|ref$|target|commit/i, 'HEAD'],
  [/expression|formula/i, '1 + 1'],
]

const isPathName = (name: string): boolean =>
  /(^|_|[a-z])(path|dir|directory|folder|file|filename|repo|repository|root)s?$/i.test(name)

const textFor = (name: string, schema: Json, around: Surroundings, variant: number): string => {
  const description = typeof schema['description'] === 'string' ? schema['description'] : ''
  const format = typeof schema['format'] === 'string' ? schema['format'] : ''
  if (format === 'uri' || format === 'url' || /(^|_)(url|uri)$/i.test(name)) return around.url
  if (byFormat[format]) return byFormat[format]
  const example = exampleIn(description)
  if (isPathName(name)) {
    const places = [...around.files, ...around.directories, ...(example ? [example] : [])]
    const preferred = /dir|folder|repo|root/i.test(name) ? [...around.directories, ...around.files] : places
    return preferred[variant % Math.max(1, preferred.length)] ?? example ?? '.'
  }
  return example ?? byName.find(([pattern]) => pattern.test(name))?.[1] ?? 'sample'
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined)

const typeOf = (schema: Json): string => {
  const { type } = schema
  if (typeof type === 'string') return type
  if (Array.isArray(type)) return String(type.find(one => one !== 'null') ?? 'null')
  if (schema['properties']) return 'object'
  return schema['items'] ? 'array' : ''
}

const bounded = (schema: Json): number => {
  const low = Number(schema['minimum'] ?? schema['exclusiveMinimum'] ?? Number.NaN)
  const high = Number(schema['maximum'] ?? schema['exclusiveMaximum'] ?? Number.NaN)
  const step = 'exclusiveMinimum' in schema ? 1 : 0
  if (!Number.isNaN(low)) return Math.ceil(low) + step
  return Number.isNaN(high) || high >= 1 ? 1 : Math.floor(high)
}

/** A value by declared examples first, then by format, name and type; undefined when only a generator can tell. */
export const valueFor = (name: string, schema: Json, around: Surroundings, variant: number, depth = 0): unknown => {
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['examples']) && schema['examples'].length > 0)
    return schema['examples'][variant % schema['examples'].length] as unknown
  if (Array.isArray(schema['enum'])) return schema['enum'][variant % schema['enum'].length] as unknown
  if (schema['default'] !== undefined && schema['default'] !== null) return schema['default']
  const choice = first(schema['anyOf']) ?? first(schema['oneOf'])
  if (isObject(choice)) return valueFor(name, { ...choice, description: schema['description'] }, around, variant, depth)
  switch (typeOf(schema)) {
    case 'string':
      return textFor(name, schema, around, variant)
    case 'integer':
    case 'number':
      return bounded(schema)
    case 'boolean':
      return false
    case 'array': {
      const items = isObject(schema['items']) ? schema['items'] : {}
      const count = Math.max(1, Number(schema['minItems'] ?? 1))
      const singular = name.replace(/s$/, '')
      return Array.from(
        { length: Math.min(count, 10) },
        () => valueFor(singular, items, around, variant, depth + 1) ?? 'sample',
      )
    }
    case 'object':
      return depth > 4 ? {} : objectFor(schema, around, variant, depth + 1)
    default:
      return undefined
  }
}

export const propertiesOf = (schema: Json): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(isObject(schema['properties']) ? schema['properties'] : {}).filter(
      (entry): entry is [string, Json] => isObject(entry[1]),
    ),
  )

export const requiredOf = (schema: Json): string[] =>
  Array.isArray(schema['required']) ? schema['required'].filter(name => typeof name === 'string') : []

const objectFor = (schema: Json, around: Surroundings, variant: number, depth: number): Json => {
  const properties = propertiesOf(schema)
  const entries = requiredOf(schema).map(name => [
    name,
    valueFor(name, properties[name] ?? {}, around, variant, depth) ?? 'sample',
  ])
  return Object.fromEntries(entries) as Json
}

const duration =
  /^(duration|delay|wait|sleep|timeout|interval)?_?(ms|milliseconds?|millis|seconds?|secs?|duration|delay|sleep|wait)$/i

/** The parameter that says how long the tool shall take, and whether it counts in milliseconds. */
export const durationOf = (schema: Json): { name: string; milliseconds: boolean; maximum: number } | null => {
  const found = Object.entries(propertiesOf(schema)).find(
    ([name, { type }]) => duration.test(name) && (type === 'number' || type === 'integer'),
  )
  if (!found) return null
  const [name, { description, maximum, default: standard }] = found
  const said = `${name} ${typeof description === 'string' ? description : ''}`
  const milliseconds = /ms\b|milli/i.test(said) || (!/second/i.test(said) && Number(standard) >= 50)
  return { name, milliseconds, maximum: Number(maximum ?? Infinity) }
}

/** The same arguments, asking for this many milliseconds where the tool takes a duration. */
export const lasting = (schema: Json, given: Json, ms: number): Json => {
  const parameter = durationOf(schema)
  if (!parameter) return given
  const value = parameter.milliseconds ? ms : Math.max(1, Math.round(ms / 1000))
  return { ...given, [parameter.name]: Math.min(value, parameter.maximum) }
}

/** Up to `count` different argument objects that match the schema, required members only. */
export const argumentsFor = async (schema: Json, around: Surroundings, count: number): Promise<Json[]> => {
  const found = new Map<string, Json>()
  for (let variant = 0; variant < count * 2 && found.size < count; variant++) {
    const value = lasting(schema, objectFor(schema, around, variant, 0), 50)
    if (mismatches(schema, value).length === 0) found.set(JSON.stringify(value), value)
  }
  if (found.size === 0) {
    try {
      const value = await generate(schema, { seed: 7 })
      if (isObject(value)) found.set('generated', value)
    } catch {
      // A schema no generator can follow: the tool is then reported as one that needs a sample.
    }
  }
  return [...found.values()]
}
