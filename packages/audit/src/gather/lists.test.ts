import { afterAll, describe, expect, it } from 'vitest'
import { collect } from '../engine/schedule.ts'
import { stopEverything } from '../target/process.ts'
import { speaking, stage } from '../testing/stage.ts'
import { lists, type Lists } from './lists.ts'

afterAll(stopEverything)

const listed = async (answer: string): Promise<Lists> => {
  const { target } = stage(speaking(answer))
  const outcome = (await collect([lists], { target, impact: 'start', lanes: 1, listener: () => {} })).get(lists)
  if (outcome?.state !== 'done') throw new Error(outcome?.because)
  return outcome.value as Lists
}

describe('lists', () => {
  it('follows cursors to the end', async () => {
    const pages = `const page = Number(message.params?.cursor ?? 0); send({ id: message.id, result: { tools: [{ name: 't' + page, inputSchema: { type: 'object' } }], ...(page < 3 ? { nextCursor: String(page + 1) } : {}) } })`
    const { tools, listings } = await listed(pages)
    expect(tools.map(({ name }) => name)).toEqual(['t0', 't1', 't2', 't3'])
    expect(listings['tools']).toMatchObject({ pages: 4, faults: [] })
  })

  it.each([
    ['a cursor that comes again', `send({ id: message.id, result: { tools: [], nextCursor: 'same' } })`, 'never end'],
    [
      'ever new cursors',
      `send({ id: message.id, result: { tools: [], nextCursor: String(Math.random()) } })`,
      'had not ended after 50 pages',
    ],
    ['no array', `send({ id: message.id, result: { tools: 'none' } })`, 'no array'],
    ['an error', `send({ id: message.id, error: { code: -32603, message: 'oops' } })`, 'oops'],
  ])('ends at %s', async (_, answer, fault) => {
    expect((await listed(answer)).listings['tools']?.faults.join()).toContain(fault)
  })
})
