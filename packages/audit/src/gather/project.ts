import { parse as parseToml, TomlError } from 'smol-toml'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { requirementLines, requirementsIn, poetryRequirements, type Requirement } from './requirements.ts'
import { chooseScope, rank, type Scope } from './scope.ts'
import { roleOf } from './roles.ts'
import { isTable, list, record, table, text, type Table } from './tables.ts'
import { unreadLanguage } from './unread-language.ts'

export type { Requirement, Scope }

/** Names and version ranges, as written. */
export type Dependencies = Record<string, string>

export interface NodePackage {
  /** Path of its package.json. */
  path: string
  /** Its folder without a slash at the end; empty for the root. */
  directory: string
  name: string | null
  version: string | null
  private: boolean
  type: 'module' | 'commonjs'
  main: string | null
  /** Command names and the files they start, also when `bin` is a single string. */
  bin: Record<string, string>
  scripts: Record<string, string>
  dependencies: Dependencies
  devDependencies: Dependencies
  peerDependencies: Dependencies
  optionalDependencies: Dependencies
  engines: Record<string, string>
  /** Patterns of the workspaces it is the root of as package.json has them. */
  workspaces: string[]
  /** The whole file. */
  raw: Record<string, unknown>
}

export interface PythonProject {
  /** Path of its pyproject.toml. */
  path: string
  directory: string
  name: string | null
  /** Null when absent or dynamic. */
  version: string | null
  /** `[project.scripts]` or `[tool.poetry.scripts]`: command names and entry points. */
  scripts: Record<string, string>
  dependencies: Requirement[]
  /** Extras, dependency groups and Poetry's development groups, by name. */
  groups: Record<string, Requirement[]>
  requiresPython: string | null
  buildBackend: string | null
  /** The `[tool]` tables. */
  tool: Record<string, unknown>
  raw: Record<string, unknown>
}

export interface Project {
  /** Manifests outside tests and examples, the one nearest to the root first. */
  node: NodePackage[]
  python: PythonProject[]
  /** Files named requirements*.txt or below requirements/. */
  requirements: { path: string; entries: Requirement[] }[]
  /** setup.py and setup.cfg; they are not read. */
  setupFiles: string[]
  lockFiles: { path: string; tool: 'npm' | 'pnpm' | 'yarn' | 'bun' | 'uv' | 'poetry' | 'pdm' | 'pipenv' }[]
  /** Number of source files of the server (no tests, no examples) in the scope, by language. */
  languages: { typescript: number; javascript: number; python: number }
  /** The language of the server when its source cannot be read here, such as `Go`. */
  unread: string | null
  /** The package that is the server; the whole directory when it is the only one or none stands out. */
  scope: Scope
  /** Manifests that exist and cannot be read, and why. */
  broken: { path: string; line?: number; because: string }[]
}

const directoryOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

