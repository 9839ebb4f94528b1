import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import { percentile, type Latency } from '../../gather/latencies.ts'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import responseTime from './response-time.ts'

const quick: Latency = { tool: 'find', calls: 20, failed: 0, p50: 5, p95: 9, p99: 9, timed: false, asksOthers: null }
const measured = { callable: 1, left: 0, budgetMs: 1000, declared: false, busy: null }
const held = (declared: boolean, ...tools: Latency[]): Verdict =>
  responseTime.checks[0].judge({ latencies: { ...measured, tools, declared } })
const judge = (...tools: Latency[]): Verdict => held(false, ...tools)

describe('response-time', () => {
  it('passes a quick server and tells its figures', async () => {
    const result = await judgeStandIn(responseTime)
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toMatch(/echo: p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms of 20 calls/)
  })

  it('fails a budget that is not met', async () => {
    const result = await judgeStandIn(responseTime, ['lags'], { settings: { budgets: { p95Ms: 25 } } })
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain('echo')
    expect(evidenceOf(result)).not.toContain('add')
  })

  it('fails a tool that takes its time by itself, and leaves open whose it is where it asks others', async () => {
    const [own, asking] = await Promise.all([
      judgeStandIn(responseTime, ['waits']),
      judgeStandIn(responseTime, ['waits', 'asks']),
    ])
    expect(own).toMatchObject({ status: 'fail' })
    expect(evidenceOf(own)).toContain('echo')
    expect(asking, JSON.stringify(asking.verdicts)).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(asking.verdicts)).toContain('it asks 192.0.2.1:9 meanwhile')
  }, 60_000)

  it('fails one slow tool among quick ones', () => {
    expect(judge(quick, { ...quick, tool: 'report', p95: 1400 })).toMatchObject({
      status: 'fail',
      evidence: [{ at: 'report' }],
    })
  })

  it('does not hold a time against a tool that was asked to take it', () => {
    expect(judge(quick, { ...quick, tool: 'wait', p95: 3000, timed: true })).toMatchObject({ status: 'pass' })
    expect(judge({ ...quick, p95: 3000, timed: true })).toMatchObject({ status: 'unknown' })
  })

  it('holds the time of others against a tool only when its owner set a budget', () => {
    const waiting = { ...quick, tool: 'search', p95: 1600, asksOthers: 'it asks 192.0.2.1:443 meanwhile' }
    expect(judge(quick, waiting)).toMatchObject({ status: 'unknown' })
    expect(held(true, quick, waiting)).toMatchObject({ status: 'fail' })
    expect(judge({ ...quick, p95: 1400 }, waiting)).toMatchObject({ status: 'fail' })
  })

  it('holds a few late calls of a busy machine against no tool', () => {
    const on = (busy: string, ...tools: Latency[]): Verdict =>
      responseTime.checks[0].judge({ latencies: { ...measured, tools, busy } })
    const late = { ...quick, p95: 1400 }
    expect(on('this machine is busy', quick, late)).toMatchObject({ status: 'unknown' })
    expect(on('this machine is busy', late, { ...late, p50: 1200 })).toMatchObject({ status: 'fail' })
  })

  it('makes no percentile out of a few calls', () => {
    expect(judge({ ...quick, calls: 2 })).toMatchObject({ status: 'unknown' })
  })

  it('takes the nearest rank', () => {
    const values = Array.from({ length: 20 }, (_, index) => index + 1)
    expect([0.5, 0.95, 0.99].map(share => percentile(values, share))).toEqual([10, 19, 20])
  })
})
