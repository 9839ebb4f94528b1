import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { table } from '../tables.ts'

export type Ecosystem = 'npm' | 'pypi'

export interface LockedVersion {
  ecosystem: Ecosystem
  /** PyPI names are in lower case, with hyphens. */
  name: string
  version: string
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const pythonName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-')

const npm = (name: string, version: string | null): LockedVersion[] =>
  version && /^\d/.test(version) ? [{ ecosystem: 'npm', name, version: version.replace(/\(.*$/, '') }] : []
const pypi = (name: string | null, version: string | null): LockedVersion[] =>
  name && version ? [{ ecosystem: 'pypi', name: pythonName(name), version: version.replace(/^==/, '') }] : []

/** What the server's own package gets: `node_modules/X` at the top, or in its own workspace before that. */
const packageLock = (content: string, directory: string): LockedVersion[] => {
  const raw = table(JSON.parse(content))
  const found = new Map<string, LockedVersion[]>()
  for (const prefix of ['node_modules/', ...(directory === '' ? [] : [`${directory}/node_modules/`])])
    for (const [path, entry] of Object.entries(table(raw['packages']))) {
      const name = path.startsWith(prefix) ? path.slice(prefix.length) : ''
      if (name && !name.includes('node_modules/')) found.set(name, npm(name, text(table(entry)['version'])))
    }
  if (raw['packages']) return [...found.values()].flat()
  return Object.entries(table(raw['dependencies'])).flatMap(([name, entry]) => npm(name, text(table(entry)['version'])))
}

const nameAndVersion = (key: string): [name: string, version: string] | null => {
  const match = /^\/?(@[^/]+\/[^@/]+|[^@/]+)[@/](\d[^(_]*)/.exec(key)
  return match?.[1] && match[2] ? [match[1], match[2]] : null
}

const pnpmLock = (content: string, directory: string): LockedVersion[] => {
  const raw = table(parseYaml(content, { maxAliasCount: 0 }))
  const importers = table(raw['importers'])
  const own = table(importers[directory === '' ? '.' : directory] ?? importers['.'] ?? raw)
  const direct = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap(kind =>
    Object.entries(table(own[kind])).flatMap(([name, entry]) =>
      npm(name, text(entry) ?? text(table(entry)['version'])),
    ),
  )
  const names = new Set(direct.map(({ name }) => name))
  const others = Object.keys(table(raw['packages'])).flatMap(key => {
    const [name, version] = nameAndVersion(key) ?? []
    return name && version && !names.has(name) ? npm(name, version) : []
  })
  return [...direct, ...others]
}

/** Both formats of Yarn: a head `"zod@^4.1.0":`, and below it a line with the version. */
const yarnLock = (content: string): LockedVersion[] => {
  let name = ''
  return content.split('\n').flatMap(line => {
    const head = /^"?(@[^/\s"]+\/[^@\s"]+|[^@\s"#]+)@[^\n]*:\s*$/.exec(line)?.[1]
    if (head) name = head
    const version = /^\s{2}version:?\s+"?([^"\s]+)"?\s*$/.exec(line)?.[1]
    return version && name ? npm(name, version) : []
  })
}

/** JSON with commas at the end of lists. */
const bunLock = (content: string): LockedVersion[] => {
  const raw = table(JSON.parse(content.replaceAll(/,(\s*[}\]])/g, '$1')))
  return Object.entries(table(raw['packages'])).flatMap(([key, entry]) => {
    const [name, version] = nameAndVersion(Array.isArray(entry) ? (text(entry[0]) ?? '') : '') ?? []
    return name === key && version ? npm(name, version) : []
  })
}

const tomlLock = (content: string): LockedVersion[] => {
  const packages = table(parseToml(content))['package']
  return (Array.isArray(packages) ? packages : []).flatMap(entry =>
    pypi(text(table(entry)['name']), text(table(entry)['version'])),
  )
}

const pipfileLock = (content: string): LockedVersion[] =>
  Object.entries(table(table(JSON.parse(content))['default'])).flatMap(([name, entry]) =>
    pypi(name, text(table(entry)['version'])),
  )

/** Reads a lock file for the package in that directory; null for formats that are not text. Throws when it is broken. */
export const readLock = (path: string, content: string, directory: string): LockedVersion[] | null => {
  const base = path.slice(path.lastIndexOf('/') + 1)
  if (base === 'package-lock.json' || base === 'npm-shrinkwrap.json') return packageLock(content, directory)
  if (base === 'pnpm-lock.yaml') return pnpmLock(content, directory)
  if (base === 'yarn.lock') return yarnLock(content)
  if (base === 'bun.lock') return bunLock(content)
  if (/^(uv|poetry|pdm)\.lock$/.test(base)) return tomlLock(content)
  return base === 'Pipfile.lock' ? pipfileLock(content) : null
}
