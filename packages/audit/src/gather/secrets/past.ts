import { gatherer } from '../../core/item.ts'
import { readHistory, type Blob, type History } from '../../instruments/git-history.ts'
import { generated, scan, settingOf } from './files.ts'
import type { Secret } from './scan.ts'

export interface PastSecrets {
  /** In all versions of files that git keeps, those of today among them. */
  versions: (Secret & { path: string; object: string })[]
  /** Null without a git directory that can be read. */
  history: History | null
}

const isWanted = (path: string): boolean => !generated.test(path) && settingOf(path) !== 'other'

/** Secrets in the versions of files that git keeps. */
export const pastSecrets = gatherer<PastSecrets>({
  id: 'past-secrets',
  impact: 'read',
  from: 'repository',
  gather: async target => {
    const versions: PastSecrets['versions'] = []
    const look = ({ id, path, text }: Blob): void => {
      versions.push(...scan(path, text).map(secret => ({ ...secret, path, object: id })))
    }
    const root = target.repository?.root
    const history = root === undefined ? null : await readHistory(root, isWanted, look, target).catch(() => null)
    return { versions, history }
  },
})
