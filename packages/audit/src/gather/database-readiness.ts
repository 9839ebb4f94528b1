import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { gatherer, Undecided } from '../core/item.ts'
import { withToken } from '../instruments/kept-data.ts'
import { databaseEnv, openRelay } from '../instruments/relay.ts'
import { describeReply, type Reply } from '../target/connection.ts'
import { exchange, type Exchanged } from '../target/exchange.ts'
import { atPath, endpointOf, statusOf } from '../target/web.ts'
import { connectAnew } from './anew.ts'
import { readyPaths } from './health.ts'
import { isReady } from './http/first-readiness.ts'
import { opening } from './startup.ts'
import { succeeded } from './trials.ts'

export interface DatabaseReadiness {
  /** Where readiness is told, 200 while all is well; null when nowhere. */
  path: string | null
  /** What it told while the database was away, at last. */
  away: string
  /** Milliseconds until it was not ready any more; null when it stayed so to the end of the wait. */
  unreadyAfterMs: number | null
  /** A call after that, still without the database. */
  call: string
  /** Whether that call failed: else the server does not need its database. */
  failed: boolean
  /** Milliseconds until it was ready again, once the database was back; null when it was not in time. */
  backAfterMs: number | null
}

/** Longer than the usual 10 s between two looks at a dependency. */
export const awayMs = 15_000
const backMs = 20_000
const pollMs = 100
const answerMs = 20_000

/** What readiness says while a database behind a relay is away, and when it is back; null without one that it needs. */
export const databaseReadiness = gatherer({
  id: 'database-readiness',
  impact: 'call',
  from: 'server',
  lasts: 2,
  needs: { opening },
  gather: async (target, { opening }): Promise<DatabaseReadiness | null> => {
    const declared = target.settings.database
    if (!declared || declared.needed === false) return null
    const relay = await openRelay(target, declared.at)
    if (!relay) throw new Undecided(`nothing listens at ${declared.at}, where its database was declared to be`)
    const connection = await connectAnew(target, opening, { env: databaseEnv(declared, relay.address) })
    const url = endpointOf(connection)
    const ask = (): Promise<Reply> =>
      connection.request('tools/call', withToken(declared.call, randomBytes(6).toString('hex')), { timeout: answerMs })
    const look = (path: string): Promise<Exchanged> => exchange(atPath(url, path), { method: 'GET', timeout: 5000 })
    /** Until readiness is what is waited for; the last answer, and when it came. */
    const until = async (
      path: string,
      ready: boolean,
      ms: number,
    ): Promise<{ saw: string; afterMs: number | null }> => {
      const started = performance.now()
      for (;;) {
        const answer = await look(path)
        const passed = performance.now() - started
        if (isReady(answer) === ready) return { saw: statusOf(answer), afterMs: passed }
        if (passed > ms || target.signal.aborted) return { saw: statusOf(answer), afterMs: null }
        await setTimeout(pollMs)
      }
    }
    const first = await ask()
    if (!succeeded(first)) throw new Undecided(`the declared call failed: ${describeReply(first)}`)
    if (relay.seen().all === 0) throw new Undecided('the server did not ask its database through the relay')
    let found: string | null = null
    for (const path of target.settings.paths?.ready ? [target.settings.paths.ready] : readyPaths)
      if (found === null && isReady(await look(path))) found = path

    let [away, back] = [
      { saw: '', afterMs: null as number | null },
      { saw: '', afterMs: null as number | null },
    ]
    let lost = first
    if (found !== null) {
      await relay.behave('cut')
      away = await until(found, false, awayMs)
      lost = await ask()
      await relay.behave('pass')
      if (away.afterMs !== null) back = await until(found, true, backMs)
    }
    connection.process?.kill()
    await connection.close()
    await relay.close()
    return {
      path: found,
      away: away.saw,
      unreadyAfterMs: away.afterMs,
      call: `${declared.call.tool}: ${describeReply(lost)}`,
      failed: !succeeded(lost),
      backAfterMs: back.afterMs,
    }
  },
})
