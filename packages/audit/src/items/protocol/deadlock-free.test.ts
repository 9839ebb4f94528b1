import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { MixedLoad } from '../../gather/mixed-load.ts'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import deadlockFree from './deadlock-free.ts'

const good: MixedLoad = {
  tools: ['add', 'echo'],
  sent: 150,
  cancelled: 18,
  atOnce: 24,
  limit: 12_000,
  ms: 300,
  unanswered: {},
  stuck: [],
  ended: null,
}
const judge = (given: Partial<MixedLoad> | null): Verdict =>
  deadlockFree.checks[0].judge({ trials: { trials: [{}] }, mixedLoad: given && { ...good, ...given } })

describe('deadlock-free', () => {
  it('passes a server that answers every call of the mixture', async () => {
    const result = await judgeStandIn(deadlockFree)
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toMatch(/\d+ calls to 2 tools, 24 at a time, \d+ cancelled/)
  })

  it.each([
    ['calls without an answer', { unanswered: { echo: 3 } }, 'fail'],
    ['a tool that stands still afterwards', { stuck: [{ tool: 'echo', saw: 'no answer (timeout)' }] }, 'fail'],
    ['a process that ended', { ended: 'exit code 1' }, 'fail'],
  ] satisfies [string, Partial<MixedLoad>, string][])('fails %s', (_, given, status) => {
    expect(judge(given)).toMatchObject({ status })
  })

  it('leaves open what could not be called', () => {
    expect(judge(null)).toMatchObject({ status: 'unknown' })
  })
})
