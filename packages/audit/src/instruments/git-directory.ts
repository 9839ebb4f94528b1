import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../core/target.ts'
import { readSmall, type GitDirectory } from '../target/git-place.ts'
import { runCommand, type Finished } from './command.ts'

const maxRefs = 5000

export interface Refs {
  /** Commit or tag object by full name, such as `refs/tags/v1.0.0`. */
  ids: Map<string, string>
  /** The name that HEAD points to, or the commit itself; empty when it cannot be read. */
  head: string
  /** What the remote calls its default branch, such as `refs/remotes/origin/main`. */
  remoteHead: string | null
}

const objectId = /^[0-9a-f]{40}$/

/** Branches and tags, read as files. */
export const readRefs = ({ own, common }: GitDirectory): Refs => {
  const ids = new Map<string, string>()
  for (const [, id = '', name = ''] of readSmall(join(common, 'packed-refs')).matchAll(/^([0-9a-f]{40}) (\S+)$/gm))
    if (ids.size < maxRefs) ids.set(name, id)
  const walk = (folder: string, depth: number): void => {
    let entries
    try {
      entries = readdirSync(join(common, folder), { withFileTypes: true })
    } catch {
      return
    }
    for (const entry of entries) {
      const name = `${folder}/${entry.name}`
      if (depth > 6 || ids.size > maxRefs) return
      if (entry.isDirectory()) walk(name, depth + 1)
      const id = entry.isFile() ? readSmall(join(common, name)).trim() : ''
      if (objectId.test(id)) ids.set(name, id)
    }
  }
  walk('refs', 0)
  const pointer = (text: string): string => text.trim().replace(/^ref: /, '')
  const remoteHead = pointer(readSmall(join(common, 'refs/remotes/origin/HEAD')))
  return { ids, head: pointer(readSmall(join(own, 'HEAD'))), remoteHead: remoteHead || null }
}

/** The commit that is checked out; null before the first one. */
export const headCommit = ({ ids, head }: Refs): string | null => (objectId.test(head) ? head : (ids.get(head) ?? null))

/** Whether commits before some point were left out of the clone. */
export const isShallow = ({ common }: GitDirectory): boolean => readSmall(join(common, 'shallow')) !== ''

/**
 * Works with a git directory of our own that borrows the objects of the target, so that its configuration, hooks, filters and
 * helpers are out of reach; removes it afterwards.
 */
export const withObjects = async <T>(
  { common }: GitDirectory,
  scratch: string,
  work: (directory: string) => Promise<T>,
): Promise<T> => {
  const own = mkdtempSync(join(scratch, 'git-'))
  try {
    mkdirSync(join(own, 'refs'))
    mkdirSync(join(own, 'objects/info'), { recursive: true })
    writeFileSync(join(own, 'objects/info/alternates'), `${join(common, 'objects')}\n`)
    writeFileSync(join(own, 'HEAD'), 'ref: refs/heads/none\n')
    writeFileSync(join(own, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
    const shallow = readSmall(join(common, 'shallow'))
    if (shallow) writeFileSync(join(own, 'shallow'), shallow)
    return await work(own)
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

/** Runs git on a borrowed git directory, with nothing of this machine's configuration and without a network. */
export const runGit = (
  directory: string,
  args: string[],
  input: string,
  bounds: { ms: number; bytes: number },
  target: Pick<Target, 'signal'>,
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
      GIT_NO_LAZY_FETCH: '1',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
    },
    input,
    deadlineMs: bounds.ms,
    maxBytes: bounds.bytes,
    signal: target.signal,
  })
