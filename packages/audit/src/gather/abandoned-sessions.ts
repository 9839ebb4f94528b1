import { setTimeout } from 'node:timers/promises'
import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { forceCollection } from '../instruments/collector.ts'
import { totalsNow } from '../instruments/observer/observe.ts'
import { exchange } from '../target/exchange.ts'
import type { ServerProcess } from '../target/process.ts'
import { reconnect } from '../target/startup.ts'
import type { Startup } from '../target/startup-failures.ts'
import { endpointOf } from '../target/web.ts'
import { startAnew } from './anew.ts'
import { clientPiles } from './client-piles.ts'
import { eras } from './startup.ts'

export interface AbandonedSessions {
  /** Why there is nothing to abandon; null when there is. */
  none: string | null
  /** Null where the settings do not tell when a session ends. */
  found: {
    idleMs: number
    /** Sessions in each round. */
    each: number
    /** Milliseconds after which one of them was gone; null when each that was asked was still served. */
    goneAfterMs: number | null
    /** How the last request in an abandoned session was answered. */
    answer: string
    waitedMs: number
    /** Bytes of resident memory that each session of the first round took. */
    perSession: number | null
    /** Bytes of resident memory after each round, its sessions gone; empty when it cannot be known. */
    after: number[]
  } | null
}

const each = 20
const rounds = 3
const moreRounds = 2
const longestIdleMs = 20_000
/** Beyond the declared time: a server may look for what is over only now and then. */
const slackMs = 5000
const beatMs = 200
const settleMs = 700
const answerMs = 5000
/** Of a session that nothing was kept of, more than the memory of a process wanders by. */
export const keptBytes = 256 * 1024

const abandon = async (target: Target, startup: Startup, url: string): Promise<Record<string, string>> => {
  const client = await reconnect(target, startup, url)
  if (!client) throw new Undecided('a client came to no handshake')
  const headers = client.headersOf?.('tools/list') ?? {}
  client.abandon?.()
  return headers
}

const askIn = async (url: string, headers: Record<string, string>): Promise<{ served: boolean; answer: string }> => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'after-a-while', method: 'tools/list' })
  const reply = await exchange(url, { method: 'POST', headers, body, timeout: answerMs })
  if (reply.outcome === 'failed') throw new Undecided(`a request in an old session met ${reply.message}`)
  if (reply.status === 429) throw new Undecided('its rate limit refused what was asked in an old session')
  if (reply.status >= 500 || reply.status === 401 || reply.status === 403)
    throw new Undecided(`a request in an old session met HTTP ${reply.status}, which does not say that it is gone`)
  const served = reply.status < 300 && /"result"\s*:/.test(reply.text)
  return { served, answer: `HTTP ${reply.status}${served ? ', served as before' : ''}` }
}

const settled = async (process: ServerProcess): Promise<number | null> => {
  await setTimeout(settleMs)
  return (await totalsNow(process)).rss
}

export const growsEachRound = (after: readonly number[]): boolean =>
  after.length > 2 && after.every((bytes, at) => at === 0 || bytes - (after[at - 1] ?? 0) > each * keptBytes)

/** Sessions whose clients have gone without a word: whether they end, and what is left of them in memory. */
export const abandonedSessions = gatherer({
  id: 'abandoned-sessions',
  impact: 'call',
  from: 'server',
  lasts: 5,
  deadline: 120_000,
  needs: { eras, clientPiles },
  gather: async (target, { eras: opening, clientPiles }): Promise<AbandonedSessions> => {
    const nothing = (none: string): AbandonedSessions => ({ none, found: null })
    if (!opening.eras.includes('legacy')) return nothing('it speaks no revision that has sessions')
    const declared = target.settings.sessions
    if (!declared) return clientPiles.sessions ? { none: null, found: null } : nothing('it gives no client a session')
    const { idleMs, env = {} } = declared
    if (idleMs > longestIdleMs)
      throw new Undecided(`sessions.idleMs is longer than an audit waits: at most ${longestIdleMs / 1000} s`)
    const collector = forceCollection(target)
    const { connection, process } = await startAnew(target, opening, { env: { ...env, ...collector.env } })
    const url = endpointOf(connection)
    const startup: Startup = { ...opening, eras: ['legacy'] }
    let goneAfterMs: number | null = null
    let answer = ''
    let waitedMs = 0
    let perSession: number | null = null
    const after: (number | null)[] = []

    const round = async (): Promise<boolean> => {
      const before = after.length === 0 ? await settled(process) : null
      const sessions: Record<string, string>[] = []
      for (let count = 0; count < each; count++) sessions.push(await abandon(target, startup, url))
      if (sessions.some(headers => headers['mcp-session-id'] === undefined)) return false
      const left = performance.now()
      const held = (await totalsNow(process)).rss
      if (before !== null && held !== null) perSession = (held - before) / each
      // Asking keeps a session alive: each is asked once.
      await setTimeout(idleMs)
      let gone = false
      for (const headers of sessions) {
        const asked = await askIn(url, headers)
        waitedMs = performance.now() - left
        answer = asked.answer
        gone = !asked.served
        if (gone || waitedMs > idleMs + slackMs) break
        await setTimeout(Math.max(beatMs, slackMs / each))
      }
      if (gone) goneAfterMs ??= waitedMs
      after.push(await settled(process))
      return gone
    }
    let done = 0
    while (done < rounds && (await round())) done++
    const known = (): number[] => after.filter(bytes => bytes !== null)
    const isWhole = done === rounds
    if (isWhole) for (let more = 0; more < moreRounds && growsEachRound(known()); more++) await round()
    const server = process.server()
    const isPython = /(^|\/)(python|pypy)[\d.]*( |$)/.test(server?.command ?? '')
    const collected = server !== undefined && collector.collections(server.pid) > 0
    await connection.close()
    if (answer === '') return nothing('it gives no client a session')
    const tells = (isPython || collected) && isWhole
    return {
      none: null,
      found: { idleMs, each, goneAfterMs, answer, waitedMs, perSession, after: tells ? known() : [] },
    }
  },
})
