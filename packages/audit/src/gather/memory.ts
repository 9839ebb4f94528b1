import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { durationOf } from '../instruments/arguments.ts'
import { closedLoop } from '../instruments/load/closed.ts'
import { totalsNow } from '../instruments/observer/observe.ts'
import { watch } from '../instruments/observer/series.ts'
import { isOnThisMachine } from '../target/canaries.ts'
import { reopen } from '../target/reopen.ts'
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

/** Resident memory of the server after its start, and the most of it during 200 calls. */
export const memory = gatherer({
  id: 'memory',
  impact: 'call',
  from: 'server',
  borrows: 'new',
  lasts: 2,
  needs: { opening, trials },
  gather: async (target: Target, { opening, trials }): Promise<Memory> => {
    if (!isOnThisMachine(target))
      throw new Undecided('the memory of a server that the audit did not start on this machine cannot be read')
    const connection = await reopen(target, opening, undefined)
    const process = connection?.process
    if (!connection || !process) throw new Undecided('the server did not start again to have its memory measured')
    await connection.request('tools/list', undefined, { timeout: answerMs })
    const idle = await totalsNow(process)
    const command = process.server()?.command ?? ''
    const runtime = runtimeOf(command)
    const quick = trials.good.filter(({ tool, reply }) => reply.ms < slowMs && !durationOf(tool.inputSchema))
    const series = watch(process, { descriptors: false })
    const load = await closedLoop(
      [connection],
      number => {
        const trial = quick[number % Math.max(1, quick.length)]
        if (!trial) return { method: 'tools/list' }
        return { method: 'tools/call', params: { name: trial.tool.name, arguments: trial.arguments } }
      },
      { workers: atOnce, calls: maxCalls, deadlineMs: budgetMs, timeoutMs: answerMs, patient: true },
    )
    const points = await series.stop()
    await connection.close()
    if (idle.processes === 0 || idle.rss === null) throw new Undecided('no process of the server was found to measure')
    const peaks = [idle, ...points].flatMap(({ rss, peakRss }) => [rss ?? 0, peakRss ?? 0])
    return {
      runtime,
      command,
      processes: idle.processes,
      idleMb: idle.rss / megabyte,
      peakMb: Math.max(...peaks) / megabyte,
      calls: load.sent,
      tools: quick.map(({ tool }) => tool.name),
      budget: {
        idleMb: target.settings.budgets?.idleMb ?? budgets[runtime].idleMb,
        peakMb: target.settings.budgets?.peakMb ?? budgets[runtime].peakMb,
      },
    }
  },
})
