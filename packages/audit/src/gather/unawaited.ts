import { gatherer } from '../core/item.ts'
import { abandonedCalls } from './abandoned-calls.ts'
import { badArguments } from './bad-arguments.ts'
import { lifetimes } from './lifetimes.ts'
import { mixedLoad } from './mixed-load.ts'
import { parallelCalls } from './parallel-calls.ts'
import { trials } from './trials.ts'

export interface Unawaited {
  /** Lines of the servers' logs in which the runtime speaks of a promise or coroutine that nobody waited for. */
  lines: string[]
  processes: number
  calls: number
}

/** After good, bad, parallel and cancelled calls: what the runtimes said of what was not awaited, in all processes. */
export const unawaited = gatherer({
  id: 'unawaited',
  impact: 'call',
  from: 'server',
  // Not for what they found: for their calls to be over.
  needs: { trials, lifetimes, badArguments, parallelCalls, mixedLoad, abandonedCalls },
  gather: ({ journal }): Unawaited => ({
    lines: [...new Set(journal.unawaited)],
    processes: journal.processes,
    calls: [...journal.calls.values()].reduce((sum, { count }) => sum + count, 0),
  }),
})
