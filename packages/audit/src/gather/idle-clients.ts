import { setTimeout } from 'node:timers/promises'
import { gatherer, Undecided } from '../core/item.ts'
import { forceCollection } from '../instruments/collector.ts'
import { idleConnections } from '../instruments/load/idle.ts'
import { totalsNow } from '../instruments/observer/observe.ts'
import { describeReply, type Connection } from '../target/connection.ts'
import { reconnect } from '../target/startup.ts'
import { endpointOf } from '../target/web.ts'
import { startAnew } from './anew.ts'
import { eras } from './startup.ts'

export interface Newcomer {
  served: boolean
  saw: string
  ms: number
}

export interface IdleClients {
  wanted: number
  /** Connections that were open at one time, and those of them that were left when the new client had been served. */
  opened: number
  open: number
  /** Clients among them that had come to a handshake, and bytes of resident memory for each; null when unknown. */
  sessions: number
  perSession: number | null
  /** A new client before they came, beside them, and when they had gone. */
  before: Newcomer
  among: Newcomer
  after: Newcomer
  ended: string | null
}

const wanted = 500
/** Few enough for the limits of rate of most servers. */
const mostSessions = 40
const sessionsMs = 8000
const settleMs = 800
const answerMs = 10_000

/** Many clients that are connected and ask nothing, and a new one beside them. */
export const idleClients = gatherer({
  id: 'idle-clients',
  impact: 'stress',
  from: 'server',
  does: `opens ${wanted} connections to it and leaves them idle for about 5 s`,
  lasts: 6,
  deadline: 120_000,
  needs: { eras },
  gather: async (target, { eras: opening }): Promise<IdleClients> => {
    if (target.server?.transport !== 'http') throw new Undecided('only over HTTP do clients connect')
    const collector = forceCollection(target)
    const { connection, process } = await startAnew(target, opening, { env: collector.env })
    const url = endpointOf(connection)
    // Sessions belong to the older revisions.
    const startup = { ...opening, eras: opening.eras.toSorted() }
    const come = async (): Promise<Newcomer> => {
      const started = performance.now()
      const client = await reconnect(target, startup, url)
      if (!client) return { served: false, saw: 'no handshake within 10 s', ms: performance.now() - started }
      const method = 'tools' in client.capabilities ? 'tools/list' : 'ping'
      const reply = await client.request(method, {}, { timeout: answerMs })
      const ms = performance.now() - started
      client.abandon?.()
      return { served: reply.kind !== 'lost', saw: describeReply(reply), ms }
    }
    const memory = async (): Promise<number | null> => {
      await setTimeout(settleMs)
      return (await totalsNow(process)).rss
    }
    const before = await come()
    const atFirst = await memory()
    const clients: Connection[] = []
    for (const until = performance.now() + sessionsMs; clients.length < mostSessions && performance.now() < until;) {
      const client = await reconnect(target, startup, url)
      if (!client) break
      clients.push(client)
    }
    const held = await memory()
    const idle = await idleConnections(new URL(url), wanted - clients.length, target.signal)
    if (/^E[MN]FILE$/.test(idle.because ?? '')) throw new Undecided('the audit may not open so many connections')
    const opened = idle.opened + clients.length
    let among = await come()
    // The first of them may have come while it still took the others in.
    if (!among.served) among = await come()
    const open = idle.open() + clients.length
    idle.close()
    for (const client of clients) client.abandon?.()
    await setTimeout(settleMs)
    const { exit } = process
    const after = exit ? before : await come()
    await connection.close()
    return {
      wanted,
      opened,
      open,
      sessions: clients.length,
      perSession: atFirst === null || held === null || clients.length === 0 ? null : (held - atFirst) / clients.length,
      before,
      among,
      after,
      ended: exit ? (exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`) : null,
    }
  },
})
