import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect } from '../../engine/schedule.ts'
import connectionPooling from '../performance/connection-pooling.ts'
import databaseTimeouts from '../configuration/database-timeouts.ts'
import gracefulDegradation from './graceful-degradation.ts'
import { stopEverything } from '../../target/process.ts'
import { worstOf } from '../../testing/judging.ts'
import { speaking, stage } from '../../testing/stage.ts'
import { databaseOutage, type DatabaseOutage } from '../../gather/database-outage.ts'

/** What stands in for a database: it sends each line back. */
let database: Server
const address = (): string => `127.0.0.1:${(database.address() as AddressInfo).port}`

beforeAll(async () => {
  database = createServer(socket => socket.on('error', () => {}).pipe(socket))
  database.listen(0, '127.0.0.1')
  await once(database, 'listening')
})
afterAll(() => {
  database.close()
  stopEverything()
})

const good = {
  /** What a lost connection does, how long a statement may take, which connection a call takes, and where it leaves it. */
  onEnd: 'db = null',
  giveUp: 'setTimeout(() => failed(Error("the database took too long")), 1000)',
  take: 'db ??= open()',
  leave: '',
}

const server = ({ onEnd, giveUp, take, leave }: typeof good): string =>
  speaking(
    `if (message.method !== 'tools/call') return send({ id: message.id, result: { tools: [] } })
try {
  const text = await ask('line')
  send({ id: message.id, result: { content: [{ type: 'text', text }] } })
} catch (error) {
  send({ id: message.id, result: { isError: true, content: [{ type: 'text', text: error.message }] } })
}`,
    `import { connect } from 'node:net'
const [host, port] = (process.env.DATABASE ?? '127.0.0.1:1').split(':')
let db = null
const idle = []
const open = () => {
  const socket = connect({ host, port: Number(port) })
  socket.waiting = []
  socket.on('error', () => {})
  socket.on('close', () => { socket.waiting.splice(0).forEach(({ failed }) => failed(Error('the database is away'))); ${onEnd} })
  socket.on('data', data => { for (const one of String(data).split('\\n').slice(0, -1)) socket.waiting.shift()?.done(one) })
  return socket
}
const ask = text => new Promise((done, failed) => {
  const socket = ${take}
  ${giveUp}
  socket.waiting.push({ done: told => { done(told); ${leave} }, failed })
  socket.write(text + '\\n')
})`,
  )

const outage = async (given: Partial<typeof good>): Promise<DatabaseOutage> => {
  const call = { tool: 'find', arguments: { id: '{token}' } }
  const settings = {
    database: { at: address(), env: { DATABASE: '{address}' }, call },
    budgets: { outboundMs: 1500 },
  }
  const { target, end } = stage(server({ ...good, ...given }), { settings })
  const found = await collect([databaseOutage], { target, impact: 'call', lanes: 1, listener: () => {} })
  end()
  const outcome = found.get(databaseOutage)
  if (outcome?.state !== 'done') throw new Error(outcome?.because)
  return outcome.value as DatabaseOutage
}

const items = [connectionPooling, databaseTimeouts, gracefulDegradation]
const statuses = async (given: Partial<typeof good>): Promise<Record<string, string>> => {
  const seen = await outage(given)
  return Object.fromEntries(items.map(item => [item.id, worstOf(item, { databaseOutage: seen })]))
}
const passing = { 'connection-pooling': 'pass', 'database-timeouts': 'pass', 'graceful-degradation': 'pass' }

describe('a server whose database goes away, comes back and hangs', { timeout: 90_000 }, () => {
  it('passes when it shares a connection, survives, comes back and gives up', async () => {
    expect(await statuses({})).toEqual(passing)
  })

  it.each([
    ['ends with its database', { onEnd: 'process.exit(1)' }, 'graceful-degradation'],
    ['opens a connection for each call', { take: 'open()', leave: 'socket.end()' }, 'connection-pooling'],
    [
      'has a pool without a limit',
      { take: 'idle.pop() ?? open()', leave: 'idle.push(socket)', onEnd: 'idle.length = 0' },
      'connection-pooling',
    ],
    ['waits for ever', { giveUp: '' }, 'database-timeouts'],
  ])('fails when it %s', async (_, given, id) => {
    expect(await statuses(given)).toEqual({ ...passing, [id]: 'fail' })
  })
})
