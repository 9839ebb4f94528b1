import { gatherer } from '../core/item.ts'
import { trivialCall } from '../instruments/load/reaction.ts'
import type { Connection } from '../target/connection.ts'
import { connectAnew } from './anew.ts'
import { slowCallOf, type SlowCall } from './slow-call.ts'
import { opening } from './startup.ts'
import { trials, type Trials } from './trials.ts'

export interface LoopReaction {
  tool: string
  /** Milliseconds: what the call took, each time. */
  took: number[]
  /** The request that needs no work, the time of two in turn without other calls, and their times while the call ran. */
  trivial: string
  alone: number
  during: number[]
  /** Rounds in which both were not answered before the call was nearly over, and far later than without it. */
  held: number
  /** In the last round both were answered long before. */
  served: boolean
}

/** A call below this says nothing about what happens while it runs. */
export const shortest = 200
const rounds = 3
const headStart = 30
const atMostMs = 100
const nearlyOver = 0.7
const mostTools = 3

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const slowOnes = (trials: Trials): SlowCall[] => {
  const chosen = slowCallOf(trials)
  const others = trials.good
    .filter(({ tool, reply }) => tool.name !== chosen?.tool && reply.ms >= shortest && reply.ms < 3000)
    .toSorted((a, b) => b.reply.ms - a.reply.ms)
    .map(({ tool, arguments: given, reply }) => ({ tool: tool.name, arguments: given, ms: reply.ms }))
  return [...(chosen && chosen.ms >= shortest ? [chosen] : []), ...others].slice(0, mostTools)
}

/** Null when a call was lost, or was over too soon to say anything. */
const measure = async (connection: Connection, slow: SlowCall): Promise<LoopReaction | null> => {
  const { method } = trivialCall(connection)
  const once = async (): Promise<number> => (await connection.request(method, undefined, { timeout: 10_000 })).ms
  // the first may be answered before the call begins its work, where a busy machine hands over both at one time
  const ask = async (): Promise<number> => (await once()) + (await once())
  const quiet = [await ask(), await ask(), await ask()].toSorted((a, b) => a - b)
  const alone = quiet[1] ?? 0
  const took: number[] = []
  const during: number[] = []
  let held = 0
  let served = false
  for (let round = 0; round < rounds && !served; round++) {
    const call = connection.request('tools/call', { name: slow.tool, arguments: slow.arguments }, { timeout: 20_000 })
    await pause(headStart)
    const waited = await ask()
    const { ms, kind } = await call
    if (kind === 'lost' || ms < shortest) return null
    took.push(ms)
    during.push(waited)
    served = waited < nearlyOver * (ms - headStart)
    if (!served && waited > Math.max(atMostMs, 5 * alone)) held++
  }
  return { tool: slow.tool, took, trivial: method, alone, during, held, served }
}

/** How soon a request that needs no work is answered while a slow call runs, for up to three calls. */
export const loopReaction = gatherer({
  id: 'loop-reaction',
  impact: 'call',
  from: 'server',
  borrows: 'gentle',
  lasts: 2,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<LoopReaction[]> => {
    const slow = slowOnes(trials)
    if (slow.length === 0) return []
    const connection = await connectAnew(target, opening)
    const found: LoopReaction[] = []
    for (const one of slow) {
      const measured = await measure(connection, one)
      if (measured) found.push(measured)
    }
    await connection.close()
    return found
  },
})

/** Held in every round, so that neither a garbage collector nor a busy machine is taken for the server. */
export const isHeld = ({ held }: LoopReaction): boolean => held === rounds
