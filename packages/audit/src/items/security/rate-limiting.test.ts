import { describe, expect, it } from 'vitest'
import type { Burst } from '../../gather/burst.ts'
import { answerTo } from '../../testing/judging.ts'
import rateLimiting from './rate-limiting.ts'

const limited: Burst = {
  request: 'tools/list',
  sent: 330,
  seconds: 1,
  servedBefore: 300,
  refused: 20,
  refusal: 'HTTP 429',
  retryTold: true,
  refusedBefore: 0,
  servedAnew: 12,
  otherServed: null,
}
const judge = (seen: Partial<Burst>) => answerTo(rateLimiting, { burst: { ...limited, ...seen } }).status

describe('rate-limiting', () => {
  it('passes a limit that a new connection does not reset', () => {
    expect(judge({})).toBe('pass')
  })

  it.each([
    ['no limit', { refusal: null, refused: 0, sent: 1000, servedBefore: 1000 }],
    ['a limit for each connection', { servedAnew: 300 }],
    ['a limit for all callers together', { otherServed: false }],
    ['a limit that hits calm traffic', { refusedBefore: 2 }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen)).toBe('fail')
  })

  it('is undecided when no burst could be made', () => {
    expect(judge({ refusal: null, refused: 0, sent: 40, servedBefore: 40 })).toBe('unknown')
    expect(judge({ refusal: null, refused: 0, sent: 1000, servedBefore: 3 })).toBe('unknown')
    expect(judge({ refusal: null, refused: 0, sent: 320, servedBefore: 310, seconds: 12 })).toBe('unknown')
  })
})
