import { describe, expect, it } from 'vitest'
import { drift, mannKendall, pairSlopes, quantile, upperTail } from './kendall.ts'
import { trendOf, type Trend } from './trend.ts'

/** Mulberry32: the same numbers for the same seed. */
const random = (seed: number) => () => {
  seed = (seed + 0x6d_2b_79_f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const samples = 240

/** The answer to a series of 240 samples whose value is a function of the part that has passed (0 to 1). */
const answerTo = (seed: number, value: (part: number, noise: () => number, at: number) => number): Trend => {
  const next = random(seed)
  const noise = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return trendOf(
    Array.from({ length: samples }, (_, at) => ({
      value: value(at / samples, noise, at),
      ms: at * 100,
      calls: at * 8,
    })),
  )
}

const counted = (rounds: number, answer: (seed: number) => Trend): Record<Trend['answer'], number> => {
  const counts = { rising: 0, level: 0, undecided: 0 }
  for (let seed = 1; seed <= rounds; seed++) counts[answer(seed * 7919).answer]++
  return counts
}

/** Noise of which each value keeps a part of the one before. */
const clinging = (keeps: number) => {
  let last = 0
  return (noise: () => number) => (last = last * keeps + noise())
}

describe('trendOf without a leak', () => {
  it('calls at most one in a hundred of 1,000 noisy series rising', { timeout: 30_000 }, () => {
    const kinds = [
      (seed: number) => answerTo(seed, (_, noise) => 100 + noise()),
      (seed: number) => answerTo(seed, (_, noise) => 100 + 20 * noise()),
      (seed: number) => {
        const next = clinging(0.5)
        return answerTo(seed, (_, noise) => 100 + 3 * next(noise))
      },
      (seed: number) => {
        const next = clinging(0.9)
        return answerTo(seed, (_, noise) => 100 + 2 * next(noise))
      },
      (seed: number) => {
        const next = clinging(1)
        return answerTo(seed, (_, noise) => 100 + next(noise))
      },
    ]
    const { rising } = counted(1000, seed => kinds[seed % kinds.length]?.(seed) ?? answerTo(seed, () => 0))
    expect(rising).toBeLessThanOrEqual(10)
  })

  it('sees that a quiet series is level', () => {
    expect(answerTo(1, () => 100)).toMatchObject({ answer: 'level', growth: 0 })
    expect(counted(100, seed => answerTo(seed, (_, noise) => 100 + noise())).level).toBeGreaterThan(95)
  })

  it.each([10, 40, 90])('is not taken in by the teeth of a garbage collector, %i samples each', length => {
    const { rising } = counted(100, seed =>
      answerTo(seed, (_, noise, at) => 100 + (((at + seed) % length) * 40) / length + noise()),
    )
    expect(rising).toBe(0)
  })

  it('does not take a step for a leak, wherever it is', () => {
    const { rising } = counted(200, seed =>
      answerTo(seed, (part, noise) => 100 + (part > (seed % 100) / 100 ? 20 : 0) + noise()),
    )
    expect(rising).toBe(0)
  })

  it('does not take a warm-up for a leak', () => {
    const warm = (scale: number) => (seed: number) =>
      answerTo(seed, (part, noise) => 100 + 50 * (1 - Math.exp(-part / scale)) + noise())
    expect(counted(100, warm(0.05))).toMatchObject({ rising: 0 })
    expect(counted(100, warm(0.05)).level).toBeGreaterThan(90)
    expect(counted(100, warm(0.2))).toMatchObject({ rising: 0 })
  })

  it('calls a falling series level', () => {
    expect(answerTo(1, (part, noise) => 100 - 20 * part + noise()).answer).toBe('level')
  })
})

describe('trendOf with a leak', () => {
  it('finds a slow leak under noise', () => {
    const { rising, level } = counted(100, seed => answerTo(seed, (part, noise) => 100 + 20 * part + 2 * noise()))
    expect(rising).toBeGreaterThan(85)
    expect(level).toBe(0)
  })

  it('finds one under the teeth of a garbage collector, after a warm-up, and in stairs', () => {
    const teeth = (seed: number) =>
      answerTo(seed, (part, noise, at) => 100 + 40 * part + ((at + seed) % 15) * 2 + noise())
    const warm = (seed: number) =>
      answerTo(seed, (part, noise) => 100 + 30 * (1 - Math.exp(-part / 0.05)) + 30 * part + noise())
    expect(counted(50, teeth).rising).toBeGreaterThan(45)
    expect(counted(50, warm).rising).toBeGreaterThan(45)
    expect(answerTo(1, part => 100 + Math.floor(part * 8) * 6).answer).toBe('rising')
  })

  it('finds a smooth one that clings to its line', () => {
    const { rising } = counted(50, seed => {
      const next = clinging(0.9)
      return answerTo(seed, (part, noise) => 100 + 80 * part + 0.5 * next(noise))
    })
    expect(rising).toBeGreaterThan(45)
  })

  it('tells the slope by call and by second, and between what it lies', () => {
    let within = 0
    for (let seed = 1; seed <= 100; seed++) {
      const { perSecond, perCall } = answerTo(seed, (part, noise) => 100 + 30 * part + noise())
      // 30 in 24 seconds and in 1,920 calls.
      if (perSecond && perSecond.low <= 1.25 && 1.25 <= perSecond.high) within++
      expect(perCall?.estimate).toBeCloseTo((perSecond?.estimate ?? 0) / 80, 6)
    }
    expect(within).toBeGreaterThanOrEqual(95)
  })

  it('leaves alone what does not matter', () => {
    expect(answerTo(1, part => 100 + 2 * part).answer).toBe('level')
  })
})

describe('trendOf with little to go by', () => {
  it('does not decide on a few samples', () => {
    const few = Array.from({ length: 99 }, (_, at) => ({ value: at, ms: at, calls: at }))
    expect(trendOf(few)).toMatchObject({ answer: 'undecided', because: expect.stringContaining('too few') })
    expect(trendOf([])).toMatchObject({ answer: 'undecided', samples: 0 })
  })

  it('has no slope by call where nothing was called', () => {
    const idle = Array.from({ length: 100 }, (_, at) => ({ value: at, ms: at, calls: 0 }))
    expect(trendOf(idle)).toMatchObject({ answer: 'rising', perCall: null })
  })
})

describe('the figures beneath', () => {
  it('counts ties in the variance', () => {
    expect(mannKendall([1, 2, 3, 4])).toEqual({ sum: 6, variance: (4 * 3 * 13) / 18 })
    expect(mannKendall([1, 1, 1])).toEqual({ sum: 0, variance: 0 })
  })

  it('knows the normal distribution', () => {
    expect(upperTail(1.959_964)).toBeCloseTo(0.025, 6)
    expect(quantile(0.01)).toBeCloseTo(2.326_348, 4)
  })

  it('measures a drift against the steps of a walk', () => {
    expect(drift([0, 1, 0, 1, 0])).toBe(0)
    expect(drift([0, 1, 3, 4, 6, 7, 9])).toBeGreaterThan(3)
    expect(drift([9, 7, 6, 4, 3, 1, 0])).toBeLessThan(-3)
  })

  it('leaves out pairs at one place', () => {
    expect(pairSlopes([0, 0, 2], [1, 5, 5])).toEqual([0, 2])
  })
})
