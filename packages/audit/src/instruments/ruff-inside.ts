import { setFlagsFromString } from 'node:v8'
import type { Workspace as Opened } from '@astral-sh/ruff-wasm-nodejs'
import type { Checked, RuffAnswer, RuffQuestion } from './ruff.ts'

interface Place {
  row: number
  column: number
}

interface Diagnostic {
  code: string | null
  message: string
  start_location: Place
}

const findingsIn = (workspace: Opened, text: string): Checked => {
  try {
    return {
      findings: (workspace.check(text) as Diagnostic[]).map(({ code, message, start_location: { row, column } }) => ({
        rule: code ?? 'invalid-syntax',
        message,
        line: row,
        column,
      })),
    }
  } catch (error) {
    return { wrong: String(error) }
  }
}

const formattedBy = (workspace: Opened, text: string): string | null => {
  try {
    return workspace.format(text)
  } catch {
    return null
  }
}

/** Ruff in this thread. What is answered throws when ruff does not take the settings. */
export const openInside = async (): Promise<(question: RuffQuestion) => RuffAnswer> => {
  // the optimising compiler needs 150 MB and more time for this module than it saves
  // Newer versions of V8 draw no conclusions from the first flag.
  // Most functions are never called: each is validated when it is.
  for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering', '--wasm-lazy-validation'])
    setFlagsFromString(flag)
  const { Workspace, PositionEncoding } = await import('@astral-sh/ruff-wasm-nodejs')
  const workspaces = new Map<number, Opened>()
  return ({ workspace: id, settings, check, format }) => {
    if (settings === null) return { version: Workspace.version(), checked: [], formatted: [] }
    const workspace = workspaces.get(id) ?? new Workspace(settings, PositionEncoding.Utf16)
    workspaces.set(id, workspace)
    return {
      version: Workspace.version(),
      checked: check.map(text => findingsIn(workspace, text)),
      formatted: format.map(text => formattedBy(workspace, text)),
    }
  }
}
