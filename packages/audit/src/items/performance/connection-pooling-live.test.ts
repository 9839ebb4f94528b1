import { describe, expect, it } from 'vitest'
import { proofOf } from '../../engine/judge.ts'
import type { IdleClients } from '../../gather/idle-clients.ts'
import type { PooledRequests } from '../../gather/egress/pooled.ts'
import { worstOf } from '../../testing/judging.ts'
import connectionPooling from './connection-pooling.ts'

const [kept, limited] = connectionPooling.checks.filter(check => proofOf(check) === 'live')
const seen = (inTurn: [number, number], atOnce: [connections: number, ended: number] = [8, 0]): PooledRequests => ({
  tool: 'weather',
  inTurn: { requests: inTurn[0], connections: inTurn[1] },
  atOnce: { calls: 150, connections: atOnce[0], ended: atOnce[1] },
})

describe('connection-pooling, live', () => {
  it.each([
    ['one connection for all', seen([10, 1]), 'pass'],
    ['one for each', seen([10, 10]), 'fail'],
    ['something between', seen([10, 7]), 'unknown'],
    ['too few requests', seen([2, 2]), 'unknown'],
  ] as const)('judges calls in turn over %s', (_, pooledRequests, status) => {
    expect(kept?.judge({ pooled: pooledRequests })).toMatchObject({ status })
  })

  it.each([
    ['a small pool', seen([10, 1], [8, 0]), 'pass'],
    ['a pool of a hundred', seen([10, 1], [100, 0]), 'pass'],
    ['no limit', seen([10, 1], [150, 0]), 'fail'],
    ['too many to tell', seen([10, 1], [125, 0]), 'unknown'],
    ['calls that had been refused', seen([10, 1], [40, 90]), 'unknown'],
    ['no request', seen([10, 1], [0, 0]), 'unknown'],
  ] as const)('judges many calls at one time with %s', (_, pooledRequests, status) => {
    expect(limited?.judge({ pooled: pooledRequests })).toMatchObject({ status })
  })
})

describe('connection-pooling, idle clients', () => {
  const served = { served: true, saw: '{"tools":[]}', ms: 12 }
  const lost = { served: false, saw: 'no handshake within 10 s', ms: 10_000 }
  const seen: IdleClients = {
    wanted: 500,
    opened: 500,
    open: 498,
    sessions: 40,
    perSession: 30_000,
    before: served,
    among: served,
    after: served,
    ended: null,
  }

  it.each<[string, Partial<IdleClients>, string]>([
    ['service as before', {}, 'pass'],
    ['no service beside them', { among: lost }, 'fail'],
    ['no service any more', { among: lost, after: lost }, 'fail'],
    ['an end', { ended: 'signal SIGABRT' }, 'fail'],
    ['no service before', { before: lost }, 'unknown'],
    ['too few of them', { opened: 90 }, 'unknown'],
  ])('judges %s', (_, given, status) => {
    expect(worstOf(connectionPooling, { idleClients: { ...seen, ...given } })).toBe(status)
  })
})
