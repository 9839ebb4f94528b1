import { expect, it } from 'vitest'
import { affordable } from './parallel-calls.ts'

it('sends fewer calls at one time the longer each of them takes', () => {
  const lengths = [[5], [5, 95], [500]].map(times => affordable(times.map(ms => ({ ms }))).length)
  expect(lengths).toEqual([200, 120, 12])
  expect(affordable([])).toEqual([])
})
