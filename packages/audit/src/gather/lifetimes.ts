import { gatherer } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import type { Connection } from '../target/connection.ts'
import type { Exit, LogLine } from '../target/process.ts'
import { canRunSideBySide, type RunOptions } from '../target/run.ts'
import type { Startup } from '../target/startup-failures.ts'
import { startAnew } from './anew.ts'
import { opening } from './startup.ts'
import { trials, type Trials } from './trials.ts'

export interface Lifetime {
  ending: 'end of input' | 'SIGTERM'
  /** Good calls and provoked failures in it. */
  calls: number
  failures: number
  strayLines: string[]
  log: LogLine[]
  excesses: string[]
  exit: Exit | null
}

const maxCalls = 15

/** Good calls, then misuse that must end in errors: a tool and a method that do not exist. */
const live = async (connection: Connection, { good }: Trials): Promise<{ calls: number; failures: number }> => {
  const quick = good.filter(({ reply }) => reply.ms < 2000).slice(0, maxCalls)
  await Promise.all(
    quick.map(trial =>
      connection.request('tools/call', { name: trial.tool.name, arguments: trial.arguments }, { timeout: 10_000 }),
    ),
  )
  await connection.request('tools/call', { name: 'airworthy-no-such-tool', arguments: {} }, { timeout: 5000 })
  await connection.request('airworthy/no-such-method', {}, { timeout: 5000 })
  const first = quick.find(({ arguments: given }) => Object.keys(given).length > 0)
  if (first) await connection.request('tools/call', { name: first.tool.name, arguments: {} }, { timeout: 10_000 })
  return { calls: quick.length, failures: first ? 3 : 2 }
}

export type Ending = Lifetime['ending']

/** One life of a server of one's own, with its good calls and its misuse. */
export const lifeOf = async (
  target: Target,
  opening: Startup,
  trials: Trials,
  ending: Ending,
  options: RunOptions = {},
): Promise<Lifetime> => {
  const { connection, process } = await startAnew(target, opening, options)
  const { calls, failures } = await live(connection, trials)
  if (ending === 'SIGTERM') process.signal('SIGTERM', 'server')
  else process.endInput()
  await Promise.race([process.exited, new Promise(resolve => setTimeout(resolve, 1500))])
  process.kill()
  const { log, excesses, exit } = process
  return { ending, calls, failures, strayLines: connection.strayLines, log: log.lines, excesses, exit }
}

/** Whole lives of the server, from its start to its end: all that it wrote on the way. */
export const lifetimes = gatherer({
  id: 'lifetimes',
  impact: 'call',
  from: 'server',
  lasts: 2,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Lifetime[]> => {
    const one = (ending: Ending): Promise<Lifetime> => lifeOf(target, opening, trials, ending)
    if (target.server?.transport === 'http') return [await one('SIGTERM')]
    return canRunSideBySide(target) ? Promise.all([one('end of input'), one('SIGTERM')]) : [await one('SIGTERM')]
  },
})
