import { describe, expect, it } from 'vitest'
import type { Shutdown } from '../../gather/shutdown.ts'
import { answerTo } from '../../testing/judging.ts'
import gracefulShutdown from './graceful-shutdown.ts'

const graceful: Shutdown = {
  request: 'tools/call wait',
  inFlight: 8,
  takes: 800,
  answered: 8,
  missing: null,
  afterwards: 'error -32000: shutting down',
  exit: { code: 0, signal: null, ms: 900 },
  endedAfter: 900,
  signalled: 'node server.js',
}
const judge = (seen: Partial<Shutdown>) => answerTo(gracefulShutdown, { shutdown: { ...graceful, ...seen } })
const bySignal = { exit: { code: null, signal: 'SIGTERM' as const, ms: 900 } }

describe('graceful-shutdown', () => {
  it('passes answers for all and exit code 0', () => {
    expect(judge({}).status).toBe('pass')
  })

  it('passes a server that drains and raises the signal again', () => {
    expect(judge(bySignal).status).toBe('pass')
  })

  it.each([
    ['lost calls', { answered: 3, missing: 'no answer (closed)' }],
    ['another exit code', { exit: { code: 1, signal: null, ms: 5 } }],
    ['no handler that could be seen', { ...bySignal, takes: 2 }],
    ['no end', { exit: null, endedAfter: null }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen).status).toBe('fail')
  })
})
