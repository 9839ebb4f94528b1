import { expect, it } from 'vitest'
import { calibrate, tooSlowFor, type Calibration } from './calibration.ts'

const late = (p95: number): Calibration => ({
  timerLate: { count: 20, mean: p95, p50: p95, p90: p95, p95, p99: p95, max: p95 },
  loopSpeed: 100,
  steadiness: 1,
  processors: 2,
  loadPerProcessor: 0,
})

it('measures this machine', async () => {
  const found = await calibrate(50)
  expect(found.timerLate.count).toBeGreaterThan(1)
  expect(found.loopSpeed).toBeGreaterThan(0)
  expect(found.steadiness).toBeGreaterThan(0)
  expect(found.steadiness).toBeLessThanOrEqual(1)
  expect(found.processors).toBeGreaterThan(0)
})

it('says when the machine is too slow to judge a limit', () => {
  expect(tooSlowFor(late(5), 100)).toBe(null)
  expect(tooSlowFor(late(25), 100)).toContain('25 ms late')
  expect(tooSlowFor(late(25), 1000)).toBe(null)
})
