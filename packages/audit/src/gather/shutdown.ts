import { gatherer } from '../core/item.ts'
import { describeReply, type Connection, type Reply } from '../target/connection.ts'
import type { Exit, ServerProcess } from '../target/process.ts'
import { linesOfCalls, logOfEnd, logWasRead, type ShutdownLog } from './shutdown-log.ts'
import { slowCallOf, type SlowCall } from './slow-call.ts'
import { startAnew } from './anew.ts'
import { opening } from './startup.ts'
import { succeeded, trials, type Trials } from './trials.ts'

/** Calls that were sent one after the other while it was shutting down. */
export interface LateCalls {
  tool: string
  sent: number
  /** How many of them were answered as if nothing were, and milliseconds from the signal to the last of these. */
  served: number
  servedUntilMs: number
  /** How the first was met that was not served; null when all were. */
  refused: string | null
}

/** Why what was sent while it was shutting down tells nothing. */
export interface LateUnseen {
  unseen: string
}

export interface Shutdown {
  /** The request that was in flight, and how often. */
  request: string
  inFlight: number
  /** Milliseconds one of them takes. */
  takes: number
  answered: number
  /** What came in place of the first missing answer. */
  missing: string | null
  /** How a request was met that was sent after the signal; null when it was not possible to send one. */
  afterwards: string | null
  /** Null where no call takes so long that others could come meanwhile. */
  late: LateCalls | LateUnseen | null
  /** Null where its log does not tell of each call. */
  log: ShutdownLog | null
  exit: Exit | null
  /** Milliseconds from the signal to the end; null when it did not end within the grace time. */
  endedAfter: number | null
  /** The process the signal went to. */
  signalled: string
}

const calls = 8
/** Calls that take longer are still at work when the signal comes. */
export const takesMs = 200
export const shutdownGrace = 10_000

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const lateEveryMs = 150
const quickMs = 1000
const logMs = 300

/** A call that nobody answered for so long was not read; one that waited less may have come just before the end. */
const silentMs = 400
/** Calls in flight that take so long leave time for others, unless the machine is busy. */
const roomyMs = 600

/** Calls of a quick tool until `over`, and how they were met. */
const callLate = async (
  { process, ...connection }: Connection,
  { good }: Trials,
  slow: SlowCall,
  { since, over }: { since: number; over: () => boolean },
): Promise<Shutdown['late']> => {
  const quick = good.toSorted((a, b) => a.reply.ms - b.reply.ms)[0]
  if (!quick || quick.tool.name === slow.tool) return null
  if (quick.reply.ms > slow.ms / 2)
    return { unseen: `no call is over much sooner than the ${Math.round(slow.ms)} ms of those in flight` }
  const seen: LateCalls = { tool: quick.tool.name, sent: 0, served: 0, servedUntilMs: 0, refused: null }
  for (await pause(lateEveryMs); !over() && seen.refused === null; await pause(lateEveryMs)) {
    const params = { name: quick.tool.name, arguments: quick.arguments }
    const reply = await connection.request('tools/call', params, { timeout: 2000, impatient: true })
    if (reply.http?.status === 429 || (reply.kind === 'lost' && reply.because === 'timeout'))
      return { unseen: `a call of ${quick.tool.name} met ${describeReply(reply)}` }
    if (reply.kind === 'lost' && reply.because === 'closed' && reply.ms < Math.max(silentMs, 5 * quick.reply.ms)) {
      await pause(lateEveryMs)
      // It was at its end, and refused nothing.
      if (over() || process?.exit) break
    }
    seen.sent++
    if (!succeeded(reply)) seen.refused = describeReply(reply)
    else {
      seen.served++
      seen.servedUntilMs = performance.now() - since
    }
  }
  if (seen.sent > 0) return seen
  return slow.ms < roomyMs ? null : { unseen: 'the calls in flight were over before another was met' }
}

/** What each of two calls leaves in the log; none where the call is not quick. */
const shapesOfCalls = async (
  connection: Connection,
  process: ServerProcess,
  { good }: Trials,
  slow: SlowCall,
): Promise<string[]> => {
  const trial = good.find(({ tool }) => tool.name === slow.tool)
  if (!trial || trial.reply.ms > quickMs) return []
  const before = process.log.lines.length
  for (const _ of [1, 2])
    await connection.request('tools/call', { name: slow.tool, arguments: trial.arguments }, { timeout: 5000 })
  for (const until = performance.now() + logMs; performance.now() < until; await pause(20)) {
    const shapes = linesOfCalls(process.log.lines.slice(before), 2)
    if (shapes.length > 0) break
  }
  return linesOfCalls(process.log.lines.slice(before), 2)
}

/** SIGTERM with calls in flight. The signal goes to the server itself, below launchers such as npx. */
export const shutdown = gatherer({
  id: 'shutdown',
  impact: 'call',
  from: 'server',
  borrows: 'last',
  lasts: 3,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Shutdown> => {
    const { connection, process } = await startAnew(target, opening)
    const slow = slowCallOf(trials)
    const send = (): Promise<Reply> =>
      slow
        ? connection.request('tools/call', { name: slow.tool, arguments: slow.arguments }, { timeout: shutdownGrace })
        : connection.request('tools/list', undefined, { timeout: shutdownGrace })
    const drains = slow !== null && slow.ms > takesMs
    const shapes = drains ? await shapesOfCalls(connection, process, trials, slow) : []
    const logged = process.log.lines.length
    const pending = Array.from({ length: calls }, send)
    // Long enough to have arrived, short enough to be still at work where the call takes its time.
    await pause(drains ? 150 : 5)
    const signalled = process.server()?.command ?? 'the process'
    const at = performance.now()
    process.signal('SIGTERM', 'server')
    const late = pause(100).then(() =>
      process.exit ? null : connection.request('tools/list', undefined, { timeout: 2000 }),
    )
    const answering = Promise.all(pending)
    let over = false
    void Promise.race([answering, process.exited]).then(() => (over = true))
    const calling = drains ? callLate(connection, trials, slow, { since: at, over: () => over }) : null
    const replies = await answering
    const lateCalls = await calling
    await Promise.race([process.exited, pause(shutdownGrace)])
    const endedAfter = process.exit ? performance.now() - at : null
    const afterwards = await late
    const { exit, log } = process
    const whole = exit !== null && shapes.length > 0 && (await logWasRead(process)) && log.dropped === 0
    process.kill()
    const lost = replies.filter(({ kind }) => kind === 'lost')
    return {
      request: slow ? `tools/call ${slow.tool}` : 'tools/list',
      inFlight: calls,
      takes: slow?.ms ?? 0,
      answered: calls - lost.length,
      missing: lost[0] ? describeReply(lost[0]) : null,
      late: lateCalls,
      log: whole
        ? logOfEnd(log.lines.slice(logged), shapes, {
            calls: replies.filter(succeeded).length,
            signalledMs: at - process.startedAt,
          })
        : null,
      afterwards: afterwards ? describeReply(afterwards) : null,
      exit,
      endedAfter,
      signalled,
    }
  },
})
