import { existsSync } from 'node:fs'
import type { ServerProcess } from '../../target/process.ts'
import { belowServer } from '../../target/processes.ts'
import { figuresFromCommands } from './commands.ts'
import { totalsOf, type ProcessFigures, type TreeSample, type Totals } from './figures.ts'
import { figuresFromProc } from './procfs.ts'

/** What can be observed: a started server. */
export type Observed = Pick<ServerProcess, 'pid' | 'family'>

const hasProc = existsSync('/proc/self/status')

export interface ObserveOptions {
  /** Also the ends of its sockets, for which the tables of the whole network are read. */
  sockets?: true
  /** Not its descriptors, which take the longest to read. */
  descriptors?: false
}

/** The whole tree of a started server, launchers included, as it is now. */
export const observe = async (server: Observed, options: ObserveOptions = {}): Promise<TreeSample> => {
  const at = performance.now()
  const family = server.family()
  const wanted = { sockets: options.sockets === true, descriptors: options.descriptors !== false }
  const processes = hasProc ? figuresFromProc(family, wanted) : await figuresFromCommands(family)
  return { at, tookMs: performance.now() - at, processes }
}

/** The process that speaks and everything it started, without the launchers above it. */
export const serverPart = ({ pid }: Observed, { processes }: TreeSample): ProcessFigures[] =>
  belowServer(pid, processes)

/** The sums over the server and everything it started, without launchers; `processes: 0` when nothing is left of it. */
export const totalsNow = async (server: Observed): Promise<Totals> =>
  totalsOf(serverPart(server, await observe(server)))
