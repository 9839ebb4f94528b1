import { createRequire } from 'node:module'
import type * as draft07 from 'ajv'
import type { Ajv } from 'ajv'
import type * as draft2019 from 'ajv/dist/2019.js'
import type * as draft2020 from 'ajv/dist/2020.js'
import type { Json } from '../target/connection.ts'

// Formats, patterns among them, are annotations: what another engine cannot read does not make a schema invalid.
const lenient = { strict: false, validateFormats: false, logger: false, addUsedSchema: false, allErrors: true } as const
type Validator = Pick<Ajv, 'validateSchema' | 'errors'>

let opened: [declared: RegExp, ajv: Validator][] | undefined

/** The known dialects, the current one first; loaded when a server's first schema is met. */
const open = (): [declared: RegExp, ajv: Validator][] => {
  const load = createRequire(import.meta.url)
  const { Ajv2020 } = load('ajv/dist/2020.js') as typeof draft2020
  const { Ajv2019 } = load('ajv/dist/2019.js') as typeof draft2019
  const { Ajv: Ajv07 } = load('ajv') as typeof draft07
  opened = [
    [/draft\/2020-12\/schema/, new Ajv2020(lenient)],
    [/draft\/2019-09\/schema/, new Ajv2019(lenient)],
    [/draft-0[67]\/schema/, new Ajv07(lenient)],
  ]
  return opened
}

const faultsBy = (ajv: Validator, schema: Json): string[] => {
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
  const dialects = opened ?? open()
  if (typeof declared === 'string') {
    const known = dialects.find(([pattern]) => pattern.test(declared))
    return known ? faultsBy(known[1], schema).slice(0, 5) : []
  }
  const [current] = dialects
  const faults = current ? faultsBy(current[1], schema).slice(0, 5) : []
  return !strictly && dialects.some(([, ajv]) => faultsBy(ajv, schema).length === 0) ? [] : faults
}
