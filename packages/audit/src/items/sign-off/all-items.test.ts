import { expect, it } from 'vitest'
import type { RowCounts } from '../../core/report.ts'
import { answerTo } from '../../testing/judging.ts'
import allItems from './all-items.ts'

const settled: RowCounts = {
  total: 168,
  pass: 120,
  fail: 0,
  unknown: 0,
  'not-applicable': 40,
  attested: 8,
  'not-covered': 0,
}
const judge = (rows: Partial<RowCounts>) => answerTo(allItems, { rowCounts: { ...settled, ...rows } })

it.each([
  ['pass', {}],
  ['fail', { pass: 119, fail: 1 }],
  ['fail', { fail: 1, unknown: 1 }],
  ['unknown', { pass: 119, unknown: 1 }],
  ['unknown', { pass: 119, 'not-covered': 1 }],
])('is %s when the rows stand at %j', (status, rows) => {
  expect(judge(rows).status).toBe(status)
})

it('says how the rows stand', () => {
  expect(JSON.stringify(judge({}))).toContain('of 168 other rows: 120 proven, 8 attested, 40 not applicable')
})
