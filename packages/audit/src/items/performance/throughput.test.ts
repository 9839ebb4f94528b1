import { describe, expect, it } from 'vitest'
import type { SaturationCurve } from '../../gather/saturation.ts'
import type { Load } from '../../instruments/load/meter.ts'
import { answerTo } from '../../testing/judging.ts'
import responseTime from './response-time.ts'
import throughput from './throughput.ts'

const latency = { count: 100, mean: 5, p50: 4, p90: 8, p95: 9, p99: 12, max: 20 }
const load = (perSecond: number, seen: Partial<Load> = {}): Load => ({
  loop: 'closed',
  sent: 100,
  served: 100,
  seconds: 1,
  perSecond,
  latency,
  failures: [],
  toldRetry: 0,
  retryAfter: null,
  bytes: 1000,
  ended: 'deadline',
  own: { utilisation: 0.3, late: null },
  ...seen,
})
const step = (workers: number, perSecond: number, seen: Partial<Load> = {}) => ({
  workers,
  load: load(perSecond, seen),
})
const sound: SaturationCurve = {
  tools: ['echo'],
  steps: [step(1, 400), step(8, 900), step(32, 880)],
  knee: step(8, 900),
  because: 'up to 32 at a time brought at most a tenth more',
  again: null,
  light: { perSecond: 90, loads: [load(90)] },
  budgetMs: 1000,
  busy: null,
}
const collapse = { steps: [step(1, 400), step(32, 60)], again: { best: step(1, 390), last: step(32, 70) } }
const judge = (seen: Partial<SaturationCurve>) => answerTo(throughput, { saturation: { ...sound, ...seen } })

describe('throughput', () => {
  it.each<[string, Partial<SaturationCurve>]>([
    ['a curve with a knee', {}],
    ['a slump that does not come again', { ...collapse, again: { best: step(1, 390), last: step(32, 380) } }],
    [
      'a limit that refuses',
      { steps: [step(1, 100, { served: 50, failures: [{ outcome: 'refused', count: 50, first: 'HTTP 429' }] })] },
    ],
  ])('passes %s', (_, seen) => {
    expect(judge(seen).status).toBe('pass')
  })

  it('fails a throughput that falls with the number of callers, twice', () => {
    expect(judge(collapse).status).toBe('fail')
  })

  it.each<[string, Partial<SaturationCurve>]>([
    ['a busy machine', { ...collapse, busy: 'this machine is busy' }],
    ['calls that fail', { steps: [step(1, 400), step(32, 300, { served: 50 })] }],
    ['nothing served', { steps: [step(1, 0, { served: 0 })] }],
  ])('leaves open %s', (_, seen) => {
    expect(judge(seen).status).toBe('unknown')
  })
})

describe('response-time at a light load', () => {
  const slow = load(90, { latency: { ...latency, p95: 1500 } })
  const judgeLight = (seen: Partial<SaturationCurve>) =>
    answerTo(responseTime, { saturation: { ...sound, ...seen } }, 1).status
  const lights = (...loads: Load[]) => ({ light: { perSecond: 90, loads } })

  it('holds the better of two times against the budget', () => {
    expect(judgeLight({})).toBe('pass')
    expect(judgeLight(lights(slow, load(90)))).toBe('pass')
    expect(judgeLight(lights(slow, slow))).toBe('fail')
  })

  it('leaves open what a busy machine or failing calls leave open', () => {
    expect(judgeLight({ ...lights(slow, slow), busy: 'this machine is busy' })).toBe('unknown')
    expect(judgeLight(lights(load(90, { served: 50 })))).toBe('unknown')
    expect(judgeLight(lights(load(90, { sent: 5, served: 5 })))).toBe('unknown')
  })
})
