import { isObject, type Json } from '../target/connection.ts'
import { propertiesOf, requiredOf } from './arguments.ts'
import { mismatches } from './schemas.ts'

export const mutationKinds = ['missing', 'wrong-type', 'null', 'odd', 'extra'] as const
/**
 * `missing` lacks a required member, `wrong-type` and `null` have one of a type its schema rules out, `extra` has one
 * more than a closed schema allows. `odd` matches the schema and names nothing that exists.
 */
export type MutationKind = (typeof mutationKinds)[number]

export interface Mutation {
  kind: MutationKind
  field: string
  /** What is wrong, in words: `"1" for a number`. */
  sends: string
  arguments: Json
}

const maxProperties = 30

const resolved = (schema: Json, root: Json, depth = 0): Json => {
  const reference = schema['$ref']
  const [, group, name] =
    typeof reference === 'string' ? (/^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? []) : []
  const found = group && name && isObject(root[group]) ? root[group][name] : undefined
  return isObject(found) && depth < 5 ? resolved(found, root, depth + 1) : schema
}

const typesOf = (schema: Json, root: Json, depth = 0): string[] => {
  const { type, enum: choices } = resolved(schema, root)
  if (typeof type === 'string') return [type]
  if (Array.isArray(type)) return type.map(String)
  if (Array.isArray(choices)) return choices.map(choice => (choice === null ? 'null' : typeof choice))
  if ('const' in schema) return [schema['const'] === null ? 'null' : typeof schema['const']]
  const branches = schema['anyOf'] ?? schema['oneOf']
  if (!Array.isArray(branches) || depth > 3) return []
  // A branch without a type takes anything.
  const known = branches.map(branch => (isObject(branch) ? typesOf(branch, root, depth + 1) : []))
  return known.every(types => types.length > 0) ? known.flat() : []
}

/** The one type of a property, `null` aside; null when it has none or takes several. */
export const soleType = (property: Json, root: Json): string | null => {
  const types = new Set(typesOf(property, root).filter(type => type !== 'null'))
  if (types.has('number')) types.delete('integer')
  return types.size === 1 ? ([...types][0] ?? null) : null
}

const wrongFor = (type: string, good: unknown): unknown[] => {
  if (type === 'integer' || type === 'number') return [String(typeof good === 'number' ? good : 5)]
  if (type === 'boolean') return [1]
  if (type === 'string') return [5, ['sample']]
  return type === 'array' || type === 'object' ? ['sample'] : []
}

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)

/** A name of nothing, so that whatever it is looked up in has no such entry. */
const nowhere = 'airworthy-none'

const oddFor = (type: string): unknown[] => {
  if (type === 'string') return [nowhere, '']
  return type === 'integer' || type === 'number' ? [-1] : []
}

const without = (object: Json, name: string): Json =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))

/** One from each list in turn until all are empty. */
export const interleaved = <T>(lists: T[][]): T[] =>
  Array.from({ length: Math.max(0, ...lists.map(({ length }) => length)) }, (_, index) =>
    lists.flatMap(list => list.slice(index, index + 1)),
  ).flat()

/** Arguments that differ from good ones in one member; all but `odd` are ruled out by the schema itself. */
export const mutationsOf = (schema: Json, good: Json): Mutation[] => {
  const properties = Object.entries(propertiesOf(schema)).slice(0, maxProperties)
  const missing = requiredOf(schema).map((field): Mutation => {
    return { kind: 'missing', field, sends: `no ${field}`, arguments: without(good, field) }
  })
  const typed = properties.flatMap(([field, property]) => {
    const type = soleType(property, schema)
    return type ? [{ field, type }] : []
  })
  const replaced = (kind: MutationKind, field: string, value: unknown, type: string): Mutation => ({
    kind,
    field,
    arguments: { ...good, [field]: value },
    sends: `${JSON.stringify(value)} for ${kind === 'odd' ? field : article(type)}`,
  })
  const wrong = typed.flatMap(({ field, type }) =>
    wrongFor(type, good[field]).map(value => replaced('wrong-type', field, value, type)),
  )
  const nulls = typed.map(({ field, type }) => replaced('null', field, null, type))
  const extra: Mutation[] = [
    {
      kind: 'extra',
      field: nowhere,
      sends: 'a member that the schema does not know',
      arguments: { ...good, [nowhere]: 1 },
    },
  ]
  const ruledOut = [missing, wrong, nulls, extra].map(mutations =>
    mutations.filter(mutation => mismatches(schema, mutation.arguments).length > 0),
  )
  const odd = typed
    .flatMap(({ field, type }) => oddFor(type).map(value => replaced('odd', field, value, type)))
    .filter(mutation => mismatches(schema, mutation.arguments).length === 0)
  return interleaved([...ruledOut.slice(0, 3), odd, ...ruledOut.slice(3)])
}
