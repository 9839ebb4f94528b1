import { gatherer } from '../core/item.ts'
import { lockedVersions } from './locked-versions.ts'

/** An SDK for Python that checks Host and Origin by itself while it listens on loopback. */
export interface SdkProtection {
  name: string
  /** Null where no lock file says which one is installed, and the one that protects is among those allowed. */
  version: string | null
  /** The first version that does: `1.23`. */
  since: string
}

/** `mcp>=1.9`, without an upper bound below that version. */
const mayBe = (range: string, major: number, minor: number): boolean => {
  const pin = /(?:==|~=)\s*(\d+)\.(\d+)/.exec(range)
  if (pin?.[1] && pin[2]) return Number(pin[1]) > major || (Number(pin[1]) === major && Number(pin[2]) >= minor)
  const upper = /<=?\s*(\d+)(?:\.(\d+))?/.exec(range)
  if (!upper?.[1]) return true
  const [first, second] = [Number(upper[1]), Number(upper[2] ?? 0)]
  return first > major || (first === major && second > minor)
}

/** The first versions that do. */
const since: Record<string, [major: number, minor: number]> = { fastmcp: [4, 0], mcp: [1, 23] }

export const sdkProtection = gatherer<SdkProtection | null, { lockedVersions: typeof lockedVersions }>({
  id: 'sdk-protection',
  impact: 'read',
  from: 'repository',
  needs: { lockedVersions },
  gather: (_, { lockedVersions: { used } }) => {
    for (const [name, [major, minor]] of Object.entries(since)) {
      const found = used.find(one => one.ecosystem === 'pypi' && one.name === name && one.version !== null)
      const [first = 0, second = 0] = (found?.version ?? '').split('.').map(Number)
      if (found?.version && (first > major || (first === major && second >= minor)))
        return { name, version: found.version, since: `${major}.${minor}` }
      if (found) return null
      const asked = used.find(one => one.ecosystem === 'pypi' && one.name === name && one.range !== null)
      if (asked?.range !== undefined && asked.range !== null && mayBe(asked.range, major, minor))
        return { name, version: null, since: `${major}.${minor}` }
    }
    return null
  },
})
