import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { durationOf } from '../instruments/arguments.ts'
import { isOnThisMachine } from '../target/canaries.ts'
import type { ServerProcess } from '../target/process.ts'
import { belowServer, usageOf } from '../target/processes.ts'
import { reopen } from '../target/startup.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export interface Memory {
  runtime: 'node' | 'python' | 'other'
  /** The command of the process that speaks. */
  command: string
  processes: number
  /** Resident megabytes of the server and what it started. */
  idleMb: number
  peakMb: number
  calls: number
  /** What was called; empty when only the list of tools was asked for. */
  tools: string[]
  budget: { idleMb: number; peakMb: number }
}

const budgets = {
  node: { idleMb: 200, peakMb: 350 },
  python: { idleMb: 250, peakMb: 400 },
  other: { idleMb: 300, peakMb: 500 },
}

const maxCalls = 200
const atOnce = 8
const answerMs = 5000
const slowMs = 300
const budgetMs = 6000
const megabyte = 1024 * 1024

const runtimeOf = (command: string): Memory['runtime'] => {
  const program = command.split(' ')[0] ?? ''
  if (/(^|\/)(node|bun|deno)[\d.]*$/.test(program)) return 'node'
  return /(^|\/)(python|pypy)[\d.]*$/.test(program) ? 'python' : 'other'
}

const measured = (process: ServerProcess): { rss: number; peak: number; count: number } => {
  const usages = belowServer(process.pid, process.family()).map(usageOf)
  const sum = usages.reduce((total, { rss }) => total + rss, 0)
  return { rss: sum, peak: Math.max(sum, ...usages.map(({ peakRss }) => peakRss)), count: usages.length }
}

/** Resident memory of the server after its start, and the most of it during 200 calls. */
export const memory = gatherer({
  id: 'memory',
  impact: 'call',
  from: 'server',
  needs: { opening, trials },
  gather: async (target: Target, { opening, trials }): Promise<Memory> => {
    if (!isOnThisMachine(target))
      throw new Undecided('the memory of a server that the audit did not start on this machine cannot be read')
    const connection = await reopen(target, opening, undefined)
    const process = connection?.process
    if (!connection || !process) throw new Undecided('the server did not start again to have its memory measured')
    await connection.request('tools/list', undefined, { timeout: answerMs })
    const idle = measured(process)
    const command = process.server()?.command ?? ''
    const runtime = runtimeOf(command)
    let peak = idle.peak
    let calls = 0
    const quick = trials.good.filter(({ tool, reply }) => reply.ms < slowMs && !durationOf(tool.inputSchema))
    const until = performance.now() + budgetMs
    while (calls < maxCalls && performance.now() < until && !process.exit) {
      const group = Array.from({ length: atOnce }, (_, index) => quick[(calls + index) % Math.max(1, quick.length)])
      await Promise.all(
        group.map(trial =>
          trial
            ? connection.request(
                'tools/call',
                { name: trial.tool.name, arguments: trial.arguments },
                { timeout: answerMs },
              )
            : connection.request('tools/list', undefined, { timeout: answerMs }),
        ),
      )
      calls += group.length
      if (calls % (atOnce * 5) === 0) peak = Math.max(peak, measured(process).peak)
    }
    peak = Math.max(peak, measured(process).peak)
    await connection.close()
    if (idle.count === 0) throw new Undecided('no process of the server was found to measure')
    return {
      runtime,
      command,
      processes: idle.count,
      idleMb: idle.rss / megabyte,
      peakMb: peak / megabyte,
      calls,
      tools: quick.map(({ tool }) => tool.name),
      budget: {
        idleMb: target.settings.budgets?.idleMb ?? budgets[runtime].idleMb,
        peakMb: target.settings.budgets?.peakMb ?? budgets[runtime].peakMb,
      },
    }
  },
})
