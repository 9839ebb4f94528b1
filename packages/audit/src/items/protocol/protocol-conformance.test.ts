import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { needsOf } from '../../core/item.ts'
import type { ItemResult } from '../../core/report.ts'
import { judgeItem } from '../../engine/judge.ts'
import { collect } from '../../engine/schedule.ts'
import { stopEverything } from '../../target/process.ts'
import { bareTarget } from '../../testing/repositories.ts'
import protocolConformance from './protocol-conformance.ts'

afterAll(stopEverything)

const script = fileURLToPath(new URL('../../testing/protocol-stand-in.mjs', import.meta.url))

const judged = async (
  transport: 'stdio' | 'http',
  faults: string[],
  impact: 'start' | 'call' = 'call',
): Promise<ItemResult> => {
  const ports = transport === 'http' ? ['--port', '{port}'] : []
  const launch = {
    command: process.execPath,
    args: [script, ...faults, ...ports],
    cwd: tmpdir(),
    env: {},
    origin: 'test',
  }
  const url = 'http://127.0.0.1:{port}/mcp'
  const headers = { authorization: 'Bearer right' }
  const server = transport === 'http' ? { transport, url, headers, launch } : { transport, launch }
  const target = bareTarget({ server, settings: { credentials: { lesser: 'less' } } })
  const wanted = protocolConformance.checks.flatMap(needsOf).map(([, need]) => need)
  const outcomes = await collect(wanted, { target, impact, lanes: 2, listener: () => {} })
  return judgeItem(protocolConformance, outcomes, { profile: 'complete' })
}

const numbersOf = ({ verdicts }: ItemResult, status: string): string[] => [
  ...new Set(verdicts.filter(verdict => verdict.status === status).map(({ asks }) => asks.split(':')[0] ?? '')),
]

/** Requirements that apply in none of the eras. */
const idle = (result: ItemResult): string[] => {
  const answered = new Set(['pass', 'fail', 'unknown'].flatMap(status => numbersOf(result, status)))
  return numbersOf(result, 'not-applicable').filter(number => !answered.has(number))
}

/** What is only recommended. */
const advisory = new Set(['AUTH-06', 'CAN-02', 'CAN-03', 'SES-01'])

const onStdio = [
  'AUTH-06',
  'STATE-01',
  'AUTH-07',
  'CAN-02',
  'CAN-03',
  'CAP-02',
  'MRTR-01',
  'SES-04',
  'SES-05',
  'NEG-03',
  'RPC-05',
  'HTTP-03',
  'HTTP-04',
  'HTTP-05',
  'HTTP-06',
  'HTTP-08',
  'SES-01',
  'SES-02',
  'SES-03',
  'SES-06',
]
const onHttp = [
  'AUTH-06',
  'STATE-01',
  'AUTH-07',
  'CAN-02',
  'CAP-02',
  'MRTR-01',
  'NEG-03',
  'SES-04',
  'SES-05',
  'CAN-03',
  'CAN-01',
  'INIT-01',
]

