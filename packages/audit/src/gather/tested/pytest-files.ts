import { parse as parseToml } from 'smol-toml'
import type { Repository } from '../../core/target.ts'
import { globMatcher } from '../globs.ts'
import type { Project } from '../project.ts'
import { pytestOptions } from '../pytest-settings.ts'
import { table, type Table } from '../tables.ts'

const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : []

/** `key = a b`, and the indented lines below it. */
const iniValue = (text: string, key: string): string | undefined => {
  const lines = text.split('\n')
  const first = lines.findIndex(line => new RegExp(`^${key}\\s*[=:]`).test(line))
  if (first < 0) return undefined
  const more: string[] = []
  for (const line of lines.slice(first + 1)) {
    if (!/^\s+\S/.test(line)) break
    more.push(line.trim())
  }
  return [(lines[first] ?? '').replace(/^\w+\s*[=:]\s*/, ''), ...more].join(' ')
}

const keys = ['testpaths', 'python_files', 'norecursedirs', 'asyncio_mode', 'anyio_mode']

/** The settings of the file that pytest takes. */
const settingsAt = async (repository: Repository, at: string): Promise<Table> => {
  const text = (await repository.text(at)) ?? ''
  if (!at.endsWith('.toml'))
    return Object.fromEntries(
      keys.flatMap(key => {
        const value = iniValue(text, key)
        return value === undefined ? [] : [[key, value]]
      }),
    )
  try {
    const pytest = table(table(table(parseToml(text))['tool'])['pytest'])
    return { ...pytest, ...table(pytest['ini_options']) }
  } catch {
    return {}
  }
}

/** What pytest collects in the server's package, and whether it runs async tests without a mark. */
export const pytestSettings = async (
  repository: Repository,
  { scope }: Project,
): Promise<{ uncollected: (path: string) => string | null; runsAsync: (path: string) => boolean }> => {
  const own = await pytestOptions(repository, scope.directory)
  const options = own ?? (scope.directory === '' ? null : await pytestOptions(repository, ''))
  const set = options ? await settingsAt(repository, options.at) : {}
  const directory = own ? scope.directory : ''
  const within = (path: string): string =>
    directory !== '' && path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path
  const files = words(set['python_files'])
  const patterns = (files.length > 0 ? files : ['test_*.py', '*_test.py']).map(each =>
    each.includes('/') ? each : `**/${each}`,
  )
  const isNamed = globMatcher(patterns)
  const paths = words(set['testpaths']).map(each => each.replace(/^\.\/|\/$/g, ''))
  const given = options?.words ?? []
  const ignored = given.flatMap((word, index) => {
    const value = /^--ignore=(.+)$/.exec(word)?.[1] ?? (word === '--ignore' ? given[index + 1] : undefined)
    return value === undefined ? [] : [value.replace(/^\.\/|\/$/g, '')]
  })
  const places = await Promise.all(
    repository.files
      .filter(path => path.endsWith('conftest.py'))
      .slice(0, 40)
      .map(async path => (await repository.text(path)) ?? ''),
  )
  const isAuto = set['asyncio_mode'] === 'auto' || set['anyio_mode'] === 'auto' || given.includes('--asyncio-mode=auto')
  const marksAll = places.some(text => /mark\.(asyncio|anyio|trio)\b|\banyio_backend\b|pytest_pyfunc_call/.test(text))
  return {
    uncollected: path => {
      const relative = within(path)
      if (!isNamed(relative)) return 'its name is not one that pytest collects'
      const isBelow = (folder: string): boolean =>
        folder === '.' || relative === folder || relative.startsWith(`${folder}/`)
      if (paths.length > 0 && !paths.some(isBelow) && !paths.some(each => /[*?[]/.test(each)))
        return `it is outside the testpaths of ${options?.at ?? 'pytest'}`
      return ignored.some(isBelow) ? `${options?.at ?? 'pytest'} ignores it` : null
    },
    runsAsync: () => isAuto || marksAll,
  }
}
