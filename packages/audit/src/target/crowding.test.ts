import { describe, expect, it } from 'vitest'
import { crowding } from './crowding.ts'

describe('crowding', () => {
  it.each([
    [0, 2, 1],
    [3.5, 2, 1],
    [8, 2, 2],
    [14, 2, 3.5],
    [200, 2, 4],
    [14, 16, 1],
  ])('a load of %d on %d processors makes a wait %d times as long', (load, processors, times) => {
    expect(crowding(load, processors)).toBe(times)
  })
})
