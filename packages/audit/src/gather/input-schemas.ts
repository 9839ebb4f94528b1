import { gatherer } from '../core/item.ts'
import { propertiesOf } from '../instruments/arguments.ts'
import { soleType } from '../instruments/mutations.ts'
import { compileSchema } from '../instruments/schemas.ts'
import type { Json } from '../target/connection.ts'
import { lists } from './lists.ts'

export interface InputSchema {
  tool: string
  /** What is wrong with it by the rules of MCP and JSON Schema; null when nothing is. */
  fault: string | null
  /** Names of all parameters, and of those that take anything. */
  parameters: string[]
  untyped: string[]
}

/** Older drafts have other rules for some keywords: their schemas are not judged by those of 2020-12. */
const isOtherDraft = ({ $schema }: Json): boolean => typeof $schema === 'string' && !$schema.includes('2020-12')

const faultOf = (schema: Json): string | null => {
  if (schema['type'] !== 'object') return `its type is ${JSON.stringify(schema['type'] ?? 'missing')}, not "object"`
  const compiled = compileSchema(schema)
  return compiled.valid || isOtherDraft(schema) ? null : `it is no valid JSON Schema: ${compiled.because.slice(0, 200)}`
}

const takesAnything = (property: Json, root: Json): boolean =>
  soleType(property, root) === null &&
  !['anyOf', 'oneOf', 'allOf', '$ref', 'type', 'enum', 'const'].some(key => key in property)

/** The input schema of each tool that is listed, looked at by itself. */
export const inputSchemas = gatherer({
  id: 'input-schemas',
  impact: 'start',
  from: 'server',
  needs: { lists },
  gather: (_, { lists }): InputSchema[] =>
    lists.tools.map(({ name, inputSchema }) => {
      const properties = Object.entries(propertiesOf(inputSchema))
      return {
        tool: name,
        fault: faultOf(inputSchema),
        parameters: properties.map(([name]) => name),
        untyped: properties.filter(([, property]) => takesAnything(property, inputSchema)).map(([name]) => name),
      }
    }),
})
