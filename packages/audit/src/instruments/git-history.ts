import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../core/target.ts'
import { runCommand, type Finished } from './command.ts'
import { hasGitDirectory } from './git-index.ts'

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
const maxRefs = 2000

const readSmall = (path: string): string => {
  try {
    const { size } = lstatSync(path)
    return lstatSync(path).isFile() && size < 4_000_000 ? readFileSync(path, 'latin1') : ''
  } catch {
    return ''
  }
}

/** Commits that the branches and tags of the repository point to. */
const tips = (directory: string): string[] => {
  const found = [...readSmall(join(directory, 'packed-refs')).matchAll(/^([0-9a-f]{40}) /gm)].map(
    match => match[1] ?? '',
  )
  const walk = (folder: string, depth: number): void => {
    if (depth > 6 || found.length > maxRefs) return
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path, depth + 1)
      else if (entry.isFile()) found.push(readSmall(path).trim())
    }
  }
  walk(join(directory, 'refs'), 0)
  found.push(readSmall(join(directory, 'HEAD')).trim())
  return [...new Set(found)].filter(id => /^[0-9a-f]{40}$/.test(id)).slice(0, maxRefs)
}

/**
 * A git directory of our own that borrows the objects of the target: its configuration, hooks, filters and helpers are
 * out of reach.
 */
const borrow = (root: string, scratch: string): string => {
  const source = join(root, '.git')
  const own = mkdtempSync(join(scratch, 'git-'))
  mkdirSync(join(own, 'refs'))
  mkdirSync(join(own, 'objects/info'), { recursive: true })
  writeFileSync(join(own, 'objects/info/alternates'), `${join(source, 'objects')}\n`)
  writeFileSync(join(own, 'HEAD'), 'ref: refs/heads/none\n')
  writeFileSync(join(own, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
  const shallow = readSmall(join(source, 'shallow'))
  if (shallow) writeFileSync(join(own, 'shallow'), shallow)
  return own
}

const git = (
  directory: string,
  args: string[],
  input: string,
  bounds: { ms: number; bytes: number },
  target: Target,
): Promise<Finished> =>
  runCommand({
    command: 'git',
    args: [
      '--no-pager',
      '--no-replace-objects',
      `--git-dir=${directory}`,
      '-c',
      'core.fsmonitor=false',
      '-c',
      'core.hooksPath=/dev/null',
      ...args,
    ],
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ALLOW_PROTOCOL: '',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
    },
    input,
    deadlineMs: bounds.ms,
    maxBytes: bounds.bytes,
    signal: target.signal,
  })

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
  if (!hasGitDirectory(root)) return null
  const started = performance.now()
  const left = (): number => Math.max(1, budgetMs - (performance.now() - started))
  const directory = borrow(root, target.scratch)
  const commits = tips(join(root, '.git'))
  if (commits.length === 0) return null
  const list = [
    'rev-list',
    '--objects',
    '--ignore-missing',
    '--missing=allow-any',
    `--filter=blob:limit=${maxBlobBytes}`,
    '--stdin',
  ]
  const listed = await git(directory, list, `${commits.join('\n')}\n`, { ms: left() / 2, bytes: batchBytes }, target)
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
    const { stdout, cut } = await git(
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
