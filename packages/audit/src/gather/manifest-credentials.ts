import { gatherer } from '../core/item.ts'
import { namesCredential } from './credential-names.ts'
import { manifests, type JsonManifest } from './manifests.ts'
import { table, type Table } from './tables.ts'

/** A credential that a manifest asks for, or holds. */
export interface ManifestCredential {
  name: string
  path: string
  line: number
  /** The installer keeps it out of sight: `sensitive`, `isSecret`. */
  hidden: boolean
  /** Its value stands in the manifest. */
  written: boolean
}

const tables = (value: unknown): Table[] => (Array.isArray(value) ? value.map(table) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const inBundle = ({ path, raw, lineOf }: JsonManifest): ManifestCredential[] => {
  const settings = table(raw['user_config'])
  const environment = table(table(table(raw['server'])['mcp_config'])['env'])
  const asked = Object.entries(settings).filter(
    ([name, entry]) =>
      !/^(boolean|number|file|directory)$/.test(text(table(entry)['type'])) &&
      (namesCredential(name) ||
        Object.entries(environment).some(
          ([variable, value]) => namesCredential(variable) && text(value).includes(`\${user_config.${name}}`),
        )),
  )
  const written = Object.entries(environment).filter(
    ([name, value]) => namesCredential(name) && text(value) !== '' && !text(value).includes('${'),
  )
  return [
    ...asked.map(([name, entry]) => ({
      name,
      path,
      line: lineOf(name),
      hidden: table(entry)['sensitive'] === true,
      written: false,
    })),
    ...written.map(([name]) => ({ name, path, line: lineOf(name), hidden: false, written: true })),
  ]
}

const inRegistry = ({ path, raw, lineOf }: JsonManifest): ManifestCredential[] =>
  [...tables(raw['packages']), ...tables(raw['remotes'])]
    .flatMap(entry => [
      ...tables(entry['environmentVariables']),
      ...tables(entry['environment_variables']),
      ...tables(entry['headers']),
    ])
    .flatMap(entry => {
      const name = text(entry['name'])
      if (!namesCredential(name)) return []
      const hidden = entry['isSecret'] === true || entry['is_secret'] === true
      return [
        {
          name,
          path,
          line: lineOf('environmentVariables'),
          hidden,
          written: text(entry['value']) !== '' && !text(entry['value']).includes('{'),
        },
      ]
    })

/** The credentials that the manifests of bundles and of the registry name. */
export const manifestCredentials = gatherer<ManifestCredential[], { manifests: typeof manifests }>({
  id: 'manifest-credentials',
  impact: 'read',
  from: 'repository',
  needs: { manifests },
  gather: (_, { manifests: { found } }) =>
    found.flatMap(manifest =>
      manifest.kind === 'mcpb' ? inBundle(manifest) : manifest.kind === 'registry' ? inRegistry(manifest) : [],
    ),
})
