import { gatherer } from '../core/item.ts'
import { globMatcher } from './globs.ts'
import { manifests, type JsonManifest } from './manifests.ts'
import { packing } from './packing.ts'
import { pipelines } from './pipelines.ts'
import { project } from './project.ts'
import { runsOf, type Run } from './runs.ts'
import { folder } from './shell.ts'
import { tasks } from './tasks.ts'
import { table } from './tables.ts'

/** A tree of installed packages that the pack step puts into the bundle. */
export interface Vendored {
  /** `.venv`, `node_modules`, `server/lib`. */
  tree: string
  /** How it comes to be there: the command, or that it is committed. */
  because: string
  at: string
  line?: number
}

export interface BundledDependencies {
  manifest: string | null
  /** `node`, `python`, `uv`, `binary`. */
  type: string
  /** The client itself fetches the package when it starts the server: `npx -y notes-mcp`. */
  fetched: string | null
  vendored: Vendored[]
  /** Number of dependencies that the package asks for; null when there is no package. */
  direct: number | null
  /** Patterns of .mcpbignore, when there is one. */
  ignored: boolean
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

const fetchedBy = ({ raw }: JsonManifest): string | null => {
  const start = table(table(raw['server'])['mcp_config'])
  const words = [text(start['command']), ...strings(start['args'])]
  return /^(npx|bunx|pnpx|uvx|pipx)$/.test(words[0] ?? '') ? words.join(' ') : null
}

const isPack = ({ words }: Run): boolean => /^(mcpb|dxt)$/.test(words[0] ?? '') && words[1] === 'pack'

const packedTree = /(^|\/)(node_modules|site-packages|\.venv|venv|[^/]+\.dist-info)(\/|$)|\.whl$/

/** The tree that a command fills with packages; null when it fills none in the folder. */
const treeOf = ({ words, directory }: Run): string | null => {
  const [program = '', verb = ''] = words
  const target = words.findIndex(word => /^(--target|-t)(=|$)/.test(word))
  const isPip = program === 'pip' || program === 'pip3' || (program === 'uv' && verb === 'pip')
  if (isPip && words.includes('install') && target > 0)
    return folder(directory, words[target]?.split('=')[1] ?? words[target + 1] ?? '')
  if (program === 'uv' && /^(sync|venv|run)$/.test(verb)) return folder(directory, '.venv')
  if (
    /^(npm|pnpm|yarn|bun)$/.test(program) &&
    /^(ci|i|install|)$/.test(verb) &&
    !words.some(w => /^(-g|--global)$/.test(w))
  )
    return folder(directory, 'node_modules')
  return null
}

/** What of the dependencies a bundle carries, told from its manifest, its ignore file and the commands before the pack. */
export const bundledDependencies = gatherer<
  BundledDependencies,
  {
    manifests: typeof manifests
    packing: typeof packing
    pipelines: typeof pipelines
    tasks: typeof tasks
    project: typeof project
  }
>({
  id: 'bundled-dependencies',
  impact: 'read',
  from: 'repository',
  needs: { manifests, packing, pipelines, tasks, project },
  gather: async ({ repository }, { manifests, packing, pipelines, tasks, project }) => {
    const all = manifests.found.filter(({ kind }) => kind === 'mcpb').toSorted((a, b) => a.path.length - b.path.length)
    const manifest =
      packing.packed.flatMap(({ directory }) => all.find(each => each.directory === directory) ?? [])[0] ?? all[0]
    const none = { manifest: null, type: '', fetched: null, vendored: [], direct: null, ignored: false }
    if (!manifest || !repository) return none
    const { directory } = manifest
    const inside = (tree: string): boolean => directory === '' || tree === directory || tree.startsWith(`${directory}/`)
    const ignoreText = await repository.text([directory, '.mcpbignore'].filter(Boolean).join('/'))
    const isIgnored = globMatcher(
      (ignoreText ?? '').split('\n').filter(line => line.trim() !== '' && !line.startsWith('#')),
    )
    const isKept = (tree: string): boolean => {
      const local = directory === '' ? tree : tree.slice(directory.length + 1)
      return inside(tree) && local !== '' && !isIgnored(local) && !isIgnored(`${local}/x`)
    }
    const committed = repository.files.flatMap((path): Vendored[] => {
      const found = packedTree.exec(path)
      const tree = found ? path.slice(0, found.index + found[0].length).replace(/\/$/, '') : ''
      return found && isKept(tree) ? [{ tree, because: 'it is committed', at: path }] : []
    })
    const scripts = tasks.node.flatMap(({ scripts, directory }) =>
      Object.keys(scripts).map(name => ({
        runs: runsOf(`npm run '${name}'`, directory, tasks).runs,
        at: 'package.json',
      })),
    )
    const shell = Object.entries(tasks.scripts).map(([at, script]) => ({ runs: runsOf(script, '', tasks).runs, at }))
    const jobs = new Map<unknown, { runs: (Run & { where: { at: string; line: number } })[] }>()
    for (const { job, runs, at, line, events } of pipelines.steps) {
      if (events.length === 0) continue
      const found = jobs.get(job) ?? { runs: [] }
      found.runs.push(...runs.map(run => ({ ...run, where: { at, line } })))
      jobs.set(job, found)
    }
    const chains = [
      ...scripts.map(({ runs, at }) => runs.map(run => ({ ...run, where: { at, line: run.line } }))),
      ...shell.map(({ runs, at }) => runs.map(run => ({ ...run, where: { at, line: run.line } }))),
      ...[...jobs.values()].map(({ runs }) => runs),
    ]
    const filled = chains.flatMap(chain => {
      const pack = chain.findIndex(isPack)
      return chain.slice(0, Math.max(0, pack)).flatMap((run): Vendored[] => {
        const tree = treeOf(run)
        const because = `${run.via.join(' → ')} fills it before the bundle is packed`
        return tree !== null && isKept(tree) ? [{ tree, because, ...run.where }] : []
      })
    })
    const seen = new Set<string>()
    const vendored = [...committed, ...filled].filter(({ tree }) => !seen.has(tree) && seen.add(tree))
    const server = table(manifest.raw['server'])
    const own = [...project.node, ...project.python].find(each => each.directory === directory)
    const direct = own ? ('bin' in own ? Object.keys(own.dependencies).length : own.dependencies.length) : null
    return {
      manifest: manifest.path,
      type: text(server['type']),
      fetched: fetchedBy(manifest),
      vendored: vendored.slice(0, 20),
      direct,
      ignored: ignoreText !== null,
    }
  },
})
