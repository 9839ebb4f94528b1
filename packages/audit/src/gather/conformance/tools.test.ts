import { describe, expect, it } from 'vitest'
import type { Trial } from '../trials.ts'
import type { Reply } from './observation.ts'
import { ownFaults } from './tools.ts'

const trial = (reply: Reply): Trial => {
  const tool = { name: 'tree', title: '', description: '', inputSchema: {}, annotations: {} }
  return { tool, arguments: null, reply, quickestMs: 1, tries: [{ arguments: {}, reply }] }
}
const error = (message: string): Reply => ({ kind: 'error', code: -32602, message, ms: 1 })
const failed = (text: string): Reply => ({
  kind: 'result',
  result: { content: [{ type: 'text', text }], isError: true },
  ms: 1,
})

describe('ownFaults', () => {
  it.each([
    error('MCP error -32602: Output validation error: Invalid structured content for tool tree'),
    error('Invalid tools/call result: content.0.type'),
    failed('Output validation error: outputSchema defined but no structured output returned'),
  ])('sees what the server refused of its own tool: %j', reply => {
    expect(ownFaults([trial(reply)])).toEqual([{ tool: 'tree', reply }])
  })

  it.each([error('Invalid arguments for tool tree'), failed('The model says: Output validation error')])(
    'leaves other refusals alone: %j',
    reply => {
      expect(ownFaults([trial(reply)])).toEqual([])
    },
  )
})
