import ignore from 'ignore'
import { gatherer, Undecided } from '../core/item.ts'
import type { TreeFile } from '../instruments/git-blobs.ts'
import { gitBlobs } from './git-blobs.ts'

export interface LargeFiles {
  /** Number of files in the commit that is checked out. */
  files: number
  /** Files of the commit, and earlier versions of files, that are large by themselves; the largest first. */
  large: (TreeFile & { inTree: boolean })[]
  /** The largest of all. */
  largest: TreeFile | null
  /** Patterns that .gitattributes gives to Git LFS. */
  patterns: { pattern: string; path: string; line: number }[]
  /** Files that the patterns cover and whose content is in git itself all the same. */
  past: TreeFile[]
  /** Pointers of Git LFS that no pattern covers, so that a checkout leaves the pointer in place of the content. */
  orphans: string[]
  /** Files that are kept in Git LFS as they should be. */
  kept: number
  cut: string | null
}

/** Bytes above which git history suffers: every clone carries every version of it for ever. */
export const largeBytes = 5 * 1024 * 1024

const lockFile = /(^|\/)([^/]*lock\.(json|ya?ml)|[^/]*\.lock|npm-shrinkwrap\.json|go\.sum)$/

/** What .gitattributes say about Git LFS. A later line that takes the filter away again wins. */
const attributesOf = (path: string, text: string): LargeFiles['patterns'] => {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
  return text.split('\n').flatMap((row, index) => {
    const [pattern = '', ...attributes] = row.trim().split(/\s+/)
    if (pattern.startsWith('#') || pattern === '') return []
    const takes = attributes.includes('filter=lfs')
    const leaves = attributes.some(each => /^(-filter|!filter|filter=(?!lfs$).*)$/.test(each))
    if (!takes && !leaves) return []
    const anchored =
      pattern.startsWith('/') || (folder && pattern.includes('/')) ? `/${folder}` : folder && `/${folder}**/`
    return [{ pattern: `${leaves ? '!' : ''}${anchored}${pattern.replace(/^\//, '')}`, path, line: index + 1 }]
  })
}

/** Sizes of what git keeps, and what is left to Git LFS. */
export const largeFiles = gatherer<LargeFiles, { blobs: typeof gitBlobs }>({
  id: 'large-files',
  impact: 'read',
  from: 'repository',
  needs: { blobs: gitBlobs },
  gather: async ({ repository }, { blobs }) => {
    if (!repository?.exists('.git')) throw new Undecided('the directory has no .git, so what it holds is not known')
    if (!blobs) throw new Undecided('the repository has no commit that can be read')
    const attributes = blobs.files.map(({ path }) => path).filter(path => /(^|\/)\.gitattributes$/.test(path))
    const texts = await Promise.all(
      attributes.slice(0, 50).map(async path => [path, (await repository.text(path)) ?? ''] as const),
    )
    const patterns = texts.flatMap(([path, text]) => attributesOf(path, text))
    const covers = ignore().add(patterns.map(({ pattern }) => pattern))
    const covered = blobs.files.filter(({ path }) => covers.ignores(path))
    const present = new Set(blobs.files.map(({ id }) => id))
    return {
      files: blobs.files.length,
      large: blobs.largest
        .filter(({ bytes, path }) => bytes > largeBytes && !lockFile.test(path))
        .map(file => ({ ...file, inTree: present.has(file.id) })),
      largest: blobs.largest[0] ?? null,
      patterns: patterns.filter(({ pattern }) => !pattern.startsWith('!')),
      past: covered.filter(({ path, bytes }) => bytes > 0 && !blobs.pointers.has(path)),
      orphans: [...blobs.pointers].filter(path => !covers.ignores(path)),
      kept: covered.filter(({ path }) => blobs.pointers.has(path)).length,
      cut: blobs.cut,
    }
  },
})
