import { basename } from 'node:path'
import { gatherer } from '../../core/item.ts'
import type { Repository } from '../../core/target.ts'
import { parseJsonc } from '../../target/json.ts'
import { project, type NodePackage } from '../project.ts'
import { trees } from '../trees.ts'
import { table } from '../tables.ts'

/** `compilerOptions.paths`: what begins and ends like this may stand at these places. */
export interface Alias {
  /** Where the tsconfig.json stands; it holds for the files below. */
  directory: string
  before: string
  /** Null when the name has to be equal. */
  after: string | null
  targets: string[]
}

export interface Places {
  /** All source files. */
  paths: ReadonlySet<string>
  /** The folder that is read, where it is a package of Python itself: its files import each other by that name. */
  root: string | null
  aliases: Alias[]
  /** Packages of the repository by name: their folder, and the files that importing them may mean. */
  packages: ReadonlyMap<string, { directory: string; entries: string[]; raw: Record<string, unknown> }>
}

export const directoryOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

/** A path below a folder; null when it leads out of the repository. */
export const join = (base: string, relative: string): string | null => {
  const parts = base === '' ? [] : base.split('/')
  for (const part of relative.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null
    if (part !== '..' && part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

const maxConfigs = 60

const aliasesOf = async (repository: Repository, path: string): Promise<Alias[]> => {
  const text = await repository.text(path)
  let raw: unknown = null
  try {
    raw = text === null ? null : parseJsonc(text, path)
  } catch {
    return []
  }
  const options = table(table(raw)['compilerOptions'])
  const directory = directoryOf(path)
  const base = typeof options['baseUrl'] === 'string' ? join(directory, options['baseUrl']) : directory
  const written = Object.entries(table(options['paths'])).flatMap(([pattern, targets]): Alias[] => {
    const [before = '', after] = pattern.split('*')
    const places = (Array.isArray(targets) ? targets : []).flatMap(target => {
      const place = typeof target === 'string' && base !== null ? join(base, target) : null
      return place === null ? [] : [place]
    })
    return [{ directory, before, after: after ?? null, targets: places }]
  })
  const bare: Alias[] =
    typeof options['baseUrl'] === 'string' && base !== null
      ? [{ directory, before: '', after: '', targets: [base === '' ? '*' : `${base}/*`] }]
      : []
  return [...written, ...bare]
}

const textsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : Object.values(table(value)).flatMap(textsIn)

const entriesOf = ({ directory, main, raw }: NodePackage): string[] => {
  const exported = table(raw['exports'])['.'] ?? raw['exports']
  const written = [...textsIn(exported), main, raw['module'], raw['types']].filter(each => typeof each === 'string')
  return [...written, 'src/index', 'index', 'lib/index'].flatMap(each => join(directory, each) ?? [])
}

/** Where the names of imports lead to, besides relative paths. */
export const places = gatherer<Places, { trees: typeof trees; project: typeof project }>({
  id: 'import-places',
  impact: 'read',
  from: 'repository',
  needs: { trees, project },
  gather: async ({ repository }, { trees, project }) => {
    const paths = new Set([...trees.sources, ...trees.bundles].map(({ path }) => path))
    const configs = (repository?.files ?? []).filter(path => /(^|\/)(tsconfig(\.base)?|jsconfig)\.json$/.test(path))
    const aliases = repository
      ? await Promise.all(configs.slice(0, maxConfigs).map(path => aliasesOf(repository, path)))
      : []
    const packages = new Map(
      project.node.flatMap(one => {
        const { name, directory, raw } = one
        return name === null ? [] : [[name, { directory, entries: entriesOf(one), raw }] as const]
      }),
    )
    const root = repository && paths.has('__init__.py') ? basename(repository.root) : null
    return { paths, root, aliases: aliases.flat(), packages }
  },
})
