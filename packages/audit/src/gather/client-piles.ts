import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { pileUp, type Piles } from '../instruments/observer/piles.ts'
import { isOnThisMachine } from '../target/canaries.ts'
import type { Connection } from '../target/connection.ts'
import { exchange } from '../target/exchange.ts'
import { hangUp } from '../target/hang-up.ts'
import { reconnect } from '../target/startup.ts'
import type { Startup } from '../target/startup-failures.ts'
import { endpointOf, ownHeaders } from '../target/web.ts'
import { startAnew } from './anew.ts'
import { eras } from './startup.ts'

export interface ClientPiles extends Piles {
  /** The protocol revision the clients spoke. */
  revision: string
  /** Whether the server gave a client a session. */
  sessions: boolean
  /** How DELETE of a session was answered, and a request in that session after it; null when no session can be ended. */
  ended: { status: number; after: number; served: boolean } | null
}

const each = 8
const answerMs = 5000
const patienceMs = 12_000

const client = async (target: Target, startup: Startup, url: string): Promise<Connection> => {
  const connection = await reconnect(target, startup, url)
  if (!connection) throw new Undecided('a client came to no handshake')
  const method = 'tools' in connection.capabilities ? 'tools/list' : 'ping'
  await connection.request(method, {}, { timeout: answerMs })
  return connection
}

const sessionOf = (connection: Connection): Record<string, string> | null => {
  const headers = connection.headersOf?.('tools/list') ?? {}
  return headers['mcp-session-id'] === undefined ? null : headers
}

/** Ends a session and asks for something in it again; null when the server lets no client end one. */
const endSession = async (url: string, headers: Record<string, string>): Promise<ClientPiles['ended']> => {
  const gone = await exchange(url, { method: 'DELETE', headers, timeout: answerMs })
  if (gone.outcome !== 'answered' || gone.status >= 300) return null
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'after-the-end', method: 'tools/list' })
  const after = await exchange(url, { method: 'POST', headers, body, timeout: answerMs })
  if (after.outcome !== 'answered') return null
  return { status: gone.status, after: after.status, served: after.status < 300 && /"tools"\s*:/.test(after.text) }
}

/** Clients that leave as they should, and clients that vanish in the middle of a request or while they listen. */
export const clientPiles = gatherer({
  id: 'client-piles',
  impact: 'call',
  from: 'server',
  lasts: 3,
  deadline: 90_000,
  needs: { eras },
  gather: async (target, { eras: opening }): Promise<ClientPiles> => {
    if (target.server?.transport !== 'http') throw new Undecided('only over HTTP do clients come and go')
    if (!isOnThisMachine(target))
      throw new Undecided('what a server holds that the audit did not start on this machine cannot be seen')
    const { connection, process } = await startAnew(target, opening)
    const url = endpointOf(connection)
    // Sessions belong to the older revisions.
    const eras = opening.eras.toSorted()
    const startup = { ...opening, eras }
    let ended: ClientPiles['ended'] = null
    let revision = connection.revision
    let sessions = false
    const leave = async (): Promise<void> => {
      const orderly = await client(target, startup, url)
      revision = orderly.revision
      sessions ||= sessionOf(orderly) !== null
      const session = ended ? null : sessionOf(orderly)
      if (session) ended = await endSession(url, session)
      await orderly.close()
    }
    const vanish = async (index: number): Promise<void> => {
      const lost = await client(target, startup, url)
      const session = sessionOf(lost)
      const listens = index % 2 === 0 && session !== null
      await hangUp(url, {
        method: listens ? 'GET' : 'POST',
        headers: {
          ...ownHeaders(target),
          ...lost.headersOf?.('tools/list'),
          ...(listens ? { accept: 'text/event-stream' } : { 'content-length': '1000' }),
        },
        ...(listens ? {} : { begin: '{"jsonrpc":"2.0","id":"cut",' }),
      })
      lost.abandon?.()
    }
    const work = async (): Promise<void> => {
      for (let index = 0; index < each; index += 2) {
        await Promise.all([leave(), vanish(index)])
        await Promise.all([leave(), vanish(index + 1)])
      }
    }
    const piles = await pileUp(process, work, { each, patienceMs })
    await connection.close()
    if (piles instanceof Error) throw new Undecided(piles.message)
    return { ...piles, revision, sessions, ended }
  },
})
