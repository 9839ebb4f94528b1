import type { Repository } from '../core/target.ts'
import { openRuff, type Checked, type Ruff, type RuffFinding } from '../instruments/ruff.ts'
import { inBatches } from './batches.ts'
import { sortingSettings } from './imports/python-settings.ts'
import type { Project } from './project.ts'
import { targetVersion } from './ruff-settings.ts'
import type { Source } from './trees.ts'

/** What we ask of Python: errors, numbers without names, handlers of exceptions that hide them; and sorted imports. */
const rules = ['E4', 'E7', 'E9', 'F', 'PLR2004', 'S110', 'S112', 'BLE001']
const sorting = 'I001'

export interface PythonLint {
  version: string
  /** Why it does not look at the order of imports; null when it does. */
  unsorting: string | null
  /** Reads the files; what it gives tells what all the rules say about one of them, and throws what broke ruff. */
  read(sources: Source[]): Promise<(source: Source) => RuffFinding[]>
}

const checker = (ruff: Ruff, unsorting: string | null): PythonLint => {
  const known = new WeakMap<Source, Checked>()
  const readUnknown = async (sources: Source[]): Promise<void> => {
    for (const batch of inBatches(sources.filter(source => !known.has(source)))) {
      const checked = await ruff.check(batch.map(({ text }) => text))
      batch.forEach((source, index) => known.set(source, checked[index] ?? { wrong: 'it was not read' }))
    }
  }
  let reading = Promise.resolve()
  return {
    version: ruff.version,
    unsorting,
    read: async sources => {
      reading = reading.then(() => readUnknown(sources))
      await reading
      return source => {
        const checked = known.get(source) ?? { wrong: 'it was not read' }
        if ('wrong' in checked) throw new Error(checked.wrong)
        return checked.findings
      }
    },
  }
}

const open = async (repository: Repository, project: Project): Promise<PythonLint> => {
  const target = { 'target-version': targetVersion(project) }
  const { lint, ...sorted } = await sortingSettings(repository, project)
  try {
    return checker(await openRuff({ ...target, ...sorted, lint: { ...lint, select: [...rules, sorting] } }), null)
  } catch (error) {
    return checker(await openRuff({ ...target, lint: { select: rules } }), String(error))
  }
}

const opened = new WeakMap<Project, Promise<PythonLint>>()

/** One linter for all that lint the same project: each file is parsed once, with all rules. */
export const openPythonLint = (repository: Repository, project: Project): Promise<PythonLint> => {
  const before = opened.get(project)
  if (before) return before
  const linter = open(repository, project)
  opened.set(project, linter)
  return linter
}
