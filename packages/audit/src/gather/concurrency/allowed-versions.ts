import { gatherer } from '../../core/item.ts'
import { lockedVersions } from '../locked-versions.ts'
import { majorOf } from '../locks/compare.ts'
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

/** Which versions of a Python package the server runs with: what it asks for, else what the lock file holds. */
export const allowedVersions = gatherer<
  (name: string) => AllowedMajors,
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
    return name => {
      const used = lockedVersions.used.filter(one => one.ecosystem === 'pypi' && one.name === name)
      const specs = [
        ...used.flatMap(({ range }) => range ?? []),
        ...declared.flatMap(one => (one.name === name ? one.spec : [])),
      ]
      const asked = specs.map(majorsOf).find(({ oldest, newest }) => oldest !== null || newest !== null)
      const locked = used.flatMap(({ version }) => (version === null ? [] : majorOf(version)))[0]
      const isOpen = asked?.oldest !== asked?.newest || asked === undefined
      return isOpen && locked !== undefined
        ? { oldest: locked, newest: locked }
        : (asked ?? { oldest: null, newest: null })
    }
  },
})
