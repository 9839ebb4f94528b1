import { basename } from 'node:path'
import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { lifeOf } from './lifetimes.ts'
import { entriesOf, type LogEntry } from './log-lines.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export interface DebugLog {
  /** What was added to its environment. */
  env: Record<string, string>
  /** Whether the settings say that this switches debug mode on, or names were used that are usual. */
  declared: boolean
  /** What else its environment holds that may have switched it on before; empty where nothing does. */
  already: string[]
  lines: LogEntry[]
}

const usual = ['LOG_LEVEL', 'LOGLEVEL', 'MCP_LOG_LEVEL', 'FASTMCP_LOG_LEVEL'] as const
const switches = /(^|_)(LOG_?LEVEL|DEBUG|VERBOSE|VERBOSITY)$/i

/** Python wants the names of levels in capitals, and most loggers of Node do not know these. */
const usualEnv = ({ server }: Target, also: string[]): Record<string, string> => {
  const words = [server?.launch?.command ?? '', ...(server?.launch?.args ?? [])].map(word => basename(word))
  const isPython = words.some(word => /^(python[\d.]*|uvx?|pipx|fastmcp)$|\.py$/.test(word))
  const value = (name: string): string => (isPython || name.startsWith('FASTMCP') ? 'DEBUG' : 'debug')
  return { ...Object.fromEntries([...usual, ...also].map(name => [name, value(name)])), DEBUG: 'true' }
}

/** Whole life of the server in debug mode: all that it logged, in good calls and in failing ones. */
export const debugLog = gatherer({
  id: 'debug-log',
  impact: 'call',
  from: 'server',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<DebugLog> => {
    if (!target.server?.launch) throw new Undecided('only its URL is known: give the command that starts it too')
    const given = { ...process.env, ...target.server.launch.env }
    const already = Object.keys(given).filter(
      name => switches.test(name) && !/^(0|false|no|off)?$/i.test(given[name] ?? ''),
    )
    const { debug } = target.settings
    const env =
      debug?.env ??
      usualEnv(
        target,
        already.filter(name => /LEVEL$/i.test(name)),
      )
    const ending = target.server.transport === 'http' ? 'SIGTERM' : 'end of input'
    const { log } = await lifeOf(target, opening, trials, ending, { env })
    return { env, declared: debug !== undefined, already, lines: entriesOf(log) }
  },
})
