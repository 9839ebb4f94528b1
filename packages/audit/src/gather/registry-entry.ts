import { gatherer } from '../core/item.ts'
import { manifests } from './manifests.ts'
import { pipelines } from './pipelines.ts'
import { project } from './project.ts'
import { table } from './tables.ts'

/** What server.json says about one package, and what the package says. */
export interface RegistryEntry {
  path: string
  line: number
  saw: string
  /** What it has to be; null when it is right. */
  wanted: string | null
}

export interface RegistryEntries {
  /** Null when there is no server.json. */
  path: string | null
  name: string
  entries: RegistryEntry[]
  /** A command that sets the version when it is released. */
  rewrittenBy: string | null
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')

/** The entry for the registry of MCP servers, held against the packages that it names. */
export const registryEntry = gatherer<
  RegistryEntries,
  { manifests: typeof manifests; pipelines: typeof pipelines; project: typeof project }
>({
  id: 'registry-entry',
  impact: 'read',
  from: 'repository',
  needs: { manifests, pipelines, project },
  gather: async ({ repository }, { manifests, pipelines, project }) => {
    const manifest = manifests.found
      .filter(({ kind }) => kind === 'registry')
      .toSorted((a, b) => a.path.length - b.path.length)[0]
    if (!manifest) return { path: null, name: '', entries: [], rewrittenBy: null }
    const { path, raw, lineOf } = manifest
    const name = text(raw['name'])
    const rewriter = pipelines.steps
      .flatMap(({ runs }) => runs)
      .find(
        ({ words }) =>
          /^(jq|yq|sed|node|python3?|perl|tsx)$/.test(words[0] ?? '') &&
          words.some(word => word.includes('server.json')),
      )
    const isNamedOnRelease = (identifier: string): boolean =>
      pipelines.steps
        .flatMap(({ runs }) => runs)
        .some(
          ({ words }) =>
            (words.includes('package.json') || (words[0] === 'npm' && words[1] === 'pkg')) &&
            words.some(word => /\bname\b/.test(word) && word.includes(identifier)),
        )
    const entries: RegistryEntry[] = []
    const add = (key: string, saw: string, wanted: string | null): void =>
      void entries.push({ path, line: lineOf(key), saw, wanted })
    for (const entry of Array.isArray(raw['packages']) ? raw['packages'].map(table) : []) {
      const kind = text(entry['registryType'] ?? entry['registry_type'] ?? entry['registry_name'])
      const identifier = text(entry['identifier'] ?? entry['name'])
      const own =
        kind === 'npm'
          ? project.node.find(each => each.name === identifier)
          : project.python.find(each => plainName(each.name ?? '') === plainName(identifier))
      if (kind !== 'npm' && kind !== 'pypi') continue
      const known = (kind === 'npm' ? project.node : project.python).flatMap(each => each.name ?? [])
      if (!own && isNamedOnRelease(identifier)) {
        add(identifier, `the package ${identifier}, as a pipeline names it`, null)
        continue
      }
      if (!own) {
        add(identifier, `the package ${identifier}`, known.length > 0 ? `one of ${known.slice(0, 4).join(', ')}` : null)
        continue
      }
      const version = text(entry['version'])
      const isOther = own.version !== null && version !== '' && version !== own.version && !rewriter
      add('version', `${kind} ${identifier} ${version}`, isOther ? `${own.version}, the version in ${own.path}` : null)
      if ('bin' in own) {
        const claimed = text(own.raw['mcpName'])
        if (claimed !== name)
          add('name', `the name ${name}`, `"mcpName": "${name}" in ${own.path}, which has ${claimed || 'none'}`)
      } else {
        const folder = own.directory === '' ? '' : `${own.directory}/`
        const readme = (await repository?.text(`${folder}README.md`)) ?? ''
        if (readme !== '' && !readme.includes(`mcp-name: ${name}`))
          add('name', `the name ${name}`, `«mcp-name: ${name}» in ${folder}README.md`)
      }
    }
    return { path, name, entries, rewrittenBy: rewriter?.via.join(' → ') ?? null }
  },
})
