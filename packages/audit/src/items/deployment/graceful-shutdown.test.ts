import { describe, expect, it } from 'vitest'
import { linesOfCalls, logOfEnd } from '../../gather/shutdown-log.ts'
import type { Shutdown } from '../../gather/shutdown.ts'
import { worstOf } from '../../testing/judging.ts'
import gracefulShutdown from './graceful-shutdown.ts'

const graceful: Shutdown = {
  request: 'tools/call wait',
  inFlight: 8,
  takes: 800,
  answered: 8,
  missing: null,
  afterwards: 'error -32000: shutting down',
  late: { tool: 'echo', sent: 1, served: 0, servedUntilMs: 0, refused: 'error -32000: shutting down' },
  log: { line: '{"time":"#","tool":"wait"}', calls: 8, lines: 8, late: 8 },
  exit: { code: 0, signal: null, ms: 900 },
  endedAfter: 900,
  signalled: 'node server.js',
}
const judge = (seen: Partial<Shutdown>) => worstOf(gracefulShutdown, { shutdown: { ...graceful, ...seen } })
const bySignal = { exit: { code: null, signal: 'SIGTERM' as const, ms: 900 } }

describe('graceful-shutdown', () => {
  it('passes answers for all and exit code 0', () => {
    expect(judge({})).toBe('pass')
  })

  it('passes a server that drains and raises the signal again', () => {
    expect(judge(bySignal)).toBe('pass')
  })

  it.each([
    ['lost calls', { answered: 3, missing: 'no answer (closed)' }],
    ['another exit code', { exit: { code: 1, signal: null, ms: 5 } }],
    ['no handler that could be seen', { ...bySignal, takes: 2 }],
    [
      'calls that are served to the end',
      { late: { tool: 'echo', sent: 4, served: 4, servedUntilMs: 800, refused: null } },
    ],
    ['a log that ends with the signal', { log: { line: 'wait', calls: 8, lines: 0, late: 0 } }],
    ['no end', { exit: null, endedAfter: null }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen)).toBe('fail')
  })

  it('leaves open whether a signal was noticed that came a moment ago', () => {
    expect(judge({ late: { tool: 'echo', sent: 1, served: 1, servedUntilMs: 160, refused: null } })).toBe('unknown')
    expect(judge({ late: { tool: 'echo', sent: 2, served: 1, servedUntilMs: 160, refused: 'closed' } })).toBe('pass')
    expect(judge({ late: { unseen: 'it was over' } })).toBe('unknown')
    expect(judge({ late: null, log: null })).toBe('not-applicable')
  })
})

describe('the log of an end', () => {
  const lines = (...told: [number, string][]) => told.map(([ms, text]) => ({ ms, text }))
  const before = lines([1, '12:00:01 wait 3 ms'], [2, 'tick'], [3, '12:00:02 wait 4 ms'])
  const shapes = linesOfCalls(before, 2)

  it('finds the lines that each call leaves', () => {
    expect(shapes).toEqual(['#:#:# wait # ms'])
  })

  it('tells what is missing at the end, and nothing of lines that were there before', () => {
    const end = { calls: 2, signalledMs: 10 }
    const said = lines([12, '12:00:03 wait 900 ms'], [13, '12:00:03 wait 901 ms'])
    expect(logOfEnd(said, shapes, end)).toMatchObject({ lines: 2, late: 2 })
    expect(logOfEnd([], shapes, end)).toMatchObject({ lines: 0 })
    expect(logOfEnd(said, shapes, { ...end, signalledMs: 20 })).toBe(null)
  })
})
