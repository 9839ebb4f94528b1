import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { MemorySoak } from '../../gather/memory-soak.ts'
import { answerTo } from '../../testing/judging.ts'
import memoryStability from './memory-stability.ts'

const slope = (estimate: number, high: number) => ({ estimate, low: 0, high })
const level: MemorySoak = {
  tools: ['find'],
  calls: 9000,
  seconds: 16,
  fromMb: 100,
  toMb: 101,
  trend: {
    answer: 'level',
    because: 'any growth is too small to matter',
    confidence: 0.99,
    chance: 0.4,
    samples: 240,
    perCall: slope(20, 900),
    perSecond: null,
    growth: 180_000,
  },
  soaks: 1,
  rises: 0,
  lazy: null,
  inUse: null,
  ended: null,
}
const judge = (given: Partial<MemorySoak>, trend: Partial<MemorySoak['trend']> = {}): Verdict =>
  answerTo(memoryStability, { memorySoak: { ...level, ...given, trend: { ...level.trend, ...trend } } })

describe('memory-stability', () => {
  it('passes what stays level, and says how sure that is', () => {
    expect(judge({})).toMatchObject({ status: 'pass' })
    expect(JSON.stringify(judge({}))).toContain('by 1 kB with each call at most, with a confidence of 99 %, from 240')
  })

  it('tells what is in use where that decided', () => {
    const seen = { toMb: 112, tools: ['find', 'add'] }
    const passed = judge(
      { ...seen, inUse: { fromMb: 18, toMb: 18.2, mostPerCall: 90 } },
      { perCall: slope(4000, 40_000) },
    )
    expect(passed).toMatchObject({ status: 'pass' })
    expect(JSON.stringify(passed)).toContain('(18 MB at first, 18 MB at the end)')
    expect(judge({ ...seen, inUse: { fromMb: 18, toMb: 19, mostPerCall: 17_000 } })).toMatchObject({
      status: 'unknown',
    })
  })

  it('fails what goes on rising, and tells by how much', () => {
    const rising = judge({ toMb: 180, rises: 2 }, { answer: 'rising', perCall: slope(9200, 9900), growth: 80e6 })
    expect(rising).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(rising)).toContain('9200 bytes with each call, 76 MB in all')
  })

  it.each([
    ['what is not clear', {}, { answer: 'undecided', because: 'it rose in one step' }, 'one step'],
    ['too few calls', { calls: 90 }, { perCall: slope(0, 80_000) }, 'so few calls'],
    ['a rise that was seen once', { rises: 1 }, { answer: 'rising' }, 'in the soak before'],
    ['a runtime of its own will', { rises: 2, lazy: 'it collects late' }, { answer: 'rising' }, 'it collects late'],
    ['a server that ended', { ended: 'exit code 1' }, {}, 'exit code 1'],
  ] as [string, Partial<MemorySoak>, Partial<MemorySoak['trend']>, string][])(
    'leaves %s open',
    (_, given, trend, says) => {
      expect(judge(given, trend)).toMatchObject({ status: 'unknown', because: expect.stringContaining(says) as string })
    },
  )
})
