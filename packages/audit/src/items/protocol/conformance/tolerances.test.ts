import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../../core/verdict.ts'
import type { Observation, Observed, Probe, Reply } from '../../../gather/conformance/observation.ts'
import item from '../protocol-conformance.ts'

const http = (status: number, headers: Record<string, string> = { 'content-type': 'application/json' }) => ({
  ms: 1,
  http: { status, headers, body: '' },
})
const result = (value: Record<string, unknown> = {}, around: Partial<Reply> = {}): Reply =>
  ({ kind: 'result', result: value, ms: 1, ...around }) as Reply
const error = (code: number, around: Partial<Reply> & { data?: unknown } = {}): Reply =>
  ({ kind: 'error', code, message: 'no', ms: 1, ...around }) as Reply
const lost = (status: number, headers?: Record<string, string>): Reply => ({
  kind: 'lost',
  because: 'not-json-rpc',
  saw: '',
  ...http(status, headers),
})

const legacy = { era: 'legacy', revision: '2025-11-25', transport: 'http' } as const
const modern = { era: 'modern', revision: '2026-07-28', transport: 'http' } as const
const seen = (probe: Probe, reply: Reply, more: Partial<Observation> = {}): Observation => ({
  ...legacy,
  probe,
  at: probe,
  method: 'ping',
  reply,
  ...more,
})

const judge = (asks: string, observations: Observation[], more: Partial<Observed> = {}): Verdict => {
  const eras = [...new Set(observations.map(({ era }) => era))]
  const check = item.checks.find(
    ({ asks: question, requirement }) =>
      question.startsWith(asks) && (eras.length === 0 || eras.some(era => era === requirement?.era)),
  )
  if (!check) throw new Error(`there is no ${asks}`)
  const transport = observations[0]?.transport ?? 'stdio'
  const nothing = { capabilities: ['tools', 'resources'], unasked: [], schemas: [], tokens: [] }
  return check.judge({ observed: { ...nothing, eras, transport, seen: observations, ...more } })
}

const also = (verdict: Verdict): boolean =>
  verdict.status === 'pass' && verdict.evidence.some(({ at }) => at.startsWith('also seen'))

describe('what the specification leaves open', () => {
  it.each([
    ['TOOL-01', 'an error result for an unknown tool', seen('unknown-tool', result({ isError: true }))],
    ['TOOL-01', 'another code for an unknown tool', seen('unknown-tool', error(-32601))],
    ['NEG-04', 'a refused initialize', seen('unknown-revision', error(-32602))],
    ['RPC-05', 'a batch in the legacy era', seen('batch', result(), { messages: [{ id: 1, result: {} }] })],
    ['RPC-06', 'a notification with 204', seen('notification', lost(204))],
    ['RES-01', 'empty contents in the legacy era', seen('missing-resource', result({ contents: [] }))],
    ['RES-01', 'a resource for every URI', seen('missing-resource', result({ contents: [{}] }), modern)],
    ['SES-03', '400 for a session that never was', seen('unknown-session', error(-32000, http(400)))],
    ['CAN-01', 'an answer to a cancelled call', seen('cancelled', result(), { alive: true, transport: 'stdio' })],
    [
      'NEG-05: a request without protocolVersion',
      'an incomplete request to both eras',
      seen('no-version', result(), { ...modern, transport: 'stdio' }),
      ['modern', 'legacy'],
    ],
  ] as [string, string, Observation, Observed['eras']?][])(
    '%s passes %s and tells it',
    (asks, _, observation, eras) => {
      expect(also(judge(asks, [observation], eras ? { eras } : {}))).toBe(true)
    },
  )

  it.each([
    ['RPC-06', 'a notification refused with 400', seen('notification', error(-32600, http(400)))],
    ['CAN-02', 'a call that ended with its stream', seen('closed-stream', lost(0), { ...modern, goesOn: false })],
    ['HTTP-05', '405', seen('get', lost(405))],
    ['HTTP-05', 'a stream', seen('get', lost(200, { 'content-type': 'text/event-stream' }))],
    [
      'NEG-05: a request without protocolVersion',
      'a header mismatch',
      seen('no-version', error(-32020, http(400)), modern),
    ],
    [
      'HTTP-03: headers',
      'an unsupported version in the header',
      seen('other-version-header', error(-32022, http(400)), modern),
    ],
    ['RPC-02', 'a null id that is dropped', seen('null-id', lost(202), { messages: [] })],
  ] as [string, string, Observation][])('%s passes %s', (asks, _, observation) => {
    const verdict = judge(asks, [observation])
    expect(verdict.status).toBe('pass')
    expect(also(verdict)).toBe(false)
  })

  it.each([
    ['HTTP-04', 'a revision before the header', seen('bad-version-header', result(), { revision: '2025-03-26' })],
    ['HTTP-05', 'a refused credential', seen('get', lost(401))],
    ['RPC-05', 'batches in the revision that has them', seen('batch', result(), { revision: '2025-03-26' })],
    ['PROG-01', 'calls without progress', seen('call', result())],
    [
      'TOOL-03',
      'an output schema before structured content',
      seen('call', result(), { revision: '2025-03-26', mismatches: ['x'] }),
    ],
  ] as [string, string, Observation][])('%s does not apply to %s', (asks, _, observation) => {
    expect(judge(asks, [observation]).status).toBe('not-applicable')
  })
})

it('asks nothing of the modern era of a server of the legacy one', () => {
  expect(judge('NEG-01', [], { eras: ['legacy'] }).status).toBe('not-applicable')
})

describe('what is only recommended, or customary', () => {
  it.each([
    ['CAN-02', 'work that goes on without its stream', seen('closed-stream', lost(0), { ...modern, goesOn: true })],
    ['TOOL-02', 'an internal error for bad arguments', seen('missing-argument', error(-32603))],
    ['RPC-04', 'malformed JSON with status 200', seen('malformed', error(-32700, http(200)))],
    ['PAGE-01', 'a made-up cursor that is served', seen('bad-cursor', result({ tools: [] }))],
    ['SES-02', 'a request without a session that is served', seen('no-session', result({}, http(200)))],
  ] as [string, string, Observation][])(
    '%s fails for %s, and does not decide about the item',
    (asks, _, observation) => {
      expect(judge(asks, [observation]).status).toBe('fail')
      const { requirement } = item.checks.find(check => check.asks.startsWith(asks)) ?? {}
      expect(requirement?.strength).not.toBe('must')
    },
  )
})

describe('what it does not', () => {
  it.each([
    ['AUTH-07', seen('authorization-server', lost(0), { mismatches: ['it is not HTTPS'] })],
    ['RPC-03', seen('unknown-method', error(-32601, http(200)), modern)],
    ['RPC-03', seen('unknown-method', error(-32602))],
    ['NEG-02', seen('unsupported-version', error(-32022, { ...http(400), data: {} }), modern)],
    ['NEG-04', seen('unknown-revision', result({ protocolVersion: '1999-01-01' }))],
    ['NEG-05: a request without clientCapabilities', seen('no-capabilities', result(), modern)],
    ['RPC-06', seen('notification', lost(200))],
    ['HTTP-05', seen('get', lost(404))],
    ['TOOL-03: structured', seen('own-fault', error(-32602))],
    ['PING-01', seen('ping', { kind: 'lost', because: 'timeout', saw: '', ms: 5000 })],
    ['CAN-01', seen('cancelled', result(), { alive: false, transport: 'stdio' })],
  ] as [string, Observation][])('%s fails', (asks, observation) => {
    expect(judge(asks, [observation]).status).toBe('fail')
  })
})
