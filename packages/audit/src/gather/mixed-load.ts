import { gatherer, Undecided } from '../core/item.ts'
import { variationsOf } from '../instruments/variations.ts'
import { describeReply, type Connection, type Json, type Reply } from '../target/connection.ts'
import { connectAnew } from './anew.ts'
import { losesByItself } from './by-itself.ts'
import { opening } from './startup.ts'
import { trials, type Trials } from './trials.ts'

export interface MixedLoad {
  tools: string[]
  sent: number
  cancelled: number
  atOnce: number
  /** Milliseconds after which a call counts as unanswered. */
  limit: number
  ms: number
  /** Calls that were not cancelled and got no answer, by tool. */
  unanswered: Record<string, number>
  /** Tools that did not answer a single call after the load either, with what came instead. */
  stuck: { tool: string; saw: string }[]
  ended: string | null
}

const maxCalls = 200
const atOnce = 24
const budgetMs = 2000
const cancelEvery = 8
const variants = 3
const patienceMs = 6000
/** More calls without an answer say no more. */
const mostLost = 8

type Planned = { tool: string; arguments: Json; expectedMs: number }

/** How many calls of one tool go out together: a pool that waits for itself needs several of a kind at once. */
const togetherOf = (ms: number): number => Math.min(12, Math.max(6, Math.floor(budgetMs / 2 / ms)))

/** Each tool by itself, then all in turn for as long as a server that answers one after the other needs for the budget. */
const planFor = ({ good }: Trials): Planned[] => {
  const pool = good.map(({ tool, arguments: sample, reply }) =>
    [sample, ...variationsOf(tool.inputSchema, sample, variants)].map(given => ({
      tool: tool.name,
      arguments: given,
      expectedMs: Math.max(1, reply.ms),
    })),
  )
  const turn = (calls: Planned[], round: number): Planned[] => calls.slice(round % calls.length).slice(0, 1)
  const plan = pool.flatMap(calls => {
    const together = togetherOf(calls[0]?.expectedMs ?? 1)
    return Array.from({ length: together }, (_, round) => turn(calls, round)).flat()
  })
  let expected = 0
  for (let round = 0; plan.length < maxCalls && expected < budgetMs && pool.length > 0; round++) {
    const next = pool.flatMap(calls => turn(calls, round)).slice(0, maxCalls - plan.length)
    plan.push(...next)
    expected += next.reduce((sum, { expectedMs }) => sum + expectedMs, 0)
  }
  return plan
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const send = async (connection: Connection, { tool, arguments: given }: Planned, limit: number): Promise<Reply> =>
  connection.request('tools/call', { name: tool, arguments: given }, { timeout: limit })

/** Cancels as its transport and era do; whether an answer still comes is the server's choice. */
const sendAndCancel = async (connection: Connection, planned: Planned, index: number): Promise<void> => {
  if (connection.transport === 'http') return void (await send(connection, planned, 5))
  const id = `mixed-${index}`
  const params = { name: planned.tool, arguments: planned.arguments }
  const reply = connection.request('tools/call', params, { id, timeout: 100 })
  await pause(1)
  await connection.notify('notifications/cancelled', { requestId: id })
  await reply
}

/** All tools that gave a good answer, called in parallel, some of the calls cancelled; null without a good call. */
export const mixedLoad = gatherer({
  id: 'mixed-load',
  impact: 'call',
  from: 'server',
  lasts: 2,
  deadline: 90_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<MixedLoad | null> => {
    const plan = planFor(trials)
    if (plan.length === 0) return null
    const connection = await connectAnew(target, opening)
    const limit = patienceMs + 4 * plan.reduce((sum, { expectedMs }) => sum + expectedMs, 0)
    const started = performance.now()
    const unanswered: Record<string, number> = {}
    let [next, cancelled, lost] = [0, 0, 0]
    const work = async (): Promise<void> => {
      while (next < plan.length && lost < mostLost && !connection.process?.exit) {
        const index = next++
        const planned = plan[index]
        if (!planned) return
        if (index % cancelEvery === cancelEvery - 1) {
          cancelled++
          await sendAndCancel(connection, planned, index)
          continue
        }
        const reply = await send(connection, planned, limit)
        if (reply.kind !== 'lost') continue
        lost++
        unanswered[planned.tool] = (unanswered[planned.tool] ?? 0) + 1
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    const ms = performance.now() - started
    const stuck = await Promise.all(
      trials.good.map(async ({ tool, arguments: given, reply }) => {
        const again = await send(connection, { tool: tool.name, arguments: given, expectedMs: 0 }, 5000 + 10 * reply.ms)
        return again.kind === 'lost' ? [{ tool: tool.name, saw: describeReply(again) }] : []
      }),
    )
    const exit = connection.process?.exit
    await connection.close()
    if (exit || stuck.flat().length > 0 || Object.keys(unanswered).length > 0) {
      const alone = await losesByItself(target, opening, trials, plan.length)
      if (alone) throw new Undecided(alone)
    }
    return {
      tools: trials.good.map(({ tool }) => tool.name),
      sent: next,
      cancelled,
      atOnce,
      limit,
      ms,
      unanswered,
      stuck: stuck.flat(),
      ended: exit ? (exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`) : null,
    }
  },
})
