import { describe, expect, it } from 'vitest'
import type { TracedCall, TracedCalls } from '../../gather/traced-calls.ts'
import { answerTo } from '../../testing/judging.ts'
import tracing from './tracing.ts'

type Span = TracedCalls['spans'][number]

const call = (tool: string, digit: string): TracedCall => ({
  tool,
  requestId: digit,
  traceId: digit.repeat(32),
  spanId: digit.repeat(16),
  succeeded: true,
})
const calls = [call('wait', '1'), call('echo', '2')]
const span = ({ tool, traceId, spanId }: TracedCall, more: Partial<Span> = {}): Span => ({
  service: 'notes',
  resource: {},
  scope: 'notes',
  traceId,
  spanId: 'f'.repeat(16),
  parentId: spanId,
  name: `tools/call ${tool}`,
  kind: 'server',
  attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': tool },
  status: 'unset',
  statusMessage: '',
  startedAt: 1,
  endedAt: 2,
  events: [],
  ...more,
})
const judge = (spans: Span[], more: Partial<TracedCalls> = {}) =>
  answerTo(tracing, {
    tracedCalls: {
      calls,
      lines: [],
      spans,
      exports: spans.length,
      faults: [],
      declared: false,
      ...more,
    } satisfies TracedCalls,
  }).status

describe('tracing', () => {
  it('passes spans below those of the callers, also with one of HTTP between', () => {
    expect(judge(calls.map(one => span(one)))).toBe('pass')
    const between = calls.flatMap(one => [
      span(one, { name: 'POST /mcp', attributes: {}, spanId: 'e'.repeat(16) }),
      span(one, { parentId: 'e'.repeat(16) }),
    ])
    expect(judge(between)).toBe('pass')
  })

  it.each<[string, Span[]]>([
    ['spans in a trace of their own', calls.map(one => span(one, { traceId: 'a'.repeat(32), parentId: null }))],
    ['spans beside that of the caller', calls.map(one => span(one, { parentId: null }))],
    ['spans that name no tool', calls.map(one => span(one, { name: 'POST /mcp', attributes: {} }))],
    ['a call without a span', calls.slice(1).map(one => span(one))],
    [
      'traces that are mixed up',
      calls.flatMap(one => [span(one), span(one, { name: 'tools/call echo', attributes: {} })]),
    ],
  ])('fails %s', (_, spans) => {
    expect(judge(spans)).toBe('fail')
  })

  it('fails a declared export that does not come, and is undecided about one that nobody declared', () => {
    expect(judge([], { declared: true })).toBe('fail')
    expect(judge([])).toBe('unknown')
    expect(judge([], { declared: true, faults: ['HTTP/2, as gRPC speaks it'] })).toBe('unknown')
  })
})
