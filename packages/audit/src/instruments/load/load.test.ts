import { setMaxListeners } from 'node:events'
import { afterAll, describe, expect, it } from 'vitest'
import type { Target } from '../../core/target.ts'
import { latestRevision, legacyRevision, type Connection, type Era } from '../../target/connection.ts'
import { stopEverything } from '../../target/process.ts'
import { reopen } from '../../target/reopen.ts'
import type { Startup } from '../../target/startup-failures.ts'
import { fixtureServer, missing, type Transport } from '../../testing/fixture-servers.ts'
import { bareTarget } from '../../testing/repositories.ts'
import { joinClients } from './clients.ts'
import { closedLoop } from './closed.ts'
import { openLoop } from './open.ts'
import { reactionDuring, trivialCall } from './reaction.ts'
import { soak, trendIn } from './soak.ts'

afterAll(stopEverything)

const fixture = (transport: Transport): Target => {
  const { command = [], cwd = '', url = '', env = [], headers = [] } = fixtureServer('typescript', transport)
  const pairs = (words: string[], by: string): Record<string, string> =>
    Object.fromEntries(words.map(word => [word.split(by)[0] ?? '', word.slice(word.indexOf(by) + by.length)]))
  const launch = { command: command[0] ?? '', args: command.slice(1), cwd, env: pairs(env, '='), origin: 'test' }
  if (transport === 'stdio') return bareTarget({ server: { transport, launch } })
  return bareTarget({ server: { transport, url, headers: pairs(headers, ': '), launch } })
}

const startup: Startup = {
  ready: true,
  saw: '',
  advice: '',
  wantsSettings: false,
  ms: 5000,
  strayLines: [],
  eras: ['modern', 'legacy'],
  revisions: { modern: latestRevision, legacy: legacyRevision },
}

const opened = async (target: Target, era: Era): Promise<Connection> => {
  const connection = await reopen(target, startup, era)
  if (!connection) throw new Error('it did not start')
  return connection
}

const list = () => ({ method: 'tools/list' })
const deadlineMs = 20_000
const eras = ['modern', 'legacy'] as const
const reason = missing('typescript')

const isServed = async (clients: Connection[]): Promise<void> => {
  const closed = await closedLoop(clients, list, { workers: 4, calls: 30, warmUp: 5, deadlineMs })
  expect(closed).toMatchObject({ ended: 'calls', sent: 30, served: 30, failures: [], own: { late: null } })
  expect(closed.latency.count).toBe(30)
  expect(closed.latency.p50).toBeGreaterThan(0)
  expect(closed.bytes).toBeGreaterThan(30 * 500)
  const open = await openLoop(clients, list, { perSecond: 100, calls: 20, deadlineMs })
  expect(open).toMatchObject({ ended: 'calls', sent: 20, failures: [] })
  expect(open.own.late?.count).toBeGreaterThan(0)
}

describe.skipIf(reason !== null)('load on the good server', () => {
  it.each(eras)('serves both loops and a soak over stdio in the %s era', { timeout: 60_000 }, async era => {
    const connection = await opened(fixture('stdio'), era)
    await isServed([connection])
    const ping = await connection.request(trivialCall(connection).method)
    expect(ping.kind).toBe('result')
    const { process } = connection
    if (!process) throw new Error('no process')
    const limits = { workers: 2, calls: 150, deadlineMs, sampleMs: 20 }
    const { load, points } = await soak(process, [connection], list, limits)
    expect(load.sent).toBe(150)
    expect(points.length).toBeGreaterThan(1)
    expect(points.at(-1)?.calls).toBe(150)
    expect(points.at(-1)?.rss).toBeGreaterThan(10e6)
    expect(trendIn(points.slice(0, 20), 'rss')?.answer).toBe('undecided')
    await connection.close()
  })

  it('serves clients of both eras over HTTP until its rate limit refuses them', { timeout: 60_000 }, async () => {
    const target = fixture('http')
    setMaxListeners(100, target.signal)
    const first = await opened(target, 'modern')
    const ofEra = (era: Era) => joinClients(target, { ...startup, eras: [era] }, first, 3)
    const modern = await ofEra('modern')
    const legacy = await ofEra('legacy')
    expect([modern, legacy].map(({ clients, refused }) => [clients.length, refused])).toEqual([
      [3, 0],
      [3, 0],
    ])
    const others = legacy.clients.slice(1)
    expect(others.map(({ era }) => era)).toEqual(['legacy', 'legacy'])
    await isServed(modern.clients)
    await isServed(others)

    const ping = modern.clients[1] ?? first
    const work = () => closedLoop([first], list, { workers: 2, calls: 20, deadlineMs })
    const { reaction, value } = await reactionDuring(ping, work, { deadlineMs, everyMs: 50 })
    expect(value.sent).toBe(20)
    expect(reaction).toMatchObject({ loop: 'open', failures: [], ended: 'stopped' })
    expect(reaction.served).toBeGreaterThan(0)

    const load = await closedLoop([first], list, { workers: 8, calls: 350, deadlineMs })
    expect(load.failures).toEqual([expect.objectContaining({ outcome: 'refused' })])
    expect(load.toldRetry).toBe(load.failures[0]?.count)
    expect(load.retryAfter?.least).toBeGreaterThan(0)
    expect(load.served + load.toldRetry).toBe(load.sent)
    await Promise.all([...others, ...modern.clients.toReversed()].map(client => client.close()))
  })
})
