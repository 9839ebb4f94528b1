import { gatherer } from '../core/item.ts'
import { readLock, type Ecosystem, type LockedVersion } from './locks/read.ts'
import { project, type Project } from './project.ts'

/** A package that the server is made of, and which version of it. */
export interface UsedVersion {
  ecosystem: Ecosystem
  name: string
  /** From the lock file, or from a requirement that allows one version only; null when neither tells. */
  version: string | null
  /** As it is asked for; null when only another package asks for it. */
  range: string | null
  /** Where that is written. */
  path: string
  line?: number
}

export interface LockedVersions {
  /** Each package that the server asks for, and what the lock files hold besides. */
  used: UsedVersion[]
  /** Lock files that exist and could not be read, and why. */
  unreadable: { path: string; because: string }[]
}

const directoryOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

interface Asked {
  ecosystem: Ecosystem
  name: string
  range: string
  path: string
}

/** `==1.2.3` and `1.2.3` leave no choice. */
export const pinned = (range: string): string | null =>
  /^(?:\[[^\]]*\])?\s*(?:==|=)?\s*v?(\d+(?:\.\d+)+)$/.exec(range)?.[1] ?? null

const askedFor = ({ node, python, requirements, scope }: Project): Asked[] => {
  const isHere = (directory: string): boolean => directory === scope.directory || scope.others.includes(directory)
  return [
    ...node
      .filter(({ directory }) => isHere(directory))
      .flatMap(({ path, dependencies, peerDependencies }) =>
        Object.entries({ ...peerDependencies, ...dependencies }).map(([name, range]): Asked => ({
          ecosystem: 'npm',
          name,
          range,
          path,
        })),
      ),
    ...python
      .filter(({ directory }) => isHere(directory))
      .flatMap(({ path, dependencies }) =>
        dependencies.map(({ name, spec }): Asked => ({ ecosystem: 'pypi', name, range: spec, path })),
      ),
    ...requirements
      .filter(({ path }) => isHere(directoryOf(path)) && /(^|\/)requirements\.txt$/.test(path))
      .flatMap(({ path, entries }) =>
        entries.map(({ name, spec }): Asked => ({ ecosystem: 'pypi', name, range: spec, path })),
      ),
  ]
}

/** The entry of a lock file before the list of what is asked for. */
const lineOf = (content: string, name: string): number | undefined => {
  const lines = content.split('\n')
  const entry = lines.findIndex(line => line.includes(`node_modules/${name}"`) || line === `name = "${name}"`)
  const other = lines.findIndex(line => line.includes(`${name}"`) || line.replace(/^['"\s/]+/, '').startsWith(name))
  const at = entry < 0 ? other : entry
  return at < 0 ? undefined : at + 1
}

/** Which version of each package the server is built with: the lock file decides, a pinned requirement where there is none. */
export const lockedVersions = gatherer<LockedVersions, { project: typeof project }>({
  id: 'locked-versions',
  impact: 'read',
  from: 'repository',
  needs: { project },
  gather: async ({ repository }, { project: found }) => {
    const result: LockedVersions = { used: [], unreadable: [] }
    const asked = askedFor(found)
    const { directory } = found.scope
    const own = found.lockFiles
      .filter(
        ({ path }) =>
          directory === directoryOf(path) ||
          `${directory}/`.startsWith(directoryOf(path) === '' ? '' : `${directoryOf(path)}/`),
      )
      .toSorted((a, b) => b.path.split('/').length - a.path.split('/').length)
    const done = new Set<string>()
    for (const { path } of own) {
      const before = new Set(done)
      const content = await repository?.text(path)
      let versions: LockedVersion[] | null = null
      try {
        versions = content ? readLock(path, content, directory) : null
        if (!versions) result.unreadable.push({ path, because: 'it is no text, or too large' })
      } catch (error) {
        result.unreadable.push({
          path,
          because: (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '',
        })
      }
      for (const { ecosystem, name, version } of versions ?? []) {
        const key = `${ecosystem}:${name}`
        if (before.has(key)) continue
        const line = lineOf(content ?? '', name)
        const range = asked.find(one => one.ecosystem === ecosystem && one.name === name)?.range ?? null
        result.used.push({ ecosystem, name, version, range, path, ...(line ? { line } : {}) })
        done.add(key)
      }
    }
    for (const { ecosystem, name, range, path } of asked) {
      if (done.has(`${ecosystem}:${name}`)) continue
      const line = lineOf((await repository?.text(path)) ?? '', name)
      result.used.push({ ecosystem, name, version: pinned(range), range, path, ...(line ? { line } : {}) })
    }
    return result
  },
})
