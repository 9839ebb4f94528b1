import { expect, it } from 'vitest'
import { closest } from './closest.ts'

const known = ['clean-stdout', 'readme', 'rate-limiting', 'read', 'call', 'stress']

it.each([
  ['clean-stdot', 'clean-stdout'],
  ['stdout', 'clean-stdout'],
  ['REEDME', 'readme'],
  ['cal', 'call'],
  ['rate_limiting', 'rate-limiting'],
  ['zzzzzzzz', null],
  ['x'.repeat(1_000_000), null],
])('finds what was meant by %.20s', (asked, meant) => {
  expect(closest(asked, known)).toBe(meant)
})
