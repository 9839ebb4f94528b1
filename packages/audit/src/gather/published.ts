import { gatherer } from '../core/item.ts'

export interface Published {
  /** What the directory is when it was unpacked from a registry instead of checked out; null for a working copy. */
  what: 'an unpacked npm package' | 'an unpacked Python source archive' | null
}

/** What is never packed and always in a working copy. */
const workingCopy = ['.git', '.gitignore', '.github', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock']

/** Whether the directory is a packed artefact, in which the pipeline and its like cannot be expected. */
export const published = gatherer<Published>({
  id: 'published',
  impact: 'read',
  from: 'repository',
  gather: ({ repository }) => {
    if (!repository || repository.exists('.git')) return { what: null }
    if (repository.exists('PKG-INFO')) return { what: 'an unpacked Python source archive' }
    const isWorkingCopy = workingCopy.some(path => repository.exists(path))
    const isBuilt = repository.files.some(path => /^(dist|build|lib|out)\/.*\.[mc]?js$/.test(path))
    return { what: !isWorkingCopy && isBuilt && repository.exists('package.json') ? 'an unpacked npm package' : null }
  },
})

export const isPublished = (found: Published): found is { what: NonNullable<Published['what']> } => found.what !== null
