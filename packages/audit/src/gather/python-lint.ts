import { openRuff, type Ruff, type RuffFinding } from '../instruments/ruff.ts'
import type { Project } from './project.ts'
import { targetVersion } from './ruff-settings.ts'
import type { Source } from './trees.ts'

/** What our own linting asks of Python: errors, numbers without names, and handlers of exceptions that hide them. */
const rules = ['E4', 'E7', 'E9', 'F', 'PLR2004', 'S110', 'S112', 'BLE001']

export interface PythonLint {
  version: string
  /** What all the rules say about a file; asked again, what was said before. Throws what ruff throws. */
  check(source: Source): RuffFinding[]
}

const checker = (ruff: Ruff): PythonLint => {
  const known = new WeakMap<Source, RuffFinding[]>()
  return {
    version: ruff.version,
    check: source => {
      const before = known.get(source)
      if (before) return before
      const found = ruff.check(source.text)
      known.set(source, found)
      return found
    },
  }
}

const opened = new WeakMap<Project, Promise<PythonLint>>()

/** One linter for all that lint the same project: each file is parsed once, with all rules. */
export const openPythonLint = (project: Project): Promise<PythonLint> => {
  const before = opened.get(project)
  if (before) return before
  const settings = { 'target-version': targetVersion(project), lint: { select: rules } }
  const linter = openRuff(settings).then(checker)
  opened.set(project, linter)
  return linter
}
