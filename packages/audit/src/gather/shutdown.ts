import { gatherer } from '../core/item.ts'
import { describeReply, type Reply } from '../target/connection.ts'
import type { Exit } from '../target/process.ts'
import { slowCallOf } from './slow-call.ts'
import { startAnew } from './anew.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

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
  exit: Exit | null
  /** Milliseconds from the signal to the end; null when it did not end within the grace time. */
  endedAfter: number | null
  /** The process the signal went to. */
  signalled: string
}

const calls = 8
export const shutdownGrace = 10_000

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** SIGTERM with calls in flight. The signal goes to the server itself, below launchers such as npx. */
export const shutdown = gatherer({
  id: 'shutdown',
  impact: 'call',
  from: 'server',
  borrows: 'last',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Shutdown> => {
    const { connection, process } = await startAnew(target, opening)
    const slow = slowCallOf(trials)
    const send = (): Promise<Reply> =>
      slow
        ? connection.request('tools/call', { name: slow.tool, arguments: slow.arguments }, { timeout: shutdownGrace })
        : connection.request('tools/list', undefined, { timeout: shutdownGrace })
    const pending = Array.from({ length: calls }, send)
    // Long enough to have arrived, short enough to be still at work where the call takes its time.
    await pause(slow && slow.ms > 200 ? 150 : 5)
    const signalled = process.server()?.command ?? 'the process'
    const at = performance.now()
    process.signal('SIGTERM', 'server')
    const late = pause(100).then(() =>
      process.exit ? null : connection.request('tools/list', undefined, { timeout: 2000 }),
    )
    const replies = await Promise.all(pending)
    await Promise.race([process.exited, pause(shutdownGrace)])
    const endedAfter = process.exit ? performance.now() - at : null
    const afterwards = await late
    const { exit } = process
    process.kill()
    const lost = replies.filter(({ kind }) => kind === 'lost')
    return {
      request: slow ? `tools/call ${slow.tool}` : 'tools/list',
      inFlight: calls,
      takes: slow?.ms ?? 0,
      answered: calls - lost.length,
      missing: lost[0] ? describeReply(lost[0]) : null,
      afterwards: afterwards ? describeReply(afterwards) : null,
      exit,
      endedAfter,
      signalled,
    }
  },
})
