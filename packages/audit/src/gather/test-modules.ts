import { gatherer } from '../core/item.ts'
import { readWithImports, type Modules } from './code/modules.ts'
import { places } from './code/places.ts'
import { commands } from './commands.ts'
import { pipelines } from './pipelines.ts'
import { isInScope, project } from './project.ts'
import type { Run } from './runs.ts'
import { folder } from './shell.ts'
import { trees, type Source } from './trees.ts'

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
  /** Tests that are plain programs: what a command of the package runs with node or python, and what that starts. */
  programs: string[]
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** The programs for tests among the files that are run, and their neighbours that they name or look for. */
const programsOf = (started: string[], sources: Source[]): string[] => {
  const tests = sources.filter(
    ({ role, path }) => role === 'test' && /test|spec/i.test(path.slice(folderOf(path).length)),
  )
  const found = sources
    .filter(({ path }) => started.includes(path))
    .flatMap(({ path, text }) => {
      const looks = /\breaddir(Sync)?\s*\(|\bglob(Sync)?\s*\(|\blistdir\s*\(/.test(text)
      const near = tests.filter(other => folderOf(other.path) === folderOf(path))
      const named = near.filter(other => looks || text.includes(other.path.slice(folderOf(path).length)))
      return [...tests.filter(other => other.path === path), ...named].map(other => other.path)
    })
  return [...new Set(found)]
}

const interpreter = /^(node|tsx|ts-node|bun|deno|python3?)$/

/** The files of tests, and those that pipelines run as scripts, as plain data. */
export const testModules = gatherer<
  TestModules,
  {
    trees: typeof trees
    places: typeof places
    project: typeof project
    pipelines: typeof pipelines
    commands: typeof commands
  }
>({
  id: 'test-modules',
  impact: 'read',
  from: 'repository',
  needs: { trees, places, project, pipelines, commands },
  gather: async (_, { trees, places, project: found, pipelines: { steps }, commands: { entryPoints } }) => {
    const texts = new Map(trees.sources.map(({ path, text }) => [path, text]))
    const fileOf = ({ words, directory }: Run): string | null => {
      if (!interpreter.test(words[0] ?? '') || words.includes('--test')) return null
      const file = words.slice(1).find(word => /\.([mc]?[jt]s|py)$/.test(word))
      const path = file === undefined || directory === null ? null : folder(directory, file)
      return path !== null && texts.has(path) ? path : null
    }
    const scripts = steps
      .filter(({ never, tolerated }) => never === null && !tolerated)
      .flatMap(({ runs, at, line, events }) =>
        runs.flatMap((run): CheckedScript[] => {
          const path = run.tolerated ? null : fileOf(run)
          return path === null ? [] : [{ path, at, line, events }]
        }),
      )
    const called = entryPoints.flatMap(({ runs }) => runs.flatMap(run => fileOf(run) ?? []))
    const programs = programsOf([...called, ...scripts.map(({ path }) => path)], trees.sources)
    const started = new Set(scripts.map(({ path }) => path))
    const { directory, name } = found.scope
    // in a workspace the tests of a package may be a package of their own
    const isAbout = (text: string): boolean =>
      directory !== '' &&
      [name, directory.split('/').at(-1)].some(each => each && new RegExp(`['"/]${escaped(each)}['"/]`).test(text))
    const isOwn = ({ path, text }: Source): boolean =>
      isInScope(found, path) || /^(tests?|__tests__|e2e|spec)\//.test(path) || isAbout(text)
    const modules = await readWithImports(
      trees,
      places,
      source => started.has(source.path) || (source.role === 'test' && isOwn(source)),
    )
    return { modules, textOf: path => texts.get(path) ?? '', scripts, programs }
  },
})
