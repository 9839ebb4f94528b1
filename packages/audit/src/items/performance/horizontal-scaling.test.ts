import { describe, expect, it } from 'vitest'
import type { SharedData } from '../../gather/scaling/shared-data.ts'
import type { Spread } from '../../gather/spread.ts'
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
