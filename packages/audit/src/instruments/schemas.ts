import { createRequire } from 'node:module'
import { createContext, Script } from 'node:vm'
import type * as current from 'ajv/dist/2020.js'
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import type * as formats from 'ajv-formats'
import type { Json } from '../target/connection.ts'

/** Patterns come from the target: one that backtracks for ever is given up after 50 ms and taken as matching. */
const guarded = (pattern: string, flags: string): { test(text: string): boolean; toString(): string } => {
  const expression = new RegExp(pattern, flags)
  const script = new Script('expression.test(text)')
  return {
    test: text => {
      try {
        return script.runInContext(createContext({ expression, text }), { timeout: 50 }) as boolean
      } catch {
        return true
      }
    },
    // ajv tells patterns apart by their text.
    toString: () => String(expression),
  }
}

let opened: Ajv2020 | undefined

/** Loaded when a server's first schema is met, not when a repository is read. */
const open = (): Ajv2020 => {
  const load = createRequire(import.meta.url)
  const { Ajv2020 } = load('ajv/dist/2020.js') as typeof current
  const { default: addFormats } = load('ajv-formats') as typeof formats
  opened = new Ajv2020({
    strict: false,
    allErrors: true,
    validateSchema: true,
    logger: false,
    addUsedSchema: false,
    code: { regExp: Object.assign(guarded, { code: 'guarded' }) },
  })
  addFormats.default(opened)
  return opened
}

export type Compiled = { valid: true; check: ValidateFunction } | { valid: false; because: string }

const compiled = new WeakMap<Json, Compiled>()

/** Draft 2020-12 is the default; an older `$schema` is read by the same rules, which agree on what tools use. */
export const compileSchema = (schema: Json): Compiled => {
  const known = compiled.get(schema)
  if (known) return known
  let result: Compiled
  try {
    const { $schema: _, $id: __, ...plain } = schema
    result = { valid: true, check: (opened ?? open()).compile(plain) }
  } catch (error) {
    result = { valid: false, because: error instanceof Error ? error.message : String(error) }
  }
  compiled.set(schema, result)
  return result
}

/** What keeps a value from matching; empty when it matches. */
export const mismatches = (schema: Json, value: unknown): ErrorObject[] => {
  const result = compileSchema(schema)
  if (!result.valid) return []
  return result.check(value) ? [] : [...(result.check.errors ?? [])]
}
