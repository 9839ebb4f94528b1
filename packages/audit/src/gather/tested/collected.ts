import type { Repository } from '../../core/target.ts'
import { globMatcher } from '../globs.ts'
import { computed, literalConfigs } from '../literals.ts'
import type { Project } from '../project.ts'
import { pytestSettings } from './pytest-files.ts'
import { table, type Table } from '../tables.ts'

/** Null when it is computed or not there. */
const globsIn = (value: unknown): string[] | null => {
  const list = (Array.isArray(value) ? value : [value]).map(each => (typeof each === 'string' ? each : computed))
  return value === undefined || list.includes(computed) ? null : (list as string[])
}

const directoryOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

/** Whether a runner collects a file: null when it does, else why not. */
export type Collected = (path: string) => string | null

interface Config {
  at: string
  data: Table
}

const standardVitest = ['**/*.{test,spec}.{js,mjs,cjs,ts,mts,cts,jsx,tsx}']

const byVitest = ({ at, data }: Config, path: string): string | null => {
  const test = table(data['test'])
  const directory = directoryOf(at)
  const isOpen = '...' in data || '...' in test || test['projects'] !== undefined || test['workspace'] !== undefined
  const include = test['include'] === undefined ? standardVitest : globsIn(test['include'])
  const exclude = globsIn(test['exclude']) ?? []
  const root = typeof test['root'] === 'string' ? test['root'] : typeof data['root'] === 'string' ? data['root'] : ''
  if (isOpen || include === null || root !== '' || typeof test['dir'] === 'string') return null
  if (!globMatcher(include, directory)(path)) return `${at} does not include it: ${include.slice(0, 3).join(', ')}`
  return exclude.length > 0 && globMatcher(exclude, directory)(path) ? `${at} excludes it` : null
}

const pattern = (written: string): RegExp | null => {
  try {
    // patterns of the target run on short paths only; repetition inside repetition is not tried
    return written.length > 200 || /[+*}]\)?[+*{]/.test(written)
      ? null
      : new RegExp(written.replaceAll('<rootDir>', ''))
  } catch {
    return null
  }
}

const byJest = ({ at, data }: Config, path: string): string | null => {
  if ('...' in data || data['projects'] !== undefined) return null
  const directory = directoryOf(at)
  const relative = directory === '' ? `/${path}` : `/${path.slice(directory.length + 1)}`
  const ignored = globsIn(data['testPathIgnorePatterns']) ?? []
  if (ignored.some(written => pattern(written)?.test(relative))) return `${at} ignores it`
  const roots = globsIn(data['roots'])?.map(root => root.replace(/^<rootDir>\/?|^\.\//g, '').replace(/\/$/, ''))
  if (roots && !roots.some(root => root === '' || root === '.' || relative.startsWith(`/${root}/`)))
    return `it is outside the roots of ${at}`
  const globs = globsIn(data['testMatch'])?.map(glob => glob.replace(/^<rootDir>\/?/, ''))
  if (globs && !globs.some(glob => /[?@!+*]\(/.test(glob)) && !globMatcher(globs, directory)(path))
    return `${at} does not include it`
  return null
}

const configsOf = async (repository: Repository, names: RegExp): Promise<Config[]> =>
  (await literalConfigs(repository, names)).flatMap(({ path, data }) =>
    data === computed ? [{ at: path, data: { '...': computed } }] : [{ at: path, data: table(data) }],
  )

/** The nearest configuration above a file. */
const nearest = (configs: Config[], path: string): Config | undefined =>
  configs
    .filter(({ at }) => directoryOf(at) === '' || path.startsWith(`${directoryOf(at)}/`))
    .toSorted(
      (a, b) =>
        b.at.length - a.at.length || Number(b.at.includes('vitest.config')) - Number(a.at.includes('vitest.config')),
    )[0]

export interface Runners {
  typescript: (path: string, imports: string[]) => string | null
  python: { uncollected: Collected; runsAsync: (path: string) => boolean }
}

/** What the settings of the test runners leave out. */
export const openRunners = async (repository: Repository, found: Project): Promise<Runners> => {
  const vitest = await configsOf(repository, /(^|\/)(vitest|vite)\.config\.[mc]?[jt]s$/)
  const jest = [
    ...(await configsOf(repository, /(^|\/)jest\.config\.[mc]?[jt]s$/)),
    ...found.node.flatMap(({ path, raw }) =>
      raw['jest'] === undefined ? [] : [{ at: path, data: table(raw['jest']) }],
    ),
  ]
  const uses = (name: string): boolean =>
    found.node.some(({ dependencies, devDependencies }) => name in dependencies || name in devDependencies)
  return {
    typescript: (path, imports) => {
      const isVitest =
        imports.includes('vitest') || (!imports.includes('@jest/globals') && uses('vitest') && !uses('jest'))
      const isJest = imports.includes('@jest/globals') || (uses('jest') && !uses('vitest'))
      const isOther = imports.some(name => /^(node:test|mocha|ava|tap|tape|uvu|bun:test|@playwright\/test)$/.test(name))
      if (isOther) return null
      if (isVitest) return byVitest(nearest(vitest, path) ?? { at: 'vitest', data: {} }, path)
      return isJest ? byJest(nearest(jest, path) ?? { at: 'jest', data: {} }, path) : null
    },
    python: await pytestSettings(repository, found),
  }
}
