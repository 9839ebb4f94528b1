import { describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import type { DatabaseOutage } from '../../gather/database-outage.ts'
import { worstOf } from '../../testing/judging.ts'
import databaseTimeouts from '../configuration/database-timeouts.ts'
import connectionPooling from '../performance/connection-pooling.ts'
import gracefulDegradation from './graceful-degradation.ts'

const good: DatabaseOutage = {
  tool: 'find_order',
  inTurn: { calls: 10, good: 10, opened: 0 },
  asked: null,
  atOnce: { calls: 200, good: 200, most: 10, opened: 10 },
  away: { succeeded: false, answered: true, saw: 'tool error: the database is away', serves: true, ended: null },
  backAfterMs: 40,
  waitedMs: 40,
  hanging: { succeeded: false, answered: true, ms: 3000, saw: 'tool error: timeout' },
}
const judge = (item: Item, seen: Partial<DatabaseOutage>): string =>
  worstOf(item, { databaseOutage: { ...good, ...seen } })

describe('a database behind a relay', () => {
  it('passes a server that shares, survives, comes back and gives up', () => {
    for (const item of [gracefulDegradation, databaseTimeouts, connectionPooling]) expect(judge(item, {})).toBe('pass')
  })

  it.each<[string, Item, Partial<DatabaseOutage>]>([
    ['an end with the database', gracefulDegradation, { away: { ...good.away, serves: false, ended: 'exit code 1' } }],
    ['a server that never comes back', gracefulDegradation, { backAfterMs: null, waitedMs: 20_000 }],
    [
      'a call that never ends',
      databaseTimeouts,
      { hanging: { succeeded: false, answered: false, ms: 30_000, saw: '' } },
    ],
    ['a connection for each call', connectionPooling, { inTurn: { calls: 10, good: 10, opened: 10 } }],
    ['as many connections as calls', connectionPooling, { atOnce: { calls: 200, good: 200, most: 180, opened: 180 } }],
  ])('fails %s', (_, item, seen) => {
    expect(judge(item, seen)).toBe('fail')
  })

  it('leaves open what does not ask its database', () => {
    expect(judge(gracefulDegradation, { away: { ...good.away, succeeded: true } })).toBe('unknown')
    expect(judge(gracefulDegradation, { away: { ...good.away, answered: false } })).toBe('unknown')
    expect(judge(databaseTimeouts, { hanging: null })).toBe('unknown')
    expect(judge(databaseTimeouts, { hanging: { succeeded: true, answered: true, ms: 9, saw: 'ok' } })).toBe('unknown')
    expect(judge(connectionPooling, { inTurn: { calls: 10, good: 2, opened: 0 } })).toBe('unknown')
    expect(judge(connectionPooling, { atOnce: { calls: 200, good: 3, most: 3, opened: 3 } })).toBe('unknown')
    expect(judge(connectionPooling, { atOnce: { calls: 200, good: 200, most: 40, opened: 190 } })).toBe('unknown')
    expect(judge(connectionPooling, { inTurn: { calls: 10, good: 10, opened: 7 } })).toBe('unknown')
  })
})
