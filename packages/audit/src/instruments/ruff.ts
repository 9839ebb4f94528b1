import { openInside } from './ruff-inside.ts'
import { openThread } from './thread.ts'

export interface RuffFinding {
  /** A rule such as `F401`, or `invalid-syntax`. */
  rule: string
  message: string
  line: number
  column: number
}

/** What was found in a text, or what broke ruff. */
export type Checked = { findings: RuffFinding[] } | { wrong: string }

export interface RuffQuestion {
  /** Which of those with settings of their own. */
  workspace: number
  /** Null to ask for the version alone. */
  settings: Record<string, unknown> | null
  check: string[]
  format: string[]
}

export interface RuffAnswer {
  version: string
  checked: Checked[]
  formatted: (string | null)[]
}

export interface Ruff {
  version: string
  check(texts: string[]): Promise<Checked[]>
  /** The texts as ruff writes them; null for those that do not parse. */
  format(texts: string[]): Promise<(string | null)[]>
}

type Ask = (question: RuffQuestion) => Promise<RuffAnswer>

let inside: ReturnType<typeof openInside> | undefined

const askInside: Ask = async question => (await (inside ??= openInside()))(question)

/** Threads run what was compiled. */
const ask: Ask = import.meta.url.endsWith('.js')
  ? openThread<RuffAnswer>(new URL('ruff-thread.js', import.meta.url))
  : askInside

export const ruffVersion = async (): Promise<string> =>
  (await ask({ workspace: -1, settings: null, check: [], format: [] })).version

let count = 0

/**
 * Ruff inside this process, beside the main thread. `settings` are those of a ruff.toml, such as
 * `{ lint: { select: ['F'] } }`; unknown names throw. What a path would decide (per-file ignores, excludes) is up to the
 * caller.
 */
export const openRuff = async (settings: Record<string, unknown>): Promise<Ruff> => {
  const workspace = count++
  const { version } = await ask({ workspace, settings, check: [], format: [] })
  return {
    version,
    check: async texts => (await ask({ workspace, settings, check: texts, format: [] })).checked,
    format: async texts => (await ask({ workspace, settings, check: [], format: texts })).formatted,
  }
}
