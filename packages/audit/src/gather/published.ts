import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'

export interface Published {
  /** What the directory is when it was unpacked from a registry instead of checked out; null for a working copy. */
  what: 'an unpacked npm package' | 'an unpacked Python source archive' | null
}

/** What is never packed and always in a working copy. */
const workingCopy = ['.git', '.gitignore', '.github', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock']

/** A package that was packed with more than is built: what it starts is there, and a version with it. */
const startsWhatIsThere = async (repository: Repository): Promise<boolean> => {
  try {
    const raw = JSON.parse((await repository.text('package.json')) ?? '') as Record<string, unknown>
    const bin = typeof raw['bin'] === 'object' && raw['bin'] !== null ? Object.values(raw['bin']) : [raw['bin']]
    const entries = [...bin, raw['main']].filter((each): each is string => typeof each === 'string')
    return (
      typeof raw['version'] === 'string' &&
      raw['private'] !== true &&
      entries.some(each => /\.[mc]?js$/.test(each) && repository.files.includes(each.replace(/^\.\//, '')))
    )
  } catch {
    return false
  }
}

/** Whether the directory is a packed artefact, in which the pipeline and its like cannot be expected. */
export const published = gatherer<Published>({
  id: 'published',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    if (!repository || repository.exists('.git')) return { what: null }
    if (repository.exists('PKG-INFO')) return { what: 'an unpacked Python source archive' }
    const isWorkingCopy = workingCopy.some(path => repository.exists(path))
    const isBuilt = repository.files.some(path => /^(dist|build|lib|out)\/.*\.[mc]?js$/.test(path))
    const isPacked = !isWorkingCopy && isBuilt && repository.exists('package.json')
    const hasNoFilesOfGit = workingCopy.every(path => path === '.github' || !repository.exists(path))
    return {
      what: isPacked || (hasNoFilesOfGit && (await startsWhatIsThere(repository))) ? 'an unpacked npm package' : null,
    }
  },
})

export const isPublished = (found: Published): found is { what: NonNullable<Published['what']> } => found.what !== null
