import { setMaxListeners } from 'node:events'
import type { Journal, Loan, Target } from '../core/target.ts'
import type { Connection, Era, Json, Reply, RequestOptions } from './connection.ts'
import { reached, type Running } from './handshake.ts'
import { isAlive } from './processes.ts'
import type { ServerProcess } from './process.ts'
import { run } from './run.ts'
import { connect } from './startup.ts'
import type { Startup } from './startup-failures.ts'

/** A running server that goes from one gatherer to the next; one at a time has it. */
interface Lent {
  running: Running & { process: ServerProcess }
  /** Over stdio the only one, in one era; over HTTP each borrower has its own. */
  connection: Connection
  /** Those who called more than lists. */
  callers: Set<Loan>
  /** One of them sent what no client should. */
  rough: boolean
  /** The quickest call that was answered well, asked again before the server is handed on. */
  proof: { params: Json; ms: number } | null
}

interface Pool {
  idle: Lent[]
  scope: AbortController
}

/** By the journal, which is one for each audit. */
const pools = new WeakMap<Journal, Pool>()

const poolOf = (target: Target): Pool => {
  const known = pools.get(target.journal)
  if (known && !known.scope.signal.aborted) return known
  const pool: Pool = { idle: [], scope: new AbortController() }
  // Every process of the pool listens to it.
  setMaxListeners(0, pool.scope.signal)
  pools.set(target.journal, pool)
  return pool
}

/** Ends the servers that nobody holds; those that are held end when they come back. */
export const endLending = async (target: Target): Promise<void> => {
  const pool = pools.get(target.journal)
  pool?.scope.abort()
  await Promise.all((pool?.idle.splice(0) ?? []).map(({ running }) => running.process.stop()))
}

/**
 * Lends on a server that was asked nothing but its handshake; it ends as one of the lent ones does.
 * @param end ends it.
 */
export const handOn = async (
  target: Target,
  running: Running,
  connection: Connection,
  end: () => void,
): Promise<void> => {
  const { process } = running
  if (!process) return
  const pool = poolOf(target)
  pool.scope.signal.addEventListener('abort', end, { once: true })
  if (running.transport === 'http') await connection.close()
  pool.idle.push({ running: { ...running, process }, connection, callers: new Set(), rough: false, proof: null })
}

const lists = /^(server\/discover|initialize|ping|.*\/list)$/
const limitWords = /\b(rate.?limit|too many (requests|calls)|throttl|quota)/i
const patienceMs = 1000

const textOf = (reply: Reply): string =>
  reply.kind === 'result' ? JSON.stringify(reply.result['content'] ?? '') : reply.kind === 'error' ? reply.message : ''

const isGood = (reply: Reply): boolean => reply.kind === 'result' && reply.result['isError'] !== true

const isLimited = (reply: Reply): boolean =>
  reply.http?.status === 429 || (!isGood(reply) && limitWords.test(textOf(reply).slice(0, 2000)))

/** How well it fits: the most used first, since whoever wants a fresh one needs the others; null where it does not. */
const fit = ({ running, connection, callers, rough }: Lent, loan: Loan, era: Era | undefined): number | null => {
  if (running.transport === 'stdio' && connection.era !== era) return null
  const others = [...callers].some(caller => caller !== loan)
  if (loan.as === 'new' || ((loan.own || loan.as === 'first') && others)) return null
  if (rough) return loan.as === 'rough' || loan.as === 'last' ? 2 : null
  return others ? 1 : 0
}

const takeFrom = (idle: Lent[], loan: Loan, era: Era | undefined): Lent | null => {
  const [best] = idle
    .flatMap(one => {
      const points = fit(one, loan, era)
      return points === null ? [] : [{ one, points }]
    })
    .toSorted((a, b) => b.points - a.points)
  if (!best) return null
  idle.splice(idle.indexOf(best.one), 1)
  return best.one
}

const lives = ({ running: { process } }: Lent): boolean => process.exit === null && isAlive(process.pid)

