import { expect, it } from 'vitest'
import { worstOf } from '../../testing/judging.ts'
import databaseEfficiency from './database-efficiency.ts'

const called = { calls: 10, good: 10 }
const judge = (texts: string[][] | null, rows: number, inTurn = called, alone: string[] = []): string => {
  const statement = (text: string) => ({ text, rows: text === one || text === catalog ? rows : 0 })
  const asked = texts && { statements: texts.map(call => call.map(statement)), idle: alone.map(statement) }
  return worstOf(databaseEfficiency, { databaseOutage: { tool: 'find_orders', inTurn, asked } })
}
const times = (count: number, text = 'SELECT what FROM steps WHERE task = $1'): string[] =>
  Array.from({ length: count }, () => text)
const one = 'SELECT title FROM tasks WHERE about = $1'
const catalog = 'SELECT oid FROM pg_catalog.pg_type'

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

it('leaves open what a pool alone has found', () => {
  expect(judge([[one.toLowerCase(), catalog]], 90)).toBe('unknown')
})

it('leaves open what calls asked that failed', () => {
  expect(judge([[one], [one]], 20, { calls: 10, good: 3 })).toBe('unknown')
})

it('holds nothing against a call that is asked without one', () => {
  const polled = times(9, 'SELECT id FROM jobs')
  expect(
    judge(
      [
        [one, ...polled],
        [...polled, one],
      ],
      20,
      called,
      polled,
    ),
  ).toBe('pass')
  expect(judge([polled], 20, called, polled)).toBe('unknown')
})
