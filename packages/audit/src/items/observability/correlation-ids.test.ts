import { describe, expect, it } from 'vitest'
import { logEntry } from '../../gather/log-lines.ts'
import type { TracedCall } from '../../gather/traced-calls.ts'
import { answerTo } from '../../testing/judging.ts'
import correlationIds from './correlation-ids.ts'

const call = (tool: string, digit: string): TracedCall => ({
  tool,
  requestId: `airworthy-${digit.repeat(12)}`,
  traceId: digit.repeat(32),
  spanId: digit.repeat(16),
  succeeded: true,
})
const calls = [call('wait', '1'), call('echo', '2'), call('wait', '3'), call('echo', '4')]
const judge = (lines: string[], made = calls) =>
  answerTo(correlationIds, { tracedCalls: { calls: made, lines: lines.map(logEntry) } }).status
const each = (line: (call: TracedCall, index: number) => object): string[] =>
  calls.map((one, index) => JSON.stringify({ level: 'info', message: 'call', ...line(one, index) }))

describe('correlation-ids', () => {
  it.each<[string, string[]]>([
    ['the trace of the caller', each(({ tool, traceId }) => ({ tool, trace: traceId }))],
    ['the id of the request', each(({ tool, requestId }) => ({ tool, id: requestId }))],
    ['ids in plain text', calls.map(({ tool, traceId }) => `INFO [${traceId}] called ${tool}`)],
    ['ids of its own', each(({ tool }, index) => ({ tool, request_id: `r${index}` }))],
    [
      'a line that is about no call',
      [...each(({ tool, traceId }) => ({ tool, trace: traceId })), '{"message":"tidied"}'],
    ],
  ])('passes %s', (_, lines) => {
    expect(judge(lines)).toBe('pass')
  })

  it.each<[string, string[]]>([
    ['no line', []],
    ['lines without an id', each(({ tool }) => ({ tool }))],
    ['one id for all', each(({ tool }) => ({ tool, trace: '1'.repeat(32) }))],
    ['one id of its own for all', each(({ tool }) => ({ tool, request_id: 'r' }))],
    [
      'a line without one',
      [...each(({ tool, traceId }) => ({ tool, trace: traceId })), '{"message":"done","tool":"echo"}'],
    ],
    ['ids that are mixed up', each(({ tool }, index) => ({ tool, trace: calls[(index + 1) % 4]?.traceId }))],
  ])('fails %s', (_, lines) => {
    expect(judge(lines)).toBe('fail')
  })

  it('is undecided where calls failed', () => {
    expect(judge([], [call('wait', '1'), { ...call('echo', '2'), succeeded: false }])).toBe('unknown')
  })
})
