import { randomBytes } from 'node:crypto'
import { gatherer } from '../core/item.ts'
import { mismatches } from '../instruments/schemas.ts'
import { isObject, type Json } from '../target/connection.ts'
import { connectAnew } from './anew.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import { opening } from './startup.ts'
import { quickOf, trials } from './trials.ts'

/** A call for something that is nowhere. */
export interface MissingThing extends Outcome {
  tool: string
  /** The argument that named it. */
  field: string
  /** The text that names nothing. */
  value: string
  /** Whether a tool result said it, not a JSON-RPC error or an HTTP status. */
  inResult: boolean
}

const maxCalls = 16
const perTool = 2
const answerMs = 5000

const nowhere = (): string => `none-${randomBytes(5).toString('hex')}`

/** The arguments of a good call that may be any text. */
const freeTexts = (schema: Json, sample: Json): string[] => {
  const { properties } = schema
  if (!isObject(properties)) return []
  return Object.entries(sample).flatMap(([field, value]) => {
    const declared = properties[field]
    const isFree = isObject(declared) && !['enum', 'const', 'format', 'pattern'].some(key => key in declared)
    const isAllowed = mismatches(schema, { ...sample, [field]: nowhere() }).length === 0
    return typeof value === 'string' && isFree && isAllowed ? [field] : []
  })
}

/** What tools answer that were asked for something that does not exist, with arguments that their schema allows. */
export const missingThings = gatherer({
  id: 'missing-things',
  impact: 'call',
  from: 'server',
  borrows: 'gentle',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<MissingThing[]> => {
    const plan = quickOf(trials).flatMap(({ tool, arguments: sample }) =>
      freeTexts(tool.inputSchema, sample)
        .slice(0, perTool)
        .map(field => ({ tool: tool.name, field, sample })),
    )
    const found: MissingThing[] = []
    const connection = await connectAnew(target, opening)
    for (const { tool, field, sample } of plan.slice(0, maxCalls)) {
      const value = nowhere()
      const given = { ...sample, [field]: value }
      const reply = await connection.request('tools/call', { name: tool, arguments: given }, { timeout: answerMs })
      found.push({ tool, field, value, inResult: reply.kind === 'result', ...outcomeOf(reply) })
      if (reply.kind === 'lost') break
    }
    await connection.close()
    return found
  },
})
