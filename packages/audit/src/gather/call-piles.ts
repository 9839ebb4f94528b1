import { gatherer, Undecided } from '../core/item.ts'
import { durationOf, propertiesOf } from '../instruments/arguments.ts'
import { pileUp, type Piles } from '../instruments/observer/piles.ts'
import { mismatches } from '../instruments/schemas.ts'
import { isOnThisMachine } from '../target/canaries.ts'
import type { Json } from '../target/connection.ts'
import { startAnew } from './anew.ts'
import { opening } from './startup.ts'
import { trials, type Trials } from './trials.ts'

export type { HeldKind, Pile, Piles } from '../instruments/observer/piles.ts'

export interface CallPiles extends Piles {
  /** Tools that were called, with good arguments and, where a text can be changed, with ones that name nothing. */
  tools: string[]
  /** Tools that take too long to be called this often. */
  left: string[]
}

const slowMs = 1000
const most = 11
const each = 6
const atOnce = 3
const answerMs = 5000
const budgetMs = 20_000
const patienceMs = 12_000

/** The same arguments with every free text changed, so that what they name is hardly there; null when nothing can be. */
const misnamed = (schema: Json, good: Json): Json | null => {
  const changed = Object.fromEntries(
    Object.entries(good).map(([name, value]) =>
      typeof value === 'string' && propertiesOf(schema)[name] ? [name, `${value}-airworthy`] : [name, value],
    ),
  )
  const differs = Object.entries(changed).some(([name, value]) => value !== good[name])
  return differs && mismatches(schema, changed).length === 0 ? changed : null
}

interface Planned {
  tool: string
  arguments: Json
  ms: number
}

/** Each tool once before any is called in a second way; what takes long only as far as the time allows. */
const planFor = ({ good }: Trials): { plan: Planned[]; left: string[] } => {
  const quick = good
    .filter(({ tool, reply }) => reply.ms < slowMs && !durationOf(tool.inputSchema))
    .toSorted((a, b) => a.reply.ms - b.reply.ms)
  const well = quick.map(({ tool, arguments: given, reply }) => ({
    tool: tool.name,
    arguments: given,
    ms: reply.ms,
  }))
  const badly = quick.flatMap(({ tool, arguments: given, reply }) => {
    const changed = misnamed(tool.inputSchema, given)
    return changed ? [{ tool: tool.name, arguments: changed, ms: reply.ms }] : []
  })
  let expected = 0
  const plan = [...well, ...badly].slice(0, most).filter(({ ms }) => {
    expected += (ms * each * 3) / atOnce
    return expected < budgetMs
  })
  const called = new Set(plan.map(({ tool }) => tool))
  return { plan, left: good.map(({ tool }) => tool.name).filter(name => !called.has(name)) }
}

/** What calls leave behind in the server: files, sockets, pipes and processes after each of several equal batches. */
export const callPiles = gatherer({
  id: 'call-piles',
  impact: 'call',
  from: 'server',
  deadline: 90_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<CallPiles> => {
    if (!isOnThisMachine(target))
      throw new Undecided('what a server holds that the audit did not start on this machine cannot be seen')
    const { plan, left } = planFor(trials)
    if (plan.length === 0) throw new Undecided('no tool could be called that answers soon enough to be called often')
    const { connection, process } = await startAnew(target, opening)
    const calls = Array.from({ length: each }, () => plan).flat()
    const work = async (): Promise<void> => {
      let next = 0
      const worker = async (): Promise<void> => {
        for (let call = calls[next++]; call; call = calls[next++])
          await connection.request('tools/call', { name: call.tool, arguments: call.arguments }, { timeout: answerMs })
      }
      await Promise.all(Array.from({ length: atOnce }, worker))
    }
    const piles = await pileUp(process, work, { each, patienceMs })
    await connection.close()
    if (piles instanceof Error) throw new Undecided(piles.message)
    return { ...piles, tools: [...new Set(plan.map(({ tool }) => tool))], left }
  },
})
