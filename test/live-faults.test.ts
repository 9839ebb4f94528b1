import { expect, it } from 'vitest'
import { itemsWithoutFault } from './fixture-server-cases.ts'

it('the good servers have a fault for every item that a running server alone can fail', () => {
  expect(itemsWithoutFault()).toEqual([])
})
