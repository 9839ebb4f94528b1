import type { Json } from '../target/connection.ts'
import { durationOf, propertiesOf } from './arguments.ts'
import { interleaved, soleType } from './mutations.ts'
import { mismatches } from './schemas.ts'

const perMember = 6

/** Names of things that have to exist; any other text may be another one. */
const isReference = (name: string): boolean =>
  /(path|file|dir|directory|folder|repo|root|ur[il]|time_?zone|date|time|id|key|token)s?$/i.test(name)

const othersFor = (name: string, property: Json, type: string | null, good: unknown): unknown[] => {
  const numbers = Array.from({ length: perMember }, (_, index) => index + 1)
  const { enum: choices } = property
  if (Array.isArray(choices)) return choices.filter(choice => choice !== good)
  if (type === 'boolean') return [!good]
  if ((type === 'integer' || type === 'number') && typeof good === 'number')
    return numbers.map(number => (Math.abs(good) > 1e9 ? number : good + number))
  const isFree = type === 'string' && !isReference(name) && !('format' in property) && !('pattern' in property)
  return isFree && typeof good === 'string' ? numbers.map(number => `${good} ${number}`) : []
}

/** Other arguments that match the schema, each different from the good ones in one member; durations stay. */
export const variationsOf = (schema: Json, good: Json, count: number): Json[] => {
  const duration = durationOf(schema)?.name
  const lists = Object.entries(propertiesOf(schema))
    .filter(([name]) => name in good && name !== duration)
    .map(([name, property]) =>
      othersFor(name, property, soleType(property, schema), good[name]).map(value => ({ ...good, [name]: value })),
    )
  return interleaved(lists)
    .filter(given => mismatches(schema, given).length === 0)
    .slice(0, count)
}
