import { gatherer } from '../core/item.ts'
import { readBlobs, type Blobs } from '../instruments/git-blobs.ts'

/** The files that git keeps, now and before; null when the directory has no .git, or one without a commit that can be read. */
export const gitBlobs = gatherer<Blobs | null>({
  id: 'git-blobs',
  impact: 'read',
  from: 'repository',
  gather: async target =>
    target.repository?.exists('.git') ? await readBlobs(target.repository.root, target).catch(() => null) : null,
})
