import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

const templates = new Map<string, string>()
process.on('exit', () => {
  for (const folder of templates.values()) rmSync(folder, { recursive: true, force: true })
})

/** As {@link writeHistory}, for a copy of `origin`: what git writes is made once per process. */
export const copyHistory = (origin: string, directory: string, commits: readonly PastCommit[]): void => {
  let template = templates.get(origin)
  if (!template) {
    template = mkdtempSync(join(tmpdir(), 'airworthy-history-'))
    templates.set(origin, template)
    cpSync(origin, template, { recursive: true })
    writeHistory(template, commits)
  }
  cpSync(join(template, '.git'), join(directory, '.git'), { recursive: true })
}
