import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { bundleSchema, bundleVersions } from './bundle-schema.ts'
import { manifests, type JsonManifest } from './manifests.ts'
import { packing, type Packing } from './packing.ts'
import { project, type Project } from './project.ts'
import { table } from './tables.ts'

export interface ManifestFlaw {
  line: number
  saw: string
  wanted: string
}

/** The manifest that becomes part of the bundle, held against its format and the files beside it. */
export interface BundleManifest {
  path: string
  /** The version of the format. */
  format: string
  /** The version of the bundle. */
  version: string
  server: { type: string; entry: string }
  /** What the format of its version refuses. */
  flaws: ManifestFlaw[]
  /** A version of the format that is newer than those known here. */
  tooNew: boolean
  entry: 'there' | 'built' | 'missing' | 'not known'
  missingFiles: { field: string; file: string; line: number }[]
  unresolved: { reference: string; line: number }[]
  /** The version of the package it stands for; null when it has none or a release step sets it. */
  packageVersion: { version: string; path: string } | null
  /** What else a person should know. */
  notes: string[]
}

export interface BundleManifests {
  /** Null when there is none. */
  packed: BundleManifest | null
  broken: { path: string; because: string }[]
  templates: string[]
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

const oldName = /(^|\/)(mcpb|dxt)[-_.]?(manifest)?\.json$/

const flawsOf = ({ path, raw, lineOf }: JsonManifest, version: string): { flaws: ManifestFlaw[]; tooNew: boolean } => {
  const flaws: ManifestFlaw[] = []
  if (oldName.test(path))
    flaws.push({
      line: 1,
      saw: `the manifest is called ${path}`,
      wanted: 'manifest.json, the name that bundles are read by: rename it',
    })
  if (version === '') flaws.push({ line: 1, saw: 'no manifest_version', wanted: '"manifest_version": "0.3"' })
  const known = bundleVersions.find(each => each === version)
  const tooNew = /^\d+\.\d+$/.test(version) && Number(version) > Number(bundleVersions.at(-1))
  if (!known && version !== '' && !tooNew)
    flaws.push({
      line: lineOf('manifest_version'),
      saw: `manifest_version "${version}"`,
      wanted: `one of ${bundleVersions.join(', ')}`,
    })
  const checked = known ? bundleSchema(known).safeParse(raw) : null
  for (const issue of checked?.error?.issues ?? []) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.at(-1)]
    const at = [...issue.path, ...(issue.code === 'unrecognized_keys' ? [issue.keys.join(', ')] : [])].join('.')
    flaws.push({
      line: lineOf(String(keys[0] ?? issue.path[0] ?? '')),
      saw: at || 'the file',
      wanted: `${issue.message} (format ${version})`,
    })
  }
  return { flaws, tooNew }
}

const stem = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.[mc]?[jt]sx?$/, '')

