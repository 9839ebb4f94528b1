import { gatherer, Undecided } from '../core/item.ts'
import { calibrate, tooSlowFor } from '../instruments/calibration.ts'
import { closedLoop } from '../instruments/load/closed.ts'
import type { Load } from '../instruments/load/meter.ts'
import { openLoop } from '../instruments/load/open.ts'
import { saturate, type Saturation, type Step } from '../instruments/load/saturation.ts'
import { connectAnew } from './anew.ts'
import { oftenCalled } from './often.ts'
import { nothingQuick } from './proven-tools.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export interface SaturationCurve extends Saturation {
  tools: string[]
  /** The best step and the one with the most at a time, again, where the first time the latter was far behind. */
  again: { best: Step; last: Step } | null
  /** An open loop at a part of the best throughput; a second one where the first was slow. */
  light: { perSecond: number; loads: Load[] }
  budgetMs: number
  /** Why these times say more of the machine than of the server; null when they do not. */
  busy: string | null
}

const workers = [1, 2, 4, 8, 16, 32]
const stepMs = 1200
const warmUpMs = 5000
const stepsMs = 15_000
const answerMs = 5000
const lightShare = 0.3
const mostLight = 100
const lightMs = 4000
const defaultBudgetMs = 1000
/** Of the throughput of the best step. */
export const farBehind = 0.4

export const bestOf = (steps: readonly Step[]): Step | undefined =>
  steps.toSorted((a, b) => b.load.perSecond - a.load.perSecond)[0]

/** Calls a second and their times by the number of calls at a time, and at a light load of an open loop. */
export const saturation = gatherer({
  id: 'saturation',
  impact: 'stress',
  from: 'server',
  does: 'makes calls of its quick tools by 1, 2, 4 and up to 32 at a time, then at a steady rate, for about 20 s',
  alone: true,
  deadline: 120_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<SaturationCurve> => {
    const plan = oftenCalled(trials).well
    if (plan.length === 0) throw new Undecided(nothingQuick(trials, 'is quick enough to be called often'))
    const budgetMs = target.settings.budgets?.p95Ms ?? defaultBudgetMs
    const before = await calibrate()
    const connection = await connectAnew(target, opening)
    const call = (number: number) => {
      const { tool, arguments: given } = plan[number % plan.length] ?? { tool: '', arguments: () => ({}) }
      return { method: 'tools/call', params: { name: tool, arguments: given(number) } }
    }
    const limits = { timeoutMs: answerMs, signal: target.signal }
    // The first calls load what the others find.
    await closedLoop([connection], call, { ...limits, workers: 2, calls: plan.length * 2, deadlineMs: warmUpMs })
    const curve = await saturate([connection], call, { ...limits, workers, stepMs, deadlineMs: stepsMs })
    const step = async (count: number): Promise<Step> => ({
      workers: count,
      load: await closedLoop([connection], call, { ...limits, workers: count, deadlineMs: stepMs }),
    })
    const [best, last] = [bestOf(curve.steps), curve.steps.at(-1)]
    const behind = best && last && last.load.perSecond < best.load.perSecond * farBehind
    const again = behind ? { best: await step(best.workers), last: await step(last.workers) } : null
    const perSecond = Math.min(mostLight, Math.max(1, (best?.load.perSecond ?? 0) * lightShare))
    const loads: Load[] = []
    for (let round = 0; round < 2; round++) {
      const load = await openLoop([connection], call, { ...limits, perSecond, deadlineMs: lightMs, whenFull: 'hold' })
      loads.push(load)
      if (load.latency.p95 <= budgetMs) break
    }
    await connection.close()
    const after = await calibrate()
    const busy = tooSlowFor(before, budgetMs) ?? tooSlowFor(after, budgetMs)
    return {
      tools: plan.map(({ tool }) => tool),
      ...curve,
      again,
      light: { perSecond, loads },
      budgetMs,
      busy,
    }
  },
})
