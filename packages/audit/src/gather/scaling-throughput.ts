import { cpus } from 'node:os'
import { gatherer, Undecided } from '../core/item.ts'
import { openBalancer } from '../instruments/balancer/balancer.ts'
import { inScratch } from '../instruments/kept-data.ts'
import { closedLoop } from '../instruments/load/closed.ts'
import type { Load } from '../instruments/load/meter.ts'
import { reconnect } from '../target/startup.ts'
import { oftenCalled } from './often.ts'
import { nothingQuick } from './proven-tools.ts'
import { startInstances } from './scaling/instances.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export interface Measured {
  load: Load
  /** Share of the time of all processors that nobody used meanwhile. */
  idle: number
}

export interface ScalingThroughput {
  tools: string[]
  /** None of these tools asks anything of others, as they are annotated. */
  closedWorld: boolean
  /** With few calls at a time at one instance, which shows whether more of them are served with many. */
  few: Measured
  /** With many at a time, at one instance and at two, in turn. */
  rounds: { one: Measured; two: Measured }[]
}

const fewWorkers = 16
const manyWorkers = 48
const stepMs = 1000
const warmUpCalls = 40
const warmUpMs = 3000
const rounds = 2
const answerMs = 5000
/** Share of calls that may fail before nothing can be told. */
export const mostFailing = 0.1

const processorTimes = (): { idle: number; all: number } => {
  const times = cpus().map(({ times }) => times)
  const all = times.flatMap(each => Object.values(each)).reduce((sum, ms) => sum + ms, 0)
  return { idle: times.reduce((sum, each) => sum + each.idle, 0), all }
}

/** Calls a second at one instance and at two, through the same balancer. */
export const scalingThroughput = gatherer({
  id: 'scaling-throughput',
  impact: 'stress',
  from: 'server',
  does: 'starts two instances and makes calls of its quick tools by 48 at a time, to one and to both, for about 6 s',
  alone: true,
  deadline: 120_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<ScalingThroughput> => {
    const plan = oftenCalled(trials).well
    if (plan.length === 0) throw new Undecided(nothingQuick(trials, 'is quick enough to be called often'))
    const state = target.settings.state ? await inScratch(target, target.settings.state) : {}
    const { urls, stop } = await startInstances(target, opening, 2, state.env)
    const through = async (instances: URL[]) => {
      const balancer = await openBalancer(target, instances)
      const { pathname, search } = urls[0] ?? new URL(balancer.origin)
      const connection = await reconnect(target, opening, `${balancer.origin}${pathname}${search}`)
      if (!connection) throw new Undecided('no client came to a handshake through the balancer')
      return { connection, close: () => Promise.all([connection.close(), balancer.close()]) }
    }
    const [one, two] = [await through(urls.slice(0, 1)), await through(urls)]
    const call = (number: number) => {
      const { tool, arguments: given } = plan[number % plan.length] ?? { tool: '', arguments: () => ({}) }
      return { method: 'tools/call', params: { name: tool, arguments: given(number) } }
    }
    const limits = { timeoutMs: answerMs, signal: target.signal }
    const measure = async ({ connection }: typeof one, workers: number): Promise<Measured> => {
      const before = processorTimes()
      const load = await closedLoop([connection], call, { ...limits, workers, deadlineMs: stepMs })
      const now = processorTimes()
      return { load, idle: (now.idle - before.idle) / Math.max(1, now.all - before.all) }
    }
    // The first calls load what the others find.
    for (const { connection } of [one, two])
      await closedLoop([connection], call, { ...limits, workers: 4, calls: warmUpCalls, deadlineMs: warmUpMs })
    const few = await measure(one, fewWorkers)
    const found: ScalingThroughput['rounds'] = []
    // What is refused now is refused with more at a time too.
    const isSpoiled = few.load.served < few.load.sent * (1 - mostFailing)
    for (let round = 0; round < (isSpoiled ? 0 : rounds); round++)
      found.push({ one: await measure(one, manyWorkers), two: await measure(two, manyWorkers) })
    await Promise.all([one.close(), two.close()])
    await stop()
    const called = new Set(plan.map(({ tool }) => tool))
    const closedWorld = trials.good.every(
      ({ tool }) => !called.has(tool.name) || tool.annotations['openWorldHint'] === false,
    )
    return { tools: [...called], closedWorld, few, rounds: found }
  },
})