describe('protocol-conformance', () => {
  it.each([
    ['stdio', onStdio],
    ['http', onHttp],
  ] as const)(
    'passes a server that keeps the protocol over %s, and observes every requirement',
    async (transport, rest) => {
      const result = await judged(transport, [])
      expect(numbersOf(result, 'fail')).toEqual([])
      expect(numbersOf(result, 'unknown')).toEqual([])
      expect(idle(result).toSorted()).toEqual([...rest].toSorted())
      expect(result.status).toBe('pass')
    },
  )

  it.each([
    ['stdio', ['inputs'], ['CAP-02', 'MRTR-01']],
    [
      'http',
      ['inputs', 'resumes', 'locked', 'authorizes', 'scoped'],
      ['AUTH-06', 'AUTH-07', 'CAN-03', 'CAP-02', 'MRTR-01', 'SES-04', 'SES-05'],
    ],
    ['http', ['locked', 'handles'], ['STATE-01']],
  ] as ['stdio' | 'http', string[], string[]][])(
    'passes over %s what only some servers have: %j',
    async (transport, words, numbers) => {
      const result = await judged(transport, words)
      expect(numbersOf(result, 'fail')).toEqual([])
      expect(numbersOf(result, 'pass')).toEqual(expect.arrayContaining(numbers))
    },
  )

  // Faults of different requirements share a run: what fails must be exactly what they break.
  it.each([
    [
      'stdio',
      {
        'later-version': 'NEG-02',
        'needs-client-info': 'NEG-05',
        'text-ids': 'RPC-01',
        'unknown-method': 'RPC-03',
        'old-code': 'RES-01 RPC-07',
        uncached: 'CACHE-01',
        'no-ping': 'PING-01',
        untagged: 'SUB-01',
        'unknown-tool': 'TOOL-01',
        structured: 'TOOL-03',
        schema: 'TOOL-04',
        'progress-back': 'PROG-01',
        logs: 'LOG-01',
        'dies-when-cancelled': 'CAN-01',
      },
    ],
    [
      'stdio',
      {
        'echoes-revision': 'NEG-04',
        incomplete: 'NEG-05',
        'needs-discover': 'NEG-06',
        untyped: 'NEG-07',
        'null-id': 'RPC-02',
        'answers-notifications': 'RPC-06',
        'empty-resource': 'RES-01',
        rootless: 'TOOL-04',
        'progress-token': 'PROG-01',
        asks: 'REQ-01',
      },
    ],
    ['stdio', { 'no-capabilities': 'NEG-01' }],
    ['stdio', { 'no-list': 'CAP-01', unprompted: 'INIT-01 LOG-01' }],
    ['stdio', { 'late-progress': 'PROG-01' }],
    ['stdio', { varies: 'CAP-01' }],
    ['stdio', { 'asks-anyway': 'CAP-02' }],
    ['http', { formless: 'MRTR-01', resumes: '', 'event-ids': 'SES-05 CAN-03', 'session-counter': 'SES-01' }],
    ['http', { resumes: '', 'replays-all': 'SES-05', 'session-is-enough': 'SES-04' }],
    ['http', { resumes: '', cancels: 'CAN-03' }],
    [
      'http',
      {
        'text-ids': 'RPC-01',
        'null-id': 'RPC-02',
        batches: 'RPC-05',
        'notification-200': 'RPC-06',
        headers: 'HTTP-03',
        'any-version': 'HTTP-04',
        'no-get': 'HTTP-05',
        'text-type': 'HTTP-06',
        'session-characters': 'SES-01',
        'ended-session': 'SES-03',
        untagged: 'SUB-01',
        'progress-back': 'PROG-01',
      },
    ],
    ['stdio', { blob: 'TOOL-03' }],
    ['http', { authorizes: '', 'other-issuer': 'AUTH-07' }],
    ['http', { locked: '', 'scoped-silent': 'AUTH-06', 'handle-is-enough': 'STATE-01' }],
    ['http', { 'raw-name': 'HTTP-03', 'one-client': 'HTTP-08' }],
  ] as ['stdio' | 'http', Record<string, string>][])(
    'fails over %s for exactly what is broken: %j',
    async (transport, faults) => {
      const result = await judged(transport, Object.keys(faults))
      const broken = Object.values(faults).flatMap(numbers => (numbers ? numbers.split(' ') : []))
      expect(numbersOf(result, 'fail').toSorted()).toEqual(broken.toSorted())
      expect(result.status).toBe(broken.every(number => advisory.has(number)) ? 'pass' : 'fail')
    },
  )

  it('leaves the calls open when tools must not be called', async () => {
    const result = await judged('stdio', [], 'start')
    expect(numbersOf(result, 'fail')).toEqual([])
    expect(numbersOf(result, 'unknown')).toContain('TOOL-03')
    expect(result.status).toBe('unknown')
  })
})