/** Whether it still answers what it answered well before. */
const stillServes = async ({ proof }: Lent, connection: Connection): Promise<boolean> => {
  if (!proof) return true
  const timeout = patienceMs + 10 * proof.ms
  return isGood(await connection.request('tools/call', proof.params, { timeout }))
}

const start = async (target: Target, startup: Startup, era: Era | undefined, pool: Pool): Promise<Lent | null> => {
  const limit = Math.max(10_000, startup.ms * 4)
  const running = await run({ ...target, signal: pool.scope.signal }, { startup: limit })
  const { process } = running
  if (!process) throw new Error('a launched server without a process')
  const connection = await connect(target, reached(running), startup, era, limit)
  if (!connection) {
    await process.stop()
    return null
  }
  return { running: { ...running, process }, connection, callers: new Set(), rough: false, proof: null }
}

/** An idle server for this loan, with a connection that nobody else holds. */
const fromIdle = async (
  target: Target,
  startup: Startup,
  loan: Loan,
  era: Era | undefined,
  pool: Pool,
): Promise<Lent | null> => {
  for (;;) {
    const one = takeFrom(pool.idle, loan, era)
    if (!one) return null
    if (!lives(one)) continue
    const { running } = one
    if (running.transport === 'http') {
      const again = { ...reached(running), startedAt: performance.now() }
      const connection = await connect(target, again, startup, era, patienceMs + 10 * startup.ms)
      if (connection) one.connection = connection
      else {
        await running.process.stop()
        continue
      }
    }
    if (await stillServes(one, one.connection)) return one
    await running.process.stop()
  }
}

const lend = (target: Target, loan: Loan, lent: Lent, pool: Pool): Connection => {
  const { running, connection, callers } = lent
  const { process } = running
  const shared = [...callers].some(caller => caller !== loan)
  loan.shared ||= shared
  let state: 'held' | 'broken' | 'returned' = 'held'
  let pending = 0
  connection.received.splice(0)
  connection.strayLines.splice(0)
  const note = (method: string, params: Json | undefined, reply: Reply, left: boolean): void => {
    if (!lists.test(method)) callers.add(loan)
    if (left && reply.kind === 'lost' && reply.because === 'timeout') return
    if (reply.kind === 'lost' || isLimited(reply)) {
      if (state === 'held') state = 'broken'
      if (shared) loan.spoil()
    } else if (method === 'tools/call' && loan.as !== 'rough' && params && isGood(reply)) {
      if (!lent.proof || reply.ms < lent.proof.ms) lent.proof = { params, ms: reply.ms }
    }
  }
  const giveBack = async (): Promise<void> => {
    if (state === 'returned') return
    const wasBroken = state === 'broken'
    state = 'returned'
    target.signal.removeEventListener('abort', end)
    lent.rough ||= loan.as === 'rough'
    const handsOn = loan.as !== 'last' && !wasBroken && pending === 0 && lives(lent) && !pool.scope.signal.aborted
    if (handsOn && running.transport === 'http') await connection.close()
    if (handsOn) return void pool.idle.push(lent)
    connection.abandon?.()
    void process.stop()
  }
  const end = (): void => {
    state = 'broken'
    void giveBack()
  }
  target.signal.addEventListener('abort', end, { once: true })
  return {
    ...connection,
    process,
    request: async (method, params, options?: RequestOptions) => {
      pending++
      const reply = await connection.request(method, params, options)
      pending--
      note(method, params, reply, options?.left === true)
      return reply
    },
    close: giveBack,
  }
}

/**
 * A connection to a running server, which `close` hands on; a new one where none fits. Null when it came to no handshake.
 * What the borrower sees is what it would see at a server of its own, or `loan.spoil` is called.
 */
export const borrow = async (
  target: Target,
  startup: Startup,
  loan: Loan,
  era: Era | undefined = startup.eras[0],
): Promise<Connection | null> => {
  const pool = poolOf(target)
  const lent = (await fromIdle(target, startup, loan, era, pool)) ?? (await start(target, startup, era, pool))
  if (!lent) return null
  const connection = lend(target, loan, lent, pool)
  if (target.signal.aborted) await lent.running.process.stop()
  return connection
}
