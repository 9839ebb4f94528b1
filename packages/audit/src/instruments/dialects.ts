import { Ajv as Ajv07 } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Json } from '../target/connection.ts'

// Formats, patterns among them, are annotations: what another engine cannot read does not make a schema invalid.
const lenient = { strict: false, validateFormats: false, logger: false, addUsedSchema: false, allErrors: true } as const
const current = new Ajv2020(lenient)
const dialects: [declared: RegExp, ajv: Pick<Ajv07, 'validateSchema' | 'errors'>][] = [
  [/draft\/2020-12\/schema/, current],
  [/draft\/2019-09\/schema/, new Ajv2019(lenient)],
  [/draft-0[67]\/schema/, new Ajv07(lenient)],
]

const faultsBy = (ajv: Pick<Ajv07, 'validateSchema' | 'errors'>, schema: Json): string[] => {
  const { $schema: _, ...plain } = schema
  if (ajv.validateSchema(plain) === true) return []
  return (ajv.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath || 'the root'} ${message ?? 'is invalid'}`,
  )
}

/**
 * What keeps a schema from being one in the dialect that it declares, at most 5; a dialect that is not known is not
 * judged. Without a declaration it is 2020-12; unless `strictly`, any known dialect will do.
 */
export const schemaFaults = (schema: Json, strictly = true): string[] => {
  const { $schema: declared } = schema
  if (typeof declared === 'string') {
    const known = dialects.find(([pattern]) => pattern.test(declared))
    return known ? faultsBy(known[1], schema).slice(0, 5) : []
  }
  const faults = faultsBy(current, schema).slice(0, 5)
  return !strictly && dialects.some(([, ajv]) => faultsBy(ajv, schema).length === 0) ? [] : faults
}
