import { gatherer, Undecided } from '../../core/item.ts'
import { joinClients } from '../../instruments/load/clients.ts'
import { variationsOf } from '../../instruments/variations.ts'
import { mismatches } from '../../instruments/schemas.ts'
import type { Connection, Json } from '../../target/connection.ts'
import { opening } from '../startup.ts'
import { outgoingCalls, type OutgoingCall } from './outgoing.ts'
import { openThrough, type Through } from './through.ts'

export interface PooledRequests {
  tool: string
  /** Calls one after the other: requests they made, and the connections these came over. */
  inTurn: { requests: number; connections: number }
  /**
   * Calls at one time, while nothing is answered: the most connections that were open, and how many of the
   * calls had ended before.
   */
  atOnce: { calls: number; connections: number; ended: number }
}

const turns = 10
const most = 150
const steadyMs = 700
const longestMs = 10_000
/** As many requests as one of our HTTP clients has in flight. */
const perClient = 60
const pollMs = 50

/** As many other arguments as one member allows; few where it is chosen from a list. */
const manyFrom = ({ tool, arguments: given }: OutgoingCall, count: number): Json[] => {
  const [one] = variationsOf(tool.inputSchema, given, 1)
  const member = Object.keys(one ?? {}).find(name => one?.[name] !== given[name])
  const good = member === undefined ? undefined : given[member]
  if (member === undefined || (typeof good !== 'string' && typeof good !== 'number')) return [given]
  const others = Array.from({ length: count }, (_, index) => ({
    ...given,
    [member]: typeof good === 'string' ? `${good} ${index}` : good + index,
  })).filter(each => mismatches(tool.inputSchema, each).length === 0)
  return others.length > 0 ? others : [given]
}

const inTurn = async (through: Through, one: OutgoingCall, pool: Json[]): Promise<PooledRequests['inTurn']> => {
  const before = through.proxy.requests().length
  for (let turn = 0; turn < turns; turn++) await through.call(one.tool, pool[turn % pool.length] ?? one.arguments)
  const asked = through.askedSince(before)
  return { requests: asked.length, connections: new Set(asked.map(({ connection }) => connection)).size }
}

/** Nothing is answered, so that the number of connections only grows until something limits it. */
const atOnce = async (
  through: Through,
  clients: Connection[],
  one: OutgoingCall,
  pool: Json[],
): Promise<PooledRequests['atOnce']> => {
  const calls = through.connection.transport === 'stdio' ? most : Math.min(most, clients.length * perClient)
  through.proxy.rule('*', { hang: 'before' })
  let done = 0
  for (let call = 0; call < calls; call++)
    void clients[call % clients.length]
      ?.request(
        'tools/call',
        { name: one.tool.name, arguments: pool[(call + turns) % pool.length] ?? one.arguments },
        { timeout: longestMs },
      )
      .then(() => done++)
  const seen = { connections: 0, ended: 0 }
  const started = performance.now()
  let isSeen = false
  for (let steadySince = started; performance.now() < steadySince + steadyMs;) {
    await new Promise(resolve => setTimeout(resolve, pollMs))
    const size = through.proxy.connections().filter(({ closedAt }) => closedAt === null).length
    if (size > seen.connections) {
      Object.assign(seen, { connections: size, ended: done })
      steadySince = performance.now()
    }
    if (size >= calls || performance.now() > started + longestMs) break
    // Whoever answers this has seen the calls before it.
    if (performance.now() >= steadySince + steadyMs && !isSeen) {
      await through.connection.request('tools/list', undefined, { timeout: longestMs })
      isSeen = true
      steadySince = performance.now()
    }
  }
  return { calls, ...seen }
}

/** How many connections to others a server opens for calls in turn, and for many calls at one time. */
export const pooledRequests = gatherer({
  id: 'pooled-requests',
  impact: 'call',
  from: 'server',
  deadline: 90_000,
  needs: { opening, outgoingCalls },
  gather: async (target, { opening, outgoingCalls: { going, nothing } }): Promise<PooledRequests> => {
    const [one] = going
    if (nothing !== null || !one) throw new Undecided(nothing ?? 'no tool goes out')
    const through = await openThrough(target, opening)
    const pool = manyFrom(one, most + turns)
    const { clients } = await joinClients(target, opening, through.connection, Math.ceil(most / perClient))
    const seen = { inTurn: await inTurn(through, one, pool), atOnce: await atOnce(through, clients, one, pool) }
    through.connection.process?.kill()
    await through.close()
    return { tool: one.tool.name, ...seen }
  },
})
