import type { Target } from '../core/target.ts'
import { gitDirectory } from '../target/git-place.ts'
import { headCommit, readRefs, runGit, withObjects, type Refs } from './git-directory.ts'

export interface TreeFile {
  path: string
  id: string
  bytes: number
}

export interface Blobs {
  /** Files of the commit that is checked out. */
  files: TreeFile[]
  /** Of these, the ones that are pointers of Git LFS: the content is kept elsewhere. */
  pointers: Set<string>
  /** The largest versions of files in all of the history, the largest first; at most 20. */
  largest: TreeFile[]
  /** Why the history was not read to its end; null when it was. */
  cut: string | null
}

const treeBounds = { ms: 8000, bytes: 12_000_000 }
const maxObjects = 150_000
const pointer = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n/

const filesAt = async (commit: string, directory: string, target: Target): Promise<TreeFile[] | null> => {
  const asked = ['ls-tree', '-r', '-l', '-z', '--full-tree', commit]
  const { stdout, code } = await runGit(directory, asked, '', treeBounds, target)
  if (code !== 0) return null
  return stdout
    .toString('utf8')
    .split('\0')
    .flatMap(entry => {
      const [, id = '', bytes = '', path = ''] = /^\d+ blob ([0-9a-f]+) +(\d+)\t(.*)$/s.exec(entry) ?? []
      return id ? [{ path, id, bytes: Number(bytes) }] : []
    })
}

/** A pointer has between 120 and 200 bytes. */
const pointersAmong = async (files: TreeFile[], directory: string, target: Target): Promise<Set<string>> => {
  const small = files.filter(({ bytes }) => bytes > 110 && bytes < 300).slice(0, 2000)
  const input = small.map(({ id }) => `${id}\n`).join('')
  const { stdout } = await runGit(directory, ['cat-file', '--batch'], input, treeBounds, target)
  const found = new Set<string>()
  let at = 0
  for (const { path } of small) {
    const end = stdout.indexOf(10, at)
    const bytes = Number(stdout.toString('latin1', at, end).split(' ')[2])
    if (end < 0 || !Number.isFinite(bytes)) break
    if (pointer.test(stdout.toString('latin1', end + 1, end + 1 + bytes))) found.add(path)
    at = end + bytes + 2
  }
  return found
}

/** Sizes in the tree and in the history; null without a git directory or before the first commit. */
export const readBlobs = async (root: string, target: Target): Promise<Blobs | null> => {
  const source = gitDirectory(root)
  const refs = source && readRefs(source)
  const commit = refs && headCommit(refs)
  if (!source || !commit) return null
  return withObjects(source, target.scratch, directory => blobsOf(commit, refs, directory, target))
}

const blobsOf = async (commit: string, refs: Refs, directory: string, target: Target): Promise<Blobs | null> => {
  const files = await filesAt(commit, directory, target)
  if (!files) return null
  const tips = [...new Set([commit, ...refs.ids.values()])].slice(0, 2000)
  const walk = ['rev-list', '--objects', '--ignore-missing', '--missing=allow-any', '--stdin']
  const listed = await runGit(directory, walk, `${tips.join('\n')}\n`, treeBounds, target)
  const paths = new Map<string, string>()
  for (const line of listed.stdout.toString('utf8').split('\n'))
    if (line.length > 41 && paths.size < maxObjects) paths.set(line.slice(0, 40), line.slice(41))
  const asked = ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)', '--buffer']
  const sizes = await runGit(directory, asked, [...paths.keys(), ''].join('\n'), treeBounds, target)
  const largest = sizes.stdout
    .toString('latin1')
    .split('\n')
    .flatMap(line => {
      const [id = '', kind, bytes] = line.split(' ')
      return kind === 'blob' ? [{ id, path: paths.get(id) ?? '', bytes: Number(bytes) }] : []
    })
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 20)
  return { files, pointers: await pointersAmong(files, directory, target), largest, cut: listed.cut ?? sizes.cut }
}
