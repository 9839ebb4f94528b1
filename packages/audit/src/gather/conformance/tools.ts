import { schemaFaults } from '../../instruments/dialects.ts'
import { mismatches } from '../../instruments/schemas.ts'
import { propertiesOf, requiredOf } from '../../instruments/arguments.ts'
import type { Trial } from '../trials.ts'
import { note, type Ask, type Session } from './asking.ts'
import { isObject, type Json, type Reply, type ToolSchema } from './observation.ts'

export type GoodTrial = Trial & { arguments: Json }

const maxCalls = 8
const quickMs = 800
const callMs = 3000

/** What is wrong with the schemas of listed tools, as schemas. */
export const schemasOf = (entries: Json[], era: ToolSchema['era'], revision: string): ToolSchema[] =>
  entries.flatMap(entry =>
    (['inputSchema', 'outputSchema'] as const)
      .filter(which => which === 'inputSchema' || entry[which] !== undefined)
      .map(which => ({
        era,
        revision,
        which,
        tool: String(entry['name']),
        faults: faultsOf(entry[which], which, revision),
      })),
  )

const faultsOf = (schema: unknown, which: ToolSchema['which'], revision: string): string[] => {
  if (!isObject(schema)) return [`it is ${schema === undefined ? 'absent' : JSON.stringify(schema).slice(0, 50)}`]
  const rootless = which === 'inputSchema' && schema['type'] !== 'object'
  return [...(rootless ? ['its root has no "type": "object"'] : []), ...schemaFaults(schema, revision >= '2025-11-25')]
}

/** The quick ones of the good calls, each with a progress token of its own. */
export const quickTrials = (good: GoodTrial[]): GoodTrial[] =>
  good.filter(({ reply }) => reply.ms < quickMs).slice(0, maxCalls)

export const unknownTool: Ask = {
  probe: 'unknown-tool',
  method: 'tools/call',
  params: { name: 'airworthy-no-such-tool', arguments: {} },
  with: 'airworthy-no-such-tool',
}

/** A call without an argument that the tool requires. */
export const missingArgument = (good: GoodTrial[]): Ask[] => {
  const { tool } =
    good.find(({ tool }) => requiredOf(tool.inputSchema).some(name => name in propertiesOf(tool.inputSchema))) ?? {}
  if (!tool) return []
  const params = { name: tool.name, arguments: {} }
  return [{ probe: 'missing-argument', method: 'tools/call', params, with: `${tool.name} without its arguments` }]
}

const structuralFaults = ({ outputSchema }: Trial['tool'], reply: Reply): string[] | undefined => {
  if (!outputSchema || reply.kind !== 'result' || reply.result['isError'] === true) return undefined
  if ((reply.result['resultType'] ?? 'complete') !== 'complete') return undefined
  if (!('structuredContent' in reply.result)) return ['there is no structuredContent']
  return mismatches(outputSchema, reply.result['structuredContent']).map(
    ({ instancePath, message }) => `${instancePath || 'structuredContent'} ${message ?? 'does not match'}`,
  )
}

/** Good calls at once; says for each token how many messages of the server had come when its call was answered, Infinity without. */
export const callAll = async (session: Session, good: GoodTrial[]): Promise<Map<string, number>> => {
  const answered = new Map<string, number>()
  const { connection } = session
  await Promise.all(
    good.map(async ({ tool, arguments: sample }, index) => {
      const token = `airworthy-${connection.era}-${index}`
      const params = { name: tool.name, arguments: sample }
      const reply = await connection.request('tools/call', params, {
        timeout: callMs,
        meta: { progressToken: token },
      })
      // Without an answer the call may still run: what it says of its progress is not late.
      answered.set(token, reply.kind === 'lost' ? Infinity : (reply.after ?? connection.received.length))
      const faults = structuralFaults(tool, reply)
      const at = `tools/call ${tool.name}`
      note(session, { probe: 'call', method: 'tools/call', at, reply, ...(faults ? { mismatches: faults } : {}) })
    }),
  )
  return answered
}

const textIn = (reply: Reply): string => {
  if (reply.kind === 'error') return reply.message
  const content = reply.kind === 'result' && Array.isArray(reply.result['content']) ? reply.result['content'] : []
  const first = content.find(isObject)
  return typeof first?.['text'] === 'string' ? first['text'] : ''
}

/** What the SDKs say when a tool gave something that the server itself must not send. */
const ownFault = /^(MCP error -\d+: )?(Output validation error|Invalid tools\/call result)\b/

/** Calls that failed because the server refused what its own tool gave. */
export const ownFaults = (trials: Trial[]): { tool: string; reply: Reply }[] =>
  trials.flatMap(({ tool, tries }) =>
    tries
      .filter(({ reply }) => ownFault.test(textIn(reply)))
      .slice(0, 1)
      .map(({ reply }) => ({ tool: tool.name, reply })),
  )
