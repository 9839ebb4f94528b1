import { expect, it } from 'vitest'
import { worstOf } from '../../testing/judging.ts'
import databaseEfficiency from './database-efficiency.ts'

const judge = (statements: string[][] | null, rows: number): string => {
  const asked = statements && { statements, rows: rows * statements.length }
  return worstOf(databaseEfficiency, { databaseOutage: { tool: 'find_orders', asked } })
}
const times = (count: number, text = 'SELECT what FROM steps WHERE task = $1'): string[] =>
  Array.from({ length: count }, () => text)
const one = 'SELECT title FROM tasks WHERE about = $1'

it.each<[string, string, string[][] | null]>([
  ['one statement', 'pass', [[one], [one]]],
  ['one in a transaction', 'pass', [['BEGIN', one, 'COMMIT', ...times(9, 'SET search_path = a')], [one]]],
  [
    'one for each element',
    'fail',
    [
      [one, ...times(20)],
      [one, ...times(20)],
    ],
  ],
  [
    'one for each element with its values in it',
    'fail',
    [Array.from({ length: 20 }, (_, id) => `SELECT a FROM b WHERE id = ${id} AND c = '${id}'`)],
  ],
  ['a few times the same', 'unknown', [[one, ...times(4)]]],
  ['many at the first call alone', 'pass', [[one, ...times(20)], [one]]],
  ['calls that did not ask', 'unknown', [[one], []]],
  ['what was not read', 'unknown', null],
])('judges %s as %s', (_, status, asked) => {
  expect(judge(asked, 20)).toBe(status)
})

it('leaves open what found too little for a loop to show', () => {
  expect(judge([[one], [one]], 1)).toBe('unknown')
  expect(judge([[one, ...times(2)]], 2)).toBe('unknown')
})
