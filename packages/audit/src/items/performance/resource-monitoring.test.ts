import { describe, expect, it } from 'vitest'
import type { ResourceMetrics } from '../../gather/resource-metrics.ts'
import { answerTo } from '../../testing/judging.ts'
import resourceMonitoring from './resource-monitoring.ts'

const good: ResourceMetrics = {
  from: '/metrics',
  memory: { name: 'process_resident_memory_bytes', value: 90e6 },
  cpu: { name: 'process_cpu_seconds_total', value: 0.9 },
  runtime: { name: 'nodejs_eventloop_lag_seconds', value: 0.01 },
  system: [{ rss: 95e6, cpuSeconds: 1, workedSeconds: 0.4 }],
}
const judge = (given: Partial<ResourceMetrics>) =>
  answerTo(resourceMonitoring, { resourceMetrics: { ...good, ...given } })

describe('resource-monitoring', () => {
  it.each([
    ['figures that are right', {}],
    ['figures of a server elsewhere', { system: null }],
    [
      'figures for several workers',
      { system: [{ rss: 20e6, cpuSeconds: 0.1, workedSeconds: 0 }, ...(good.system ?? [])] },
    ],
    [
      'a server that has hardly worked',
      { cpu: { name: 'cpu', value: 0 }, system: [{ rss: 95e6, cpuSeconds: 0.2, workedSeconds: 0.1 }] },
    ],
    ['a counter that began when its library was loaded', { cpu: { name: 'cpu', value: 0.24 } }],
    ['pushed figures', { from: 'OTLP' }],
  ] as [string, Partial<ResourceMetrics>][])('passes %s', (_, given) => {
    expect(judge(given)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no metrics at all', { from: null }, 'none are served'],
    ['no memory', { memory: null }, 'process_resident_memory_bytes'],
    ['no processor time', { cpu: null }, 'process_cpu_seconds_total'],
    ['nothing of the runtime', { runtime: null }, 'event loop lag'],
    ['memory that is made up', { memory: { name: 'process_resident_memory_bytes', value: 0 } }, '91 MB'],
    ['a counter that stands still', { cpu: { name: 'process_cpu_seconds_total', value: 0 } }, '0.40 s of it'],
    ['a counter that runs ahead', { cpu: { name: 'process_cpu_seconds_total', value: 9 } }, '1.00 s'],
  ] as [string, Partial<ResourceMetrics>, string][])('fails %s', (_, given, says) => {
    expect(judge(given)).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(judge(given))).toContain(says)
  })
})
