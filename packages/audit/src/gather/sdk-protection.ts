import { gatherer } from '../core/item.ts'
import { lockedVersions } from './locked-versions.ts'

/** An SDK for Python that checks Host and Origin by itself while it listens on loopback. */
export interface SdkProtection {
  name: string
  version: string
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
        return { name, version: found.version }
      if (found) return null
    }
    return null
  },
})