const entryOf = (
  manifest: JsonManifest,
  entry: string,
  repository: Repository,
  { builds, packed }: Packing,
  isStaged: boolean,
): BundleManifest['entry'] => {
  const path = [manifest.directory, entry.replace(/^\.\//, '')].filter(Boolean).join('/')
  if (repository.exists(path)) return 'there'
  if (isStaged) return 'not known'
  if (!entry.endsWith('js'))
    return text(table(manifest.raw['server'])['type']) === 'binary' && builds.length + packed.length > 0
      ? 'not known'
      : 'missing'
  if (builds.some(command => command.includes(entry))) return 'built'
  const hasSource = repository.files.some(file => /\.[mc]?tsx?$/.test(file) && stem(file) === stem(entry))
  return hasSource && builds.length > 0 && entry.includes('/') ? 'built' : 'missing'
}

const references = (value: unknown): string[] => {
  const written = JSON.stringify(value ?? null)
  return [...new Set([...written.matchAll(/\$\{user_config\.([^}]*)\}/g)].map(([, key = '']) => key))]
}

const packageOf = (manifest: JsonManifest, found: Project): { version: string; path: string } | null => {
  const all = [...found.node, ...found.python]
  const above = manifest.directory.split('/').map((_, at, parts) => parts.slice(0, parts.length - at).join('/'))
  const own = [...above, found.scope.directory, ''].map(place => all.filter(({ directory }) => directory === place))
  const candidates = own.find(list => list.some(({ version }) => version !== null)) ?? []
  const isPython = /python|uv/.test(text(table(manifest.raw['server'])['type']))
  const first = candidates.find(each => 'buildBackend' in each === isPython) ?? candidates[0]
  return first?.version ? { version: first.version, path: first.path } : null
}

const describe = (
  manifest: JsonManifest,
  others: JsonManifest[],
  repository: Repository,
  found: Project,
  packing: Packing,
): BundleManifest => {
  const { raw, lineOf, path, directory } = manifest
  const server = table(raw['server'])
  const format = text(raw['manifest_version'] ?? raw['dxt_version'])
  const entry = text(server['entry_point'])
  const isStaged = packing.packed.length > 0 && !packing.packed.some(each => each.directory === directory)
  const files: [field: string, file: string][] = [
    ['icon', text(raw['icon'])],
    ...(Array.isArray(raw['icons']) ? raw['icons'] : []).map((icon): [string, string] => [
      'icons',
      text(table(icon)['src']),
    ]),
    ...strings(raw['screenshots']).map((file): [string, string] => ['screenshots', file]),
  ]
  const own = packageOf(manifest, found)
  const [rewritten] = packing.rewrites
  return {
    path,
    format,
    version: text(raw['version']),
    server: { type: text(server['type']), entry },
    ...flawsOf(manifest, format),
    entry: entry === '' ? 'not known' : entryOf(manifest, entry, repository, packing, isStaged),
    missingFiles: files
      .filter(
        ([, file]) =>
          !isStaged &&
          file !== '' &&
          !/^https?:/.test(file) &&
          !repository.exists([directory, file].filter(Boolean).join('/')),
      )
      .map(([field, file]) => ({ field, file, line: lineOf(file) })),
    unresolved: references(server['mcp_config'])
      .filter(key => !(key in table(raw['user_config'])))
      .map(key => ({ reference: `\${user_config.${key}}`, line: lineOf('mcp_config') })),
    packageVersion: rewritten === undefined && text(raw['version']) !== '' ? own : null,
    notes: [
      ...('dxt_version' in raw ? ['dxt_version is the old name of manifest_version: rename it'] : []),
      ...(rewritten === undefined ? [] : [`rewritten by ${rewritten.slice(0, 120)}`]),
      ...others.map(other => `${other.path} is a manifest as well and is not judged`),
    ],
  }
}

/** The bundle manifest that the project packs; the one nearest to the root when nothing says so. */
export const bundleManifests = gatherer<
  BundleManifests,
  { manifests: typeof manifests; packing: typeof packing; project: typeof project }
>({
  id: 'bundle-manifests',
  impact: 'read',
  from: 'repository',
  needs: { manifests, packing, project },
  gather: ({ repository }, { manifests, packing, project }) => {
    const all = manifests.found
      .filter(({ kind }) => kind === 'mcpb')
      .toSorted((a, b) => a.path.split('/').length - b.path.split('/').length)
    const packed = packing.packed.flatMap(
      ({ directory }) => all.find(each => each.directory === directory && !oldName.test(each.path)) ?? [],
    )
    const chosen = packed[0] ?? all.find(({ path }) => !oldName.test(path)) ?? all[0]
    const { broken, templates } = manifests
    if (!chosen || !repository) return { packed: null, broken, templates }
    return {
      packed: describe(
        chosen,
        all.filter(each => each !== chosen),
        repository,
        project,
        packing,
      ),
      broken,
      templates,
    }
  },
})
