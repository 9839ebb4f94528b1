import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { AbandonedCalls } from '../../gather/abandoned-calls.ts'
import gracefulTimeouts from './graceful-timeouts.ts'

const good: AbandonedCalls = {
  tool: 'wait',
  takes: 1000,
  cancelled: { sent: 3, silent: 3, refused: 0, answered: 0 },
  left: 3,
  after: { tool: 'echo', asked: 8, good: 8, instead: null },
  exit: null,
}
const judge = (given: Partial<AbandonedCalls> | null): Verdict =>
  gracefulTimeouts.checks[0].judge({ trials: { trials: [{}] }, abandonedCalls: given && { ...good, ...given } })

describe('graceful-timeouts', () => {
  it.each([
    ['a server that goes on', {}, 'pass'],
    ['answers that come all the same', { cancelled: { sent: 3, silent: 0, refused: 0, answered: 3 } }, 'pass'],
    ['a process that ended', { exit: { code: 1, signal: null, ms: 5 } }, 'fail'],
    ['a server that is deaf afterwards', { after: { tool: 'echo', asked: 8, good: 4, instead: 'no answer' } }, 'fail'],
    ['calls that are too short to be cancelled', { takes: 3 }, 'unknown'],
    ['short calls after which it is deaf', { takes: 3, exit: { code: 1, signal: null, ms: 5 } }, 'fail'],
  ] satisfies [string, Partial<AbandonedCalls>, string][])('judges %s', (_, given, status) => {
    expect(judge(given)).toMatchObject({ status })
  })

  it('leaves open what could not be called', () => {
    expect(judge(null)).toMatchObject({ status: 'unknown' })
  })
})
