import { gatherer, Undecided } from '../core/item.ts'
import { pileUp, type Piles } from '../instruments/observer/piles.ts'
import { isOnThisMachine } from '../target/canaries.ts'
import { startAnew } from './anew.ts'
import { oftenCalled, type Often } from './often.ts'
import { nothingQuick } from './proven-tools.ts'
import { opening } from './startup.ts'
import { trials, type Trials } from './trials.ts'

export type { HeldKind, Pile, Piles } from '../instruments/observer/piles.ts'

export interface CallPiles extends Piles {
  /** Tools that were called, with good arguments and, where a text can be changed, with ones that name nothing. */
  tools: string[]
  /** Tools that take too long to be called this often. */
  left: string[]
}

const most = 11
const each = 6
const atOnce = 3
const answerMs = 5000
const budgetMs = 20_000
const patienceMs = 12_000

/** Each tool once before any is called in a second way; what takes long only as far as the time allows. */
const planFor = (trials: Trials): { plan: Often[]; left: string[] } => {
  const { well, badly } = oftenCalled(trials)
  let expected = 0
  const plan = [...well, ...badly].slice(0, most).filter(({ ms }) => {
    expected += (ms * each * 3) / atOnce
    return expected < budgetMs
  })
  const called = new Set(plan.map(({ tool }) => tool))
  return { plan, left: trials.good.map(({ tool }) => tool.name).filter(name => !called.has(name)) }
}

/** What calls leave behind in the server: files, sockets, pipes and processes after each of several equal batches. */
export const callPiles = gatherer({
  id: 'call-piles',
  impact: 'call',
  from: 'server',
  borrows: 'new',
  lasts: 5,
  deadline: 90_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<CallPiles> => {
    if (!isOnThisMachine(target))
      throw new Undecided('what a server holds that the audit did not start on this machine cannot be seen')
    const { plan, left } = planFor(trials)
    if (plan.length === 0) throw new Undecided(nothingQuick(trials, 'is quick enough to be called often'))
    const { connection, process } = await startAnew(target, opening)
    const calls = Array.from({ length: each }, () => plan).flat()
    let [sent, lost] = [0, 0]
    const work = async (): Promise<void> => {
      let next = 0
      const worker = async (): Promise<void> => {
        for (let call = calls[next++]; call; call = calls[next++]) {
          const given = call.arguments(next)
          const params = { name: call.tool, arguments: given }
          const reply = await connection.request('tools/call', params, { timeout: answerMs })
          sent++
          if (reply.kind === 'lost') lost++
        }
      }
      await Promise.all(Array.from({ length: atOnce }, worker))
    }
    const piles = await pileUp(process, work, { each, patienceMs })
    await connection.close()
    if (piles instanceof Error) throw new Undecided(piles.message)
    if (lost > sent / 10)
      throw new Undecided(`${lost} of ${sent} calls were not answered: what calls leave is not known`)
    return { ...piles, tools: [...new Set(plan.map(({ tool }) => tool))], left }
  },
})