const nodePackage = (path: string, raw: Table): NodePackage => {
  const name = text(raw['name'])
  const bin = text(raw['bin'])
  const workspaces = isTable(raw['workspaces']) ? raw['workspaces']['packages'] : raw['workspaces']
  return {
    path,
    directory: directoryOf(path),
    name,
    version: text(raw['version']),
    private: raw['private'] === true,
    type: raw['type'] === 'module' ? 'module' : 'commonjs',
    main: text(raw['main']),
    bin: bin === null ? record(raw['bin']) : { [(name ?? 'bin').replace(/^@[^/]*\//, '')]: bin },
    scripts: record(raw['scripts']),
    dependencies: record(raw['dependencies']),
    devDependencies: record(raw['devDependencies']),
    peerDependencies: record(raw['peerDependencies']),
    optionalDependencies: record(raw['optionalDependencies']),
    engines: record(raw['engines']),
    workspaces: list(workspaces),
    raw,
  }
}

const pythonProject = (path: string, raw: Table): PythonProject => {
  const project = table(raw['project'])
  const tool = table(raw['tool'])
  const poetry = table(tool['poetry'])
  const groups: [string, Requirement[]][] = [
    ...Object.entries(table(project['optional-dependencies'])),
    ...Object.entries(table(raw['dependency-groups'])),
    ['uv dev-dependencies', table(tool['uv'])['dev-dependencies']] as const,
  ].map(([name, values]) => [name, requirementsIn(values)])
  const poetryGroups = Object.entries(table(poetry['group'])).map(([name, group]): [string, Requirement[]] => [
    name,
    poetryRequirements(table(group)['dependencies']),
  ])
  const poetryPython = table(poetry['dependencies'])['python']
  return {
    path,
    directory: directoryOf(path),
    name: text(project['name']) ?? text(poetry['name']),
    version: text(project['version']) ?? text(poetry['version']),
    scripts: { ...record(poetry['scripts']), ...record(project['scripts']) },
    dependencies: [...requirementsIn(project['dependencies']), ...poetryRequirements(poetry['dependencies'])],
    groups: Object.fromEntries(
      [...groups, ...poetryGroups, ['poetry dev', poetryRequirements(poetry['dev-dependencies'])] as const].filter(
        ([, requirements]) => requirements.length > 0,
      ),
    ),
    requiresPython: text(project['requires-python']) ?? text(poetryPython),
    buildBackend: text(table(raw['build-system'])['build-backend']),
    tool,
    raw,
  }
}

const lockTools: Record<string, Project['lockFiles'][number]['tool']> = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
  'uv.lock': 'uv',
  'poetry.lock': 'poetry',
  'pdm.lock': 'pdm',
  'Pipfile.lock': 'pipenv',
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Whether a path belongs to the server's package. */
export const isInScope = ({ scope }: Project, path: string): boolean =>
  (scope.directory === '' || path.startsWith(`${scope.directory}/`)) &&
  !(scope.apart ?? []).some(directory => path.startsWith(`${directory}/`))

const readManifests = async <T>(
  repository: Repository,
  name: string,
  parse: (content: string) => unknown,
  shape: (path: string, raw: Table) => T,
  broken: Project['broken'],
): Promise<T[]> => {
  const paths = repository.files
    .filter(path => baseName(path) === name && (path === name || roleOf(path) === 'server'))
    .toSorted((a, b) => a.split('/').length - b.split('/').length)
  const read = paths.map(async (path): Promise<T[]> => {
    const content = await repository.text(path)
    if (content === null) {
      broken.push({ path, because: 'it cannot be read as text' })
      return []
    }
    try {
      const raw = parse(content.replace(/^\uFEFF/, ''))
      if (isTable(raw)) return [shape(path, raw)]
      broken.push({ path, because: 'it is not an object' })
    } catch (error) {
      const because = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? 'it does not parse'
      broken.push({ path, because, ...(error instanceof TomlError ? { line: error.line } : {}) })
    }
    return []
  })
  return (await Promise.all(read)).flat()
}

const countLanguages = (paths: string[]): Project['languages'] => {
  const count = (extension: RegExp): number => paths.filter(path => extension.test(path)).length
  return {
    typescript: count(/(?<!\.d)\.([mc]?ts|tsx)$/),
    javascript: count(/\.([mc]?js|jsx)$/),
    python: count(/\.py$/),
  }
}

const sum = ({ typescript, javascript, python }: Project['languages']): number => typescript + javascript + python

const readAll = (repository: Repository, broken: Project['broken']): Promise<[NodePackage[], PythonProject[]]> =>
  Promise.all([
    readManifests(repository, 'package.json', JSON.parse, nodePackage, broken),
    readManifests(repository, 'pyproject.toml', parseToml, pythonProject, broken),
  ])

/** A root that only has requirements.txt, and perhaps setup.py, may be a package as well. */
const listed = async (repository: Repository, python: PythonProject[]): Promise<PythonProject[]> => {
  const text = python.some(({ directory }) => directory === '') ? null : await repository.text('requirements.txt')
  if (text === null) return []
  const scripts = repository.exists('setup.py') ? { setup: 'setup.py' } : {}
  const project = pythonProject('requirements.txt', { project: { scripts } })
  return [{ ...project, dependencies: requirementLines(text) }]
}

const bundlerFile = /^(tsup|tsdown|rollup|rolldown|vite|webpack|esbuild|build)[^/]*\.[cm]?[jt]s$/

/** Folders that are installed by themselves: they have a lock file, and no bundler of the root starts at one of their files. */
const installedApart = async (
  repository: Repository | undefined,
  locks: Project['lockFiles'],
): Promise<Set<string>> => {
  const folders = locks.map(({ path }) => directoryOf(path)).filter(folder => folder !== '')
  const settings = folders.length > 0 ? (repository?.files ?? []).filter(path => bundlerFile.test(path)) : []
  const texts = await Promise.all(settings.map(async path => (await repository?.text(path)) ?? ''))
  const starts = texts.flatMap(text =>
    [...text.matchAll(/['"`](?:\.\/)?([^'"`\n]+\.[cm]?[jt]sx?)['"`]/g)].map(([, file = '']) => file),
  )
  return new Set(
    folders.filter(folder => !starts.some(file => file.startsWith(`${folder}/`) && repository?.exists(file))),
  )
}

/** The packages of a repository, outside tests and examples. */
export const readPackages = async (repository: Repository): Promise<(NodePackage | PythonProject)[]> => {
  const [node, python] = await readAll(repository, [])
  return [...node, ...python, ...(await listed(repository, python))]
}

/** The parsed manifests of the repository and which package is the server. Facts only. */
export const project = gatherer<Project>({
  id: 'project',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository, package: named }) => {
    const broken: Project['broken'] = []
    const files = repository?.files ?? []
    const [node, python] = repository ? await readAll(repository, broken) : [[], []]
    const all = [...node, ...python, ...(repository ? await listed(repository, python) : [])]
    const isRequirements = /(^|\/)(requirements[^/]*|requirements\/[^/]+)\.(txt|in)$/
    const requirements = files
      .filter(path => isRequirements.test(path))
      .map(async path => ({ path, entries: requirementLines((await repository?.text(path)) ?? '') }))
    const locks = files.flatMap(path => {
      const tool = lockTools[baseName(path)]
      return tool ? [{ path, tool }] : []
    })
    const found: Project = {
      node,
      python,
      requirements: await Promise.all(requirements),
      setupFiles: files.filter(path => /(^|\/)setup\.(py|cfg)$/.test(path)),
      lockFiles: locks,
      languages: { typescript: 0, javascript: 0, python: 0 },
      unread: null,
      scope: chooseScope(all, named, await installedApart(repository, locks)),
      broken,
    }
    const isServer = Math.max(0, ...all.map(rank)) >= 2
    const own = files.filter(path => roleOf(path) === 'server')
    const languages = countLanguages(own.filter(path => isInScope(found, path)))
    const unread = isServer ? null : unreadLanguage(own, sum(countLanguages(own)))
    if (unread === null || named !== undefined) return { ...found, languages, unread }
    const scope = { ...found.scope, directory: '', because: `the server is written in ${unread}`, others: [] }
    return { ...found, languages: countLanguages(own), unread, scope }
  },
})
