import { describe, expect, it } from 'vitest'
import { shares } from './headline.ts'
import { ranges } from './ranges.ts'

describe('ranges', () => {
  it.each([
    [[], ''],
    [[7], '7'],
    [[1, 2], '1-2'],
    [[9, 1, 3, 2, 10, 10], '1-3, 9-10'],
  ])('compresses %j', (numbers, text) => {
    expect(ranges(numbers)).toBe(text)
  })
})

describe('shares', () => {
  it.each([
    [[50, 50], 10, [5, 5]],
    [[1, 999], 10, [1, 9]],
    [[1, 1, 1, 997], 10, [1, 1, 1, 7]],
    [[0, 169], 56, [0, 56]],
    [[1, 1, 1], 10, [4, 3, 3]],
    [[0, 0], 10, [0, 0]],
  ])('divides %j into %i cells', (counts, cells, divided) => {
    expect(shares(counts, cells)).toEqual(divided)
  })

  it('always fills the bar', () => {
    for (const counts of [
      [3, 1, 5, 10, 4, 146],
      [41, 0, 4, 9, 22, 93],
      [1, 1, 1, 1, 1, 164],
    ])
      expect(shares(counts, 76).reduce((sum, cells) => sum + cells, 0)).toBe(76)
  })
})
