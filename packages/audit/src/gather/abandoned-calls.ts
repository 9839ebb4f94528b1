import { gatherer, Undecided } from '../core/item.ts'
import { describeReply, type Connection, type Json, type Reply } from '../target/connection.ts'
import type { Exit } from '../target/process.ts'
import { connectForLoad } from './anew.ts'
import { losesByItself } from './by-itself.ts'
import { slowCallOf } from './slow-call.ts'
import { opening } from './startup.ts'
import { succeeded, trials, type Trials } from './trials.ts'

export interface AbandonedCalls {
  tool: string
  /** Milliseconds that one of its calls takes. */
  takes: number
  /** Calls that were cancelled while they ran: by a notification, or over HTTP by closing the connection. */
  cancelled: { sent: number; silent: number; refused: number; answered: number }
  /** Calls whose client stopped waiting and said nothing; over HTTP it hung up. */
  left: number
  /** Good calls sent while these ran and after they were over. */
  after: { tool: string; asked: number; good: number; instead: string | null }
  exit: Exit | null
}

/** A call that ends sooner may be over before the cancellation comes. */
export const longEnough = 100
const each = 3
const whileRunning = 4
const afterwards = 4
const arrivalMs = 40
const answerMs = 8000

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const cancel = async (connection: Connection, params: Json, takes: number, index: number): Promise<Reply> => {
  const id = `abandoned-${index}`
  const hangsUp = connection.transport === 'http' && connection.era === 'modern'
  if (hangsUp) return connection.request('tools/call', params, { id, timeout: arrivalMs, left: true })
  const reply = connection.request('tools/call', params, { id, timeout: takes + 1000, left: true })
  await pause(arrivalMs)
  await connection.notify('notifications/cancelled', { requestId: id, reason: 'the user changed their mind' })
  return reply
}

const quickest = ({ good }: Trials) => good.toSorted((a, b) => a.reply.ms - b.reply.ms)[0]

/** Calls that are cancelled or left while they run, and whether the server goes on serving; null without a good call. */
export const abandonedCalls = gatherer({
  id: 'abandoned-calls',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  lasts: 2,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<AbandonedCalls | null> => {
    const [slow, quick] = [slowCallOf(trials), quickest(trials)]
    if (!slow || !quick) return null
    const connection = await connectForLoad(target, opening)
    const params = { name: slow.tool, arguments: slow.arguments }
    const ask = (count: number): Promise<Reply[]> =>
      Promise.all(
        Array.from({ length: count }, () =>
          connection.request(
            'tools/call',
            { name: quick.tool.name, arguments: quick.arguments },
            { timeout: answerMs },
          ),
        ),
      )
    const cancelling = Array.from({ length: each }, (_, index) => cancel(connection, params, slow.ms, index))
    const leaving = Array.from({ length: each }, () =>
      connection.request('tools/call', params, { timeout: arrivalMs, impatient: true, left: true }),
    )
    await pause(2 * arrivalMs)
    const during = await ask(whileRunning)
    const cancelled = await Promise.all(cancelling)
    await Promise.all(leaving)
    const replies = [...during, ...(await ask(afterwards))]
    // A process that fails over what nobody waits for ends a moment later.
    await pause(100)
    const exit = connection.process?.exit ?? null
    await connection.close()
    const bad = replies.filter(reply => !succeeded(reply))
    if (exit || bad.some(({ kind }) => kind === 'lost')) {
      const alone = await losesByItself(target, opening, trials, 2 * each + replies.length)
      if (alone) throw new Undecided(alone)
    }
    return {
      tool: slow.tool,
      takes: slow.ms,
      cancelled: {
        sent: each,
        silent: cancelled.filter(({ kind }) => kind === 'lost').length,
        refused: cancelled.filter(reply => reply.kind !== 'lost' && !succeeded(reply)).length,
        answered: cancelled.filter(succeeded).length,
      },
      left: each,
      after: {
        tool: quick.tool.name,
        asked: replies.length,
        good: replies.length - bad.length,
        instead: bad[0] ? describeReply(bad[0]) : null,
      },
      exit,
    }
  },
})
