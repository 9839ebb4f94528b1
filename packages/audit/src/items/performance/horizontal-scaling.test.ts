import { describe, expect, it } from 'vitest'
import type { SharedData } from '../../gather/scaling/shared-data.ts'
import type { Spread } from '../../gather/spread.ts'
import type { Load } from '../../instruments/load/meter.ts'
import type { Measured, ScalingThroughput } from '../../gather/scaling-throughput.ts'
import horizontalScaling from './horizontal-scaling.ts'

const served = [1, 2].map(instance => ({ instance, served: true, saw: '3' }))
const spread: Spread = {
  clients: [
    {
      era: 'modern',
      revision: '2026-07-28',
      session: false,
      openedBy: 1,
      requests: [{ at: 'tools/call add', answers: served, differs: null }],
    },
  ],
  closed: [],
  callable: 1,
  data: null,
  writing: [],
}
const written = (lost: number, acknowledged = 8): Partial<SharedData> => ({
  written: { write: 'keep', read: 'entries', crossings: [{ by: 1, at: 2, acknowledged, lost }] },
})
const counted = (...after: (number | null)[]): Partial<SharedData> => ({
  counted: { add: 'tally', count: 'tally', acknowledged: 10, before: 2, after },
})
const data = (...parts: Partial<SharedData>[]): Partial<Spread> => ({
  data: Object.assign({ written: null, counted: null, untried: [] } satisfies SharedData, ...parts) as SharedData,
})

describe('horizontal-scaling', () => {
  it.each([
    ['writes and numbers that both see', data(written(0), counted(12, 12)), 'pass'],
    ['writes that one instance keeps to itself', data(written(8), counted(12, 12)), 'fail'],
    ['a number of each instance', data(counted(7, 5)), 'fail'],
    [
      'writes that nobody acknowledged',
      data(written(0, 0), { untried: ['no call of keep was acknowledged'] }),
      'unknown',
    ],
    ['tools that only read', {}, 'pass'],
    ['a tool that may write, and no declaration', { writing: ['create_order'] }, 'unknown'],
    ['tools that nobody could call', { clients: [] }, 'unknown'],
  ] as [string, Partial<Spread>, string][])('judges %s', (_, given, status) => {
    expect(horizontalScaling.checks[0].judge({ spread: { ...spread, ...given } })).toMatchObject({ status })
  })
})

describe('horizontal-scaling, calls a second', () => {
  const measured = (perSecond: number, given: Partial<Load> = {}, idle = 0.6): Measured => ({
    load: {
      loop: 'closed',
      sent: perSecond,
      served: perSecond,
      seconds: 1,
      perSecond,
      latency: { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 } as unknown as Load['latency'],
      failures: [],
      toldRetry: 0,
      retryAfter: null,
      bytes: 0,
      ended: 'deadline',
      own: { utilisation: 0.2, late: null },
      ...given,
    },
    idle,
  })
  const twice = (one: number, two: number, given: Partial<Load> = {}, idle = 0.6) => ({
    rounds: [1, 2].map(() => ({ one: measured(one, given, idle), two: measured(two, given, idle) })),
  })
  const seen: ScalingThroughput = { tools: ['add'], closedWorld: true, few: measured(100), ...twice(100, 190) }

  it.each<[string, Partial<ScalingThroughput>, string]>([
    ['nearly twice as many', {}, 'pass'],
    ['as many, with processors to spare', twice(100, 102), 'fail'],
    ['as many, without', twice(100, 102, {}, 0.1), 'unknown'],
    [
      'as many, at the limit of the load generator',
      twice(100, 102, { own: { utilisation: 0.95, late: null } }),
      'unknown',
    ],
    ['as many, where others may be the limit', { ...twice(100, 102), closedWorld: false }, 'unknown'],
    ['as many, with one that could do more', { ...twice(100, 102), few: measured(40) }, 'unknown'],
    ['a little more', twice(100, 120), 'unknown'],
    ['calls that a limit refuses', twice(100, 102, { served: 20 }), 'unknown'],
  ])('judges %s', (_, given, status) => {
    expect(horizontalScaling.checks[1]?.judge({ scalingThroughput: { ...seen, ...given } })).toMatchObject({ status })
  })
})
