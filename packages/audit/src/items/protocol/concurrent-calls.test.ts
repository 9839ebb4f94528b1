import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { ParallelCalls } from '../../gather/parallel-calls.ts'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import concurrentCalls from './concurrent-calls.ts'

const good: ParallelCalls = {
  sent: 200,
  clients: 1,
  telling: ['echo'],
  same: [],
  changing: [],
  distinct: 7,
  answered: 200,
  limited: 0,
  wrong: [],
  wrongCount: 0,
  lost: [],
  held: null,
  lostAlone: null,
  stray: 0,
  secondClient: null,
}
const judge = (given: Partial<ParallelCalls> | null): Verdict =>
  concurrentCalls.checks[0].judge({ trials: { trials: [{}] }, parallelCalls: given && { ...good, ...given } })

describe('concurrent-calls', () => {
  it('passes a server whose parallel answers are those it gives alone', async () => {
    const result = await judgeStandIn(concurrentCalls)
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toMatch(/200 parallel calls.*\d+ different answers; tools that tell: add, echo/)
  })

  it('fails one that keeps an argument in a shared variable', async () => {
    const result = await judgeStandIn(concurrentCalls, ['mixes'])
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain('the answer to another call')
  })

  it.each([
    ['calls that may wait for others', { held: { tool: 'search', calls: 80, withinMs: 20_000 } }, 'unknown'],
    ['an answer that is lost', { lost: ['echo: no answer (timeout)'] }, 'fail'],
    ['an answer too many', { stray: 1 }, 'fail'],
    ['a second client that is refused by an internal error', { secondClient: 'HTTP 500, no answer' }, 'fail'],
    ['a second client that is refused otherwise', { secondClient: 'HTTP 401, no answer' }, 'pass'],
    ['some calls refused by a limit', { limited: 150 }, 'pass'],
    ['all calls refused by a limit', { limited: 200 }, 'unknown'],
    ['no quick tool', { sent: 0 }, 'unknown'],
  ] satisfies [string, Partial<ParallelCalls>, string][])('judges %s', (_, given, status) => {
    expect(judge(given)).toMatchObject({ status })
  })

  it('says when the ids alone were proof', () => {
    expect(JSON.stringify(judge({ telling: [], same: ['list'], distinct: 1 }))).toContain('only the ids')
  })

  it('leaves open what could not be called', () => {
    expect(judge(null)).toMatchObject({ status: 'unknown' })
  })
})
