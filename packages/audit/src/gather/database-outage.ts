import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { gatherer, Undecided } from '../core/item.ts'
import { withToken } from '../instruments/kept-data.ts'
import { listenToPostgres, type Statement } from '../instruments/postgres-statements.ts'
import { trivialCall } from '../instruments/load/reaction.ts'
import { databaseEnv, openRelay, type Relay } from '../instruments/relay.ts'
import { describeReply, type Connection, type Reply } from '../target/connection.ts'
import { connectAnew } from './anew.ts'
import { opening } from './startup.ts'
import { succeeded } from './trials.ts'

export interface DatabaseOutage {
  tool: string
  /** Calls one after the other, how many succeeded, and the connections that were opened for them. */
  inTurn: { calls: number; good: number; opened: number }
  /**
   * The statements of each of these calls, in order, and what was asked `idle`, without a call, for as long as one takes;
   * null when what was sent could not be read.
   */
  asked: { statements: Statement[][]; idle: Statement[] } | null
  /**
   * Calls at one time while the database answers nothing, so that each takes a connection unless something limits them: how
   * many succeeded when it answered again, the most connections that were open, and all that were opened for them.
   */
  atOnce: { calls: number; good: number; most: number; opened: number }
  /** A call while the database was away. */
  away: { succeeded: boolean; answered: boolean; saw: string; serves: boolean; ended: string | null }
  /** Milliseconds until a call succeeded again; null when none did in time. */
  backAfterMs: number | null
  waitedMs: number
  /** A call while the database took everything and answered nothing. */
  hanging: { succeeded: boolean; answered: boolean; ms: number; saw: string } | null
}

const turns = 10
const mostIdleMs = 2000
const calls = 200
const answerMs = 20_000
const readMs = 10_000
const steadyMs = 600
const pollMs = 50
const backMs = 20_000
const beatMs = 500
const hangMs = 60_000

/**
 * Calls at one time, held until the server has read them all and opens no more connections. Where they do not survive that,
 * as many are sent once more without being held: whether they ask the database at all has to show.
 */
const crowd = async (
  relay: Relay,
  connection: Connection,
  ask: () => Promise<Reply>,
): Promise<DatabaseOutage['atOnce']> => {
  const all = (): Promise<Reply>[] => Array.from({ length: calls }, () => ask())
  const goodAmong = async (replies: Promise<Reply>[]): Promise<number> =>
    (await Promise.all(replies)).filter(succeeded).length
  relay.recount()
  const before = relay.seen().all
  await relay.behave('hang')
  const held = all()
  const { method, params } = trivialCall(connection)
  // Whoever answers this has read the calls before it.
  await connection.request(method, params, { timeout: readMs })
  const started = performance.now()
  for (
    let [steadySince, last] = [started, -1];
    performance.now() < Math.min(steadySince + steadyMs, started + readMs);
  ) {
    await setTimeout(pollMs)
    if (relay.seen().all === last) continue
    last = relay.seen().all
    steadySince = performance.now()
  }
  await relay.behave('pass')
  const good = await goodAmong(held)
  // A slow server may have gone on opening them.
  const { most, all: now } = relay.seen()
  return { calls, most, opened: now - before, good: good < calls / 2 ? await goodAmong(all()) : good }
}

/** What decides this in airworthy.json. */
export const declareDatabase =
  'tell where its database is as "database": { "at": "127.0.0.1:5432", "env": …, "call": … } in airworthy.json'

/** A database behind a relay: how many connections a server opens to it, and what it does while it is away or hangs. */
export const databaseOutage = gatherer({
  id: 'database-outage',
  impact: 'call',
  from: 'server',
  lasts: 6,
  deadline: 180_000,
  needs: { opening },
  gather: async (target, { opening }): Promise<DatabaseOutage> => {
    const declared = target.settings.database
    if (!declared) throw new Undecided(declareDatabase)
    const statements = listenToPostgres()
    const relay = await openRelay(target, declared.at, statements)
    if (!relay) throw new Undecided(`nothing listens at ${declared.at}, where its database was declared to be`)
    const env = databaseEnv(declared, relay.address)
    let connection = await connectAnew(target, opening, { env })
    const ask = (timeout = answerMs): Promise<Reply> =>
      connection.request('tools/call', withToken(declared.call, randomBytes(6).toString('hex')), { timeout })
    const serves = async (): Promise<boolean> => {
      const { method, params } = trivialCall(connection)
      return (await connection.request(method, params, { timeout: answerMs })).kind !== 'lost'
    }
    const first = await ask()
    if (!succeeded(first)) throw new Undecided(`the declared call failed: ${describeReply(first)}`)
    if (relay.seen().all === 0) throw new Undecided('the server did not ask its database through the relay')
    const before = relay.seen().all
    let good = 0
    const began = performance.now()
    const ends = [statements.sent()?.length ?? 0]
    for (let turn = 0; turn < turns; turn++) {
      if (succeeded(await ask())) good++
      ends.push(statements.sent()?.length ?? 0)
    }
    await setTimeout(Math.min((performance.now() - began) / turns, mostIdleMs))
    const sent = statements.sent()
    const asked = sent && {
      statements: ends.slice(1).map((end, turn) => sent.slice(ends[turn], end)),
      idle: sent.slice(ends.at(-1)),
    }
    const opened = relay.seen().all - before
    const atOnce = await crowd(relay, connection, ask)

    await relay.behave('cut')
    const lost = await ask()
    const exit = connection.process?.exit
    const away: DatabaseOutage['away'] = {
      succeeded: succeeded(lost),
      answered: lost.kind !== 'lost' || lost.http !== undefined,
      saw: describeReply(lost),
      serves: await serves(),
      ended: exit ? (exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`) : null,
    }
    await relay.behave('pass')
    const since = performance.now()
    let backAfterMs: number | null = null
    while (backAfterMs === null && performance.now() - since < backMs && !connection.process?.exit) {
      if (succeeded(await ask())) backAfterMs = performance.now() - since
      else await setTimeout(beatMs)
    }
    const waitedMs = performance.now() - since

    if (backAfterMs === null) {
      connection.process?.kill()
      connection = await connectAnew(target, opening, { env })
    }
    let hanging: DatabaseOutage['hanging'] = null
    if (succeeded(await ask())) {
      await relay.behave('hang')
      const hung = await ask(target.settings.budgets?.outboundMs ?? hangMs)
      const answered = hung.kind !== 'lost' || hung.http !== undefined
      hanging = { succeeded: succeeded(hung), answered, ms: hung.ms, saw: describeReply(hung) }
    }
    connection.process?.kill()
    await connection.close()
    await relay.close()
    return {
      tool: declared.call.tool,
      inTurn: { calls: turns, good, opened },
      asked,
      atOnce,
      away,
      backAfterMs,
      waitedMs,
      hanging,
    }
  },
})
