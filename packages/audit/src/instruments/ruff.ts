import { setFlagsFromString } from 'node:v8'

export interface RuffFinding {
  /** A rule such as `F401`, or `invalid-syntax`. */
  rule: string
  message: string
  line: number
  column: number
}

export interface Ruff {
  version: string
  check(text: string): RuffFinding[]
  /** The text as ruff writes it; null when it does not parse. */
  format(text: string): string | null
}

/**
 * Ruff inside this process. `settings` are those of a ruff.toml, such as `{ lint: { select: ['F'] } }`; unknown names
 * throw. What a path would decide (per-file ignores, excludes) is up to the caller.
 */
export const openRuff = async (settings: Record<string, unknown>): Promise<Ruff> => {
  // the optimising compiler needs 150 MB and more time for this module than it saves
  // Newer versions of V8 draw no conclusions from the first flag.
  for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag)
  const { Workspace, PositionEncoding } = await import('@astral-sh/ruff-wasm-nodejs')
  const workspace = new Workspace(settings, PositionEncoding.Utf16)
  return {
    version: Workspace.version(),
    check: text =>
      (workspace.check(text) as { code: string | null; message: string; start_location: Place }[]).map(
        ({ code, message, start_location: { row, column } }) => ({
          rule: code ?? 'invalid-syntax',
          message,
          line: row,
          column,
        }),
      ),
    format: text => {
      try {
        return workspace.format(text)
      } catch {
        return null
      }
    },
  }
}

interface Place {
  row: number
  column: number
}
