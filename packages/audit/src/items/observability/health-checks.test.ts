import { describe, expect, it } from 'vitest'
import type { Health } from '../../gather/health.ts'
import { answerTo } from '../../testing/judging.ts'
import healthChecks from './health-checks.ts'

const honest: Health = {
  live: { path: '/healthz', status: 'HTTP 200' },
  ready: { path: '/readyz', status: 'HTTP 200' },
  asked: ['/healthz', '/readyz'],
  elsewhere: 'HTTP 404',
  answersAnything: false,
  draining: { drainedMs: 900, statuses: ['HTTP 503'], readyUntilTheEnd: false },
}
const judge = (seen: Partial<Health>) => answerTo(healthChecks, { health: { ...honest, ...seen } }).status

describe('health-checks', () => {
  it.each([
    ['both endpoints', {}],
    ['liveness alone', { ready: null, draining: null }],
  ])('passes %s', (_, seen) => {
    expect(judge(seen)).toBe('pass')
  })

  it.each([
    ['none', { live: null, ready: null }],
    ['200 on every path', { elsewhere: 'HTTP 200', answersAnything: true }],
    ['ready to the end', { draining: { drainedMs: 900, statuses: ['HTTP 200'], readyUntilTheEnd: true } }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen)).toBe('fail')
  })
})
