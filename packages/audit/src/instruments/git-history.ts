import type { Target } from '../core/target.ts'
import { gitDirectory } from '../target/git-place.ts'
import { headCommit, readRefs, runGit, withObjects } from './git-directory.ts'

export interface Blob {
  id: string
  path: string
  text: string
}

export interface History {
  /** Versions of files that were read. */
  read: number
  /** Versions that are known. */
  known: number
  /** Why not all were read; null when all were. */
  cut: string | null
}

const budgetMs = 8000
const budgetBytes = 20 * 1024 * 1024
const batchBytes = 12 * 1024 * 1024
const batchSize = 300
const maxBlobBytes = 200_000
const maxTips = 2000

const parseBatch = (output: Buffer, paths: Map<string, string>): Blob[] => {
  const blobs: Blob[] = []
  let at = 0
  while (at < output.length) {
    const lineEnd = output.indexOf(10, at)
    if (lineEnd < 0) break
    const [id = '', type, size] = output.toString('latin1', at, lineEnd).split(' ')
    at = lineEnd + 1
    if (type === undefined || type === 'missing') continue
    const end = at + Number(size)
    if (!(end <= output.length)) break
    const content = output.subarray(at, end)
    if (type === 'blob' && !content.subarray(0, 4096).includes(0))
      blobs.push({ id, path: paths.get(id) ?? '', text: content.toString('utf8') })
    at = end + 1
  }
  return blobs
}

/**
 * Shows `look` every version of the files whose paths are `wanted`, newest first, up to 20 MB and 8 s. Null without a
 * git directory that can be read.
 */
export const readHistory = async (
  root: string,
  wanted: (path: string) => boolean,
  look: (blob: Blob) => void,
  target: Target,
): Promise<History | null> => {
  const source = gitDirectory(root)
  if (!source) return null
  const refs = readRefs(source)
  const commits = [...new Set([...refs.ids.values(), headCommit(refs) ?? ''])].filter(Boolean).slice(0, maxTips)
  if (commits.length === 0) return null
  return withObjects(source, target.scratch, directory => versions(commits, directory, wanted, look, target))
}

const versions = async (
  commits: string[],
  directory: string,
  wanted: (path: string) => boolean,
  look: (blob: Blob) => void,
  target: Target,
): Promise<History | null> => {
  const started = performance.now()
  const left = (): number => Math.max(1, budgetMs - (performance.now() - started))
  const list = [
    'rev-list',
    '--objects',
    '--ignore-missing',
    '--missing=allow-any',
    `--filter=blob:limit=${maxBlobBytes}`,
    '--stdin',
  ]
  const listed = await runGit(directory, list, `${commits.join('\n')}\n`, { ms: left() / 2, bytes: batchBytes }, target)
  if (listed.code !== 0 && !listed.cut) return null
  const paths = new Map<string, string>()
  for (const line of listed.stdout.toString('utf8').split('\n')) {
    const space = line.indexOf(' ')
    if (space > 0 && wanted(line.slice(space + 1))) paths.set(line.slice(0, space), line.slice(space + 1))
  }
  const ids = [...paths.keys()]
  const history: History = { read: 0, known: ids.length, cut: listed.cut }
  let bytes = 0
  for (let start = 0; start < ids.length; start += batchSize) {
    if (left() <= 1 || bytes > budgetBytes) return { ...history, cut: left() <= 1 ? 'deadline' : 'bound of 20 MB' }
    const input = `${ids.slice(start, start + batchSize).join('\n')}\n`
    const { stdout, cut } = await runGit(
      directory,
      ['cat-file', '--batch', '--buffer'],
      input,
      { ms: left(), bytes: batchBytes },
      target,
    )
    bytes += stdout.length
    history.cut ??= cut
    for (const blob of parseBatch(stdout, paths)) {
      history.read++
      look(blob)
    }
  }
  return history
}
