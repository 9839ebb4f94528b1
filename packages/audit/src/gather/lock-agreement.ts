import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { gatherer } from '../core/item.ts'
import { directoryOf } from './ecosystems.ts'
import { project, type NodePackage, type PythonProject } from './project.ts'
import { table, type Table } from './tables.ts'

/** What a lock file lacks of the manifest beside it. */
export interface Disagreement {
  path: string
  manifest: string
  /** Names of dependencies that are not locked. */
  unlocked: string[]
  /** Why it cannot be read; null when it can. */
  broken: string | null
}

const tables = (value: unknown): Table[] => (Array.isArray(value) ? value.map(table) : [])

/** Names of direct dependencies; null when the lock file does not tell them apart. */
type Locked = Set<string> | null

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies']
const namesIn = (entry: unknown): Set<string> => new Set(kinds.flatMap(kind => Object.keys(table(table(entry)[kind]))))

const npmLock = (text: string): Locked => {
  const root = table(table(JSON.parse(text))['packages'])['']
  return root === undefined ? null : namesIn(root)
}

/** Only its head is read: the rest is long and tells nothing about what was asked for. */
const pnpmLock = (text: string): Locked => {
  const head = table(parseYaml(text.split(/^packages:/m, 1)[0] ?? '', { maxAliasCount: 0 }))
  const root = table(head['importers'])['.']
  return root === undefined ? null : namesIn(root)
}

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')

const uvLock = (text: string, name: string): Locked => {
  const own = tables(parseToml(text)['package']).find(
    entry => plainName(String(entry['name'])) === plainName(name) && table(entry['source'])['registry'] === undefined,
  )
  return own ? new Set(tables(own['dependencies']).map(entry => plainName(String(entry['name'])))) : null
}

const wantedBy = (entry: NodePackage | PythonProject): string[] =>
  'bin' in entry
    ? Object.keys({ ...entry.dependencies, ...entry.devDependencies, ...entry.optionalDependencies })
    : entry.dependencies.map(({ name }) => name)

/** What the lock files of npm, pnpm and uv do not say as the manifests beside them do. */
export const lockAgreement = gatherer<Disagreement[], { project: typeof project }>({
  id: 'lock-agreement',
  impact: 'read',
  from: 'repository',
  needs: { project },
  gather: async ({ repository }, { project }) => {
    const found: Disagreement[] = []
    for (const { path, tool } of project.lockFiles) {
      const text = /^(npm|pnpm|uv)$/.test(tool) ? await repository?.text(path) : null
      const beside = [...project.node, ...project.python].filter(({ directory }) => directory === directoryOf(path))
      const manifest = beside.find(entry => 'bin' in entry === (tool !== 'uv'))
      if (!text || !manifest) continue
      try {
        const locked =
          tool === 'npm' ? npmLock(text) : tool === 'pnpm' ? pnpmLock(text) : uvLock(text, manifest.name ?? '')
        const unlocked = locked ? wantedBy(manifest).filter(name => !locked.has(name)) : []
        if (unlocked.length > 0) found.push({ path, manifest: manifest.path, unlocked, broken: null })
      } catch (error) {
        const because = String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? ''
        found.push({ path, manifest: manifest.path, unlocked: [], broken: because })
      }
    }
    return found
  },
})
