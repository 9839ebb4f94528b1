import { gatherer } from '../../core/item.ts'
import { lockedVersions, type UsedVersion } from '../locked-versions.ts'
import { ceilingOf, compareVersions, floorOf, majorOf } from '../locks/compare.ts'
import { project } from '../project.ts'
import { requirementsIn, type Requirement } from '../requirements.ts'

/** The oldest and the newest major version of a package that may be installed; null where nothing says. */
export interface AllowedMajors {
  oldest: number | null
  newest: number | null
}

/** `>=2.1,<3`, `^2.14`, `~=2.14.1`, `==2.*`. */
export const majorsOf = (spec: string): AllowedMajors => {
  // what is fetched from an address has no range
  const range = spec.replace(/^\[[^\]]*\]/, '').replace(/[;@].*$/, '')
  const found: AllowedMajors = { oldest: null, newest: null }
  for (const [, operator = '', version = ''] of range.matchAll(/(>=|<=|===?|~=|!=|[<>^~])?\s*v?(\d[\w.*]*)/g)) {
    const major = majorOf(version)
    const isExact = /^(=|\^|~|$)/.test(operator)
    if (isExact || operator.startsWith('>')) found.oldest = Math.max(found.oldest ?? 0, major)
    if (operator === '<' && /^\d+(\.0)*$/.test(version)) found.newest = Math.min(found.newest ?? Infinity, major - 1)
    else if (isExact || operator.startsWith('<')) found.newest = Math.min(found.newest ?? Infinity, major)
  }
  return found
}

/** What an unpacked wheel asks for. */
const metadata = /^[^/]+\.dist-info\/METADATA$|^PKG-INFO$/

export interface AllowedVersions {
  /** The major versions of a package, by what asks for it, else by the lock file. */
  majors(name: string): AllowedMajors
  /** Whether it is that version or a newer one; null where both may be installed. */
  isSince(name: string, version: string): boolean | null
}

/** Which versions of a Python package the server runs with. */
export const allowedVersions = gatherer<
  AllowedVersions,
  { project: typeof project; lockedVersions: typeof lockedVersions }
>({
  id: 'allowed-versions',
  impact: 'read',
  from: 'repository',
  needs: { project, lockedVersions },
  gather: async ({ repository }, { project, lockedVersions }) => {
    const path = repository?.files.find(each => metadata.test(each))
    const text = path ? ((await repository?.text(path)) ?? '') : ''
    const packed = requirementsIn([...text.matchAll(/^Requires-Dist: (.*)$/gm)].map(([, written]) => written))
    const declared: Requirement[] = [...project.python.flatMap(({ dependencies }) => dependencies), ...packed]
    const usedOf = (name: string): UsedVersion[] =>
      lockedVersions.used.filter(one => one.ecosystem === 'pypi' && one.name === name)
    const specsOf = (name: string): string[] => [
      ...usedOf(name).flatMap(({ range }) => range ?? []),
      ...declared.flatMap(one => (one.name === name ? one.spec : [])),
    ]
    return {
      majors: name => {
        const asked = specsOf(name)
          .map(majorsOf)
          .find(({ oldest, newest }) => oldest !== null || newest !== null)
        const locked = usedOf(name).flatMap(({ version }) => (version === null ? [] : majorOf(version)))[0]
        const isOpen = asked?.oldest !== asked?.newest || asked === undefined
        return isOpen && locked !== undefined
          ? { oldest: locked, newest: locked }
          : (asked ?? { oldest: null, newest: null })
      },
      isSince: (name, version) => {
        const locked = usedOf(name).find(one => one.version !== null)?.version
        if (locked) return compareVersions(locked, version) >= 0
        const ranges = specsOf(name).map(spec => spec.replace(/[;@].*$/, '').trim())
        const [oldest, newest] = [ranges.map(floorOf), ranges.map(ceilingOf)]
        if (oldest.some(each => each !== null && compareVersions(each, version) >= 0)) return true
        return newest.some(each => each !== null && compareVersions(each, version) <= 0) ? false : null
      },
    }
  },
})
