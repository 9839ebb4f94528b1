import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export interface PastCommit {
  subject: string
  /** Tags that point to the commit; an annotated one has the subject as its message. */
  tag?: string
}

const author = { name: 'Ada Byron', email: 'ada@notes-mcp.dev', date: '2026-06-01T09:00:00Z' }

/** An environment in which git knows nothing of this machine, and every commit has the same author and date. */
export const gitEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: author.name,
  GIT_AUTHOR_EMAIL: author.email,
  GIT_AUTHOR_DATE: author.date,
  GIT_COMMITTER_NAME: author.name,
  GIT_COMMITTER_EMAIL: author.email,
  GIT_COMMITTER_DATE: author.date,
})

const git = (directory: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'gc.auto=0', ...args], {
    cwd: directory,
    env: gitEnvironment(),
    encoding: 'utf8',
    timeout: 30_000,
  }).trim()

/** Makes the directory a git repository with this history; every commit holds the files as they are now. */
export const writeHistory = (directory: string, commits: readonly PastCommit[]): void => {
  git(directory, 'init', '-q', '--initial-branch=main', '--template=')
  git(directory, 'add', '--all')
  const tree = git(directory, 'write-tree')
  let parent = ''
  for (const { subject, tag } of commits) {
    parent = git(directory, 'commit-tree', tree, ...(parent ? ['-p', parent] : []), '-m', subject)
    if (tag) git(directory, 'tag', '--annotate', '-m', subject, tag, parent)
  }
  git(directory, 'update-ref', 'refs/heads/main', parent)
  git(directory, 'repack', '-adq')
}

const filesOf = (directory: string): [path: string, content: Buffer][] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => [relative(directory, path), readFileSync(path)])

const written = new Map<string, [path: string, content: Buffer][]>()

/** As {@link writeHistory}, for a fresh copy of `origin`: git is only run for the first one of a process. */
export const copyHistory = (origin: string, directory: string, commits: readonly PastCommit[]): void => {
  const known = written.get(origin)
  if (!known) {
    writeHistory(directory, commits)
    written.set(origin, filesOf(join(directory, '.git')))
    return
  }
  for (const folder of ['refs/heads', 'objects/info', 'objects/pack'])
    mkdirSync(join(directory, '.git', folder), { recursive: true })
  for (const [path, content] of known) {
    mkdirSync(dirname(join(directory, '.git', path)), { recursive: true })
    writeFileSync(join(directory, '.git', path), content)
  }
}
