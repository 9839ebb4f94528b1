import ignore from 'ignore'
import { parse as parseToml } from 'smol-toml'
import type { Repository } from '../core/target.ts'
import type { Project } from './project.ts'
import { table, type Table } from './tables.ts'

export const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : []

export interface RuffSettings {
  at: string
  directory: string
  settings: Table
}

/** What the project sets for ruff, in the file that ruff would read; null when nothing is set. */
export const ruffSettings = async (repository: Repository, found: Project): Promise<RuffSettings | null> => {
  for (const directory of new Set([found.scope.directory, ''])) {
    const within = directory === '' ? '' : `${directory}/`
    for (const name of ['.ruff.toml', 'ruff.toml']) {
      const content = await repository.text(within + name)
      try {
        if (content !== null) return { at: within + name, directory, settings: parseToml(content) }
      } catch {
        return { at: within + name, directory, settings: {} }
      }
    }
    const settings = found.python.find(python => python.directory === directory)?.tool['ruff']
    if (settings) return { at: `${within}pyproject.toml`, directory, settings: table(settings) }
  }
  return null
}

/** Whether a path matches one of the patterns, which are relative to a directory. */
export const matches = (patterns: string[], directory: string): ((path: string) => boolean) => {
  const matcher = ignore({ allowRelativePaths: true }).add(patterns)
  return path => {
    const relative = directory === '' ? path : path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : ''
    return relative !== '' && matcher.ignores(relative)
  }
}

/** The oldest Python the project supports, as ruff names it: syntax is judged by it. */
export const targetVersion = (found: Project, otherwise = 14): string => {
  const minor = found.python.map(({ requiresPython }) => /3\.(\d+)/.exec(requiresPython ?? '')?.[1]).find(Boolean)
  return `py3${Math.min(14, Math.max(7, Number(minor ?? otherwise)))}`
}
