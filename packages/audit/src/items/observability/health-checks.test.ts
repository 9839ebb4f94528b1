import { describe, expect, it } from 'vitest'
import type { DatabaseReadiness } from '../../gather/database-readiness.ts'
import type { Health } from '../../gather/health.ts'
import { answerTo, worstOf } from '../../testing/judging.ts'
import healthChecks from './health-checks.ts'

const honest: Health = {
  live: { path: '/healthz', status: 'HTTP 200' },
  ready: { path: '/readyz', status: 'HTTP 200' },
  asked: ['/healthz', '/readyz'],
  elsewhere: 'HTTP 404',
  answersAnything: false,
  starting: { path: '/readyz', ms: 300, before: ['HTTP 503'], saw: 'HTTP 200', served: true },
  draining: { drainedMs: 900, statuses: ['HTTP 503'], readyUntilTheEnd: false },
}
const early = { path: '/readyz', ms: 300, before: [], saw: 'HTTP 503', served: false }
const judge = (seen: Partial<Health>) => worstOf(healthChecks, { health: { ...honest, ...seen } })

const without: DatabaseReadiness = {
  path: '/readyz',
  away: 'HTTP 503',
  unreadyAfterMs: 40,
  call: 'find_order: tool error: the database is away',
  failed: true,
  backAfterMs: 900,
}
const judgeWithout = (seen: Partial<DatabaseReadiness>) =>
  worstOf(healthChecks, { databaseReadiness: { ...without, ...seen } })

describe('health-checks', () => {
  it.each([['both endpoints', {}]])('passes %s', (_, seen) => {
    expect(judge(seen)).toBe('pass')
  })

  it.each([
    ['none', { live: null, ready: null }],
    ['200 on every path', { elsewhere: 'HTTP 200', answersAnything: true }],
    ['ready before it serves', { starting: early }],
    ['ready to the end', { draining: { drainedMs: 900, statuses: ['HTTP 200'], readyUntilTheEnd: true } }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen)).toBe('fail')
  })

  it('asks nothing of readiness that is not there', () => {
    const seen = { ...honest, ready: null, starting: null, draining: null }
    expect([0, 1].map(question => answerTo(healthChecks, { health: seen }, question).status)).toEqual([
      'pass',
      'not-applicable',
    ])
    expect(judge({ starting: null })).toBe('unknown')
    expect(judgeWithout({ path: null })).toBe('not-applicable')
  })

  it('is not ready without what it needs, and ready again with it', () => {
    expect(judgeWithout({})).toBe('pass')
    expect(judgeWithout({ unreadyAfterMs: null, away: 'HTTP 200', backAfterMs: null })).toBe('fail')
    expect(judgeWithout({ backAfterMs: null })).toBe('fail')
    expect(judgeWithout({ failed: false })).toBe('unknown')
    expect(judgeWithout({ away: 'no answer (ECONNREFUSED)' })).toBe('unknown')
  })
})
