import { describe, expect, it } from 'vitest'
import type { Metrics } from '../../gather/metrics.ts'
import { answerTo } from '../../testing/judging.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import prometheusMetrics from './prometheus-metrics.ts'

const good: Metrics = {
  path: '/metrics',
  asked: ['/metrics'],
  faults: [],
  names: ['calls_total'],
  samples: 40,
  tool: 'echo',
  calls: 5,
  moved: [
    { name: 'calls_total', labels: { tool: 'echo', outcome: 'ok' }, by: 5 },
    { name: 'seconds_count', labels: { tool: 'echo' }, by: 5 },
  ],
  movedByFailure: [{ name: 'calls_total', labels: { tool: 'echo', outcome: 'error' }, by: 1 }],
  unboundedLabel: null,
  types: { calls_total: 'counter', seconds: 'histogram' },
}
const judge = (seen: Partial<Metrics>) => answerTo(prometheusMetrics, { metrics: { ...good, ...seen } }).status

describe('prometheus-metrics', () => {
  it('passes metrics that move with the calls', () => {
    expect(judge({})).toBe('pass')
  })

  it.each([
    ['no endpoint', { path: null }],
    ['counters that stand still', { moved: [], movedByFailure: [] }],
    ['no histogram', { types: { calls_total: 'counter', seconds: 'gauge' } }],
    [
      'errors that are not counted',
      { movedByFailure: [{ name: 'calls_total', labels: { tool: 'echo', outcome: 'ok' }, by: 1 }] },
    ],
    [
      'a label out of the caller’s hands',
      { unboundedLabel: { name: 'calls_total', labels: { tool: 'airworthy-no-such-tool' }, value: 1 } },
    ],
    ['malformed lines', { faults: ['up{ 1'] }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen)).toBe('fail')
  })

  it('is undecided when no tool could be called', () => {
    expect(judge({ tool: null })).toBe('unknown')
  })

  it('wants a scrape configuration', async () => {
    const scrape = 'scrape_configs:\n  - job_name: notes\n    static_configs:\n      - targets: ["notes:3000"]\n'
    const scraped = await judgeFiles(prometheusMetrics, { 'deploy/prometheus.yml': scrape })
    expect(scraped.verdicts[1]).toMatchObject({ status: 'pass', proof: 'repository' })
    const bare = await judgeFiles(prometheusMetrics, { 'README.md': '# Notes' })
    expect(bare.verdicts[1]).toMatchObject({ status: 'fail' })
  })
})
