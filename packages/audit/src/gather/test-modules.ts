import { gatherer } from '../core/item.ts'
import { readWithImports, type Modules } from './code/modules.ts'
import { places } from './code/places.ts'
import { pipelines } from './pipelines.ts'
import { isInScope, project } from './project.ts'
import { folder } from './shell.ts'
import { trees } from './trees.ts'

/** A file that a pipeline runs by itself. */
export interface CheckedScript {
  path: string
  at: string
  line: number
  events: string[]
}

export interface TestModules {
  /** The tests, the scripts of pipelines, and all that these import. */
  modules: Modules
  textOf: (path: string) => string
  scripts: CheckedScript[]
}

const interpreter = /^(node|tsx|ts-node|bun|deno|python3?)$/

/** The files of tests, and those that pipelines run as scripts, as plain data. */
export const testModules = gatherer<
  TestModules,
  { trees: typeof trees; places: typeof places; project: typeof project; pipelines: typeof pipelines }
>({
  id: 'test-modules',
  impact: 'read',
  from: 'repository',
  needs: { trees, places, project, pipelines },
  gather: async (_, { trees, places, project: found, pipelines: { steps } }) => {
    const texts = new Map(trees.sources.map(({ path, text }) => [path, text]))
    const scripts = steps
      .filter(({ never, tolerated }) => never === null && !tolerated)
      .flatMap(({ runs, at, line, events }) =>
        runs.flatMap(({ words, directory, tolerated }): CheckedScript[] => {
          if (tolerated || !interpreter.test(words[0] ?? '')) return []
          const file = words.slice(1).find(word => /\.([mc]?[jt]s|py)$/.test(word))
          const path = file === undefined || directory === null ? null : folder(directory, file)
          return path !== null && texts.has(path) ? [{ path, at, line, events }] : []
        }),
      )
    const started = new Set(scripts.map(({ path }) => path))
    const modules = await readWithImports(
      trees,
      places,
      ({ role, path }) =>
        started.has(path) ||
        (role === 'test' && (isInScope(found, path) || /^(tests?|__tests__|e2e|spec)\//.test(path))),
    )
    return { modules, textOf: path => texts.get(path) ?? '', scripts }
  },
})
