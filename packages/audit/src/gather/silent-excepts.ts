import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { isWithin, type Module } from './code/values.ts'
import { authoredSources } from './lint.ts'
import { project } from './project.ts'
import { openPythonLint } from './python-lint.ts'
import { trees } from './trees.ts'

export interface SilentExcepts {
  version: string
  files: number
  /** Bare `except:`, and `except Exception` with nothing but `pass` or `continue`. */
  silent: { file: string; line: number; rule: string; message: string }[]
  /** Number of other handlers for any exception (BLE001). */
  blind: number
}

const closing = /^(close|aclose|flush|wait_closed|disconnect|shutdown)$/

/** `try: stream.close()` with nothing after it: what is put away is not needed any more. */
const isOfClosing = (module: Module, line: number): boolean =>
  module.tries.some(({ body, handlers }) => {
    const calls = module.calls.filter(({ at }) => isWithin(at, body))
    return (
      handlers.some(handler => handler.line === line) &&
      calls.length > 0 &&
      calls.every(({ callee }) => callee.is === 'member' && closing.test(callee.name)) &&
      ![...module.writes, ...module.returns].some(({ at }) => isWithin(at, body))
    )
  })

const maxFileLength = 1_000_000

/** What ruff says about handlers of exceptions in Python (E722, S110, S112, BLE001); null without Python. */
export const silentExcepts = gatherer<
  SilentExcepts | null,
  { trees: typeof trees; project: typeof project; modules: typeof modules }
>({
  id: 'silent-excepts',
  impact: 'read',
  from: 'repository',
  needs: { trees, project, modules },
  gather: async ({ repository }, { trees, project, modules: { beside, byPath } }) => {
    const sources = authoredSources(trees.sources, project).filter(
      ({ path, language, role, text }) =>
        language === 'python' &&
        !beside.has(path) &&
        role === 'server' &&
        text.length < maxFileLength &&
        /\bexcept\b/.test(text),
    )
    if (!repository || project.languages.python === 0) return null
    const linter = await openPythonLint(repository, project)
    const found: SilentExcepts = { version: linter.version, files: sources.length, silent: [], blind: 0 }
    const check = await linter.read(sources)
    for (const source of sources) {
      const places = check(source).filter(({ rule }) => /^(E722|S11[02]|BLE001)$/.test(rule))
      const module = byPath.get(source.path)
      const silent = places.filter(
        ({ rule, line }) => rule !== 'BLE001' && !(rule === 'S110' && module && isOfClosing(module, line)),
      )
      // a bare and silent handler is one finding
      const lines = new Map(silent.map(one => [one.line, one]))
      for (const { rule, message, line } of lines.values())
        found.silent.push({ file: source.path, line, rule, message })
      found.blind += places.length - silent.length
    }
    return found
  },
})
