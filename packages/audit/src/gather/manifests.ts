import { gatherer } from '../core/item.ts'
import { isTable, type Table } from './tables.ts'

/** A JSON file that describes the server to an installer. */
export interface JsonManifest {
  path: string
  /** Its folder; empty for the root. */
  directory: string
  /** `mcpb` is a bundle's manifest, `registry` is server.json; `other` belongs to a browser extension, a web app, ... */
  kind: 'mcpb' | 'registry' | 'other'
  raw: Record<string, unknown>
  /** The first line on which a key or a text stands. */
  lineOf: (key: string) => number
}

export interface Manifests {
  found: JsonManifest[]
  broken: { path: string; because: string }[]
  /** Files from which a build step makes a bundle's manifest. */
  templates: string[]
}

const kindOf = (path: string, raw: Table): JsonManifest['kind'] => {
  if (/(^|\/)server\.json$/.test(path)) {
    const schema = typeof raw['$schema'] === 'string' ? raw['$schema'] : ''
    return /server\.schema\.json/.test(schema) || Array.isArray(raw['packages']) || Array.isArray(raw['remotes'])
      ? 'registry'
      : 'other'
  }
  // Browser extensions have a number there, web apps have neither.
  const version = raw['manifest_version'] ?? raw['dxt_version']
  const isBundle =
    typeof version === 'string' ||
    'dxt_version' in raw ||
    (isTable(raw['server']) && ('mcp_config' in raw['server'] || 'entry_point' in raw['server']))
  return isBundle ? 'mcpb' : 'other'
}

const manifestFile = /(^|\/)((mcpb|dxt)[-_.]?manifest|manifest|mcpb|dxt|server)\.json$/
const templateFile =
  /(^|\/)manifest[^/]*\.(template|tmpl|tpl|in|base|src)[^/]*$|(^|\/)manifest[-_.](template|base)[^/]*\.json$/
const notTheirs = /(^|\/)(tests?|__tests__|fixtures|examples?|public|static|testdata)\//

/** The manifests of bundles and of the MCP registry, parsed. */
export const manifests = gatherer<Manifests>({
  id: 'manifests',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    const files = (repository?.files ?? []).filter(each => !notTheirs.test(each))
    const result: Manifests = { found: [], broken: [], templates: [] }
    for (const path of files.filter(each => templateFile.test(each)))
      if (/"(mcp_config|manifest_version|dxt_version)"/.test((await repository?.text(path)) ?? ''))
        result.templates.push(path)
    for (const path of files.filter(each => manifestFile.test(each))) {
      const text = (await repository?.text(path)) ?? ''
      try {
        const raw: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
        if (!isTable(raw)) continue
        const lines = text.split('\n')
        const lineOf = (key: string): number =>
          Math.max(
            0,
            lines.findIndex(line => line.includes(`"${key}"`)),
          ) + 1
        result.found.push({
          path,
          directory: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
          kind: kindOf(path, raw),
          raw,
          lineOf,
        })
      } catch (error) {
        if (/manifest_version|dxt_version|mcp_config/.test(text))
          result.broken.push({ path, because: String(error instanceof Error ? error.message : error) })
      }
    }
    return result
  },
})
