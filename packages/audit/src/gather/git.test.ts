import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect } from '../engine/schedule.ts'
import { openRepository } from '../target/repository.ts'
import { gitEnvironment, writeHistory } from '../testing/history.ts'
import { bareTarget } from '../testing/repositories.ts'
import { git, type GitFacts } from './git.ts'

let home: string
let root: string
const run = (directory: string, ...args: string[]): void =>
  void execFileSync('git', args, { cwd: directory, env: gitEnvironment(), stdio: 'ignore' })
const read = async (directory: string): Promise<GitFacts | string> => {
  const target = bareTarget({ repository: openRepository(directory), scratch: home })
  const outcome = (await collect([git], { target, impact: 'read', lanes: 1, listener: () => {} })).get(git)
  return outcome?.state === 'done' ? (outcome.value as GitFacts) : (outcome?.because ?? '')
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
  root = join(home, 'weather')
  execFileSync('mkdir', [root])
  writeFileSync(join(root, 'README.md'), '# weather\n')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

describe('git', () => {
  it('reads subjects, newest first, and both kinds of tags', async () => {
    writeHistory(root, [{ subject: 'feat: one' }, { subject: 'fix: two', tag: 'v1.0.0' }])
    run(root, 'tag', 'v0.9.0', 'main~1')
    expect(await read(root)).toMatchObject({
      defaultBranch: 'main',
      shallow: false,
      subjects: ['fix: two', 'feat: one'],
      tags: [
        { name: 'v0.9.0', annotated: false },
        { name: 'v1.0.0', annotated: true },
      ],
    })
  })

  it('reads the default branch while another one is checked out', async () => {
    writeHistory(root, [{ subject: 'feat: one' }])
    run(root, 'switch', '-q', '-c', 'work')
    run(root, 'commit', '-q', '--allow-empty', '-m', 'wip')
    expect(await read(root)).toMatchObject({ defaultBranch: 'main', subjects: ['feat: one'] })
  })

  it('says that a clone is shallow', async () => {
    writeHistory(root, [{ subject: 'feat: one' }, { subject: 'fix: two', tag: 'v1.0.0' }])
    run(home, 'clone', '-q', '--depth=1', `file://${root}`, 'copy')
    expect(await read(join(home, 'copy'))).toMatchObject({ shallow: true, subjects: ['fix: two'] })
  })

  it('reads a worktree, and no folder that only says it is one', async () => {
    writeHistory(root, [{ subject: 'feat: one' }])
    run(root, 'worktree', 'add', '-q', '-b', 'other', join(home, 'tree'))
    expect(await read(join(home, 'tree'))).toMatchObject({ defaultBranch: 'main', subjects: ['feat: one'] })
    execFileSync('mkdir', [join(home, 'fake')])
    writeFileSync(join(home, 'fake/.git'), `gitdir: ${join(root, '.git/worktrees/tree')}\n`)
    expect(await read(join(home, 'fake'))).toBe('the .git of the directory cannot be read')
  })

  it('reads a repository without commits', async () => {
    run(root, 'init', '-q')
    expect(await read(root)).toMatchObject({ commit: null, subjects: [], tags: [] })
  })

  it('does not know the history of an unpacked archive', async () => {
    expect(await read(root)).toBe('the directory has no .git, so its history is not known')
  })

  it('counts what git tracks among the files, also where .gitignore names it', () => {
    run(root, 'init', '-q')
    mkdirSync(join(root, 'scripts'))
    for (const name of ['check.mjs', 'own.mjs']) writeFileSync(join(root, 'scripts', name), '')
    writeFileSync(join(root, '.gitignore'), 'scripts/\n')
    run(root, 'add', '--force', 'scripts/check.mjs')
    expect(openRepository(root).files).toEqual(['.gitignore', 'README.md', 'scripts/check.mjs'])
  })

  it('runs no hook, filter or program that the configuration of the repository names', async () => {
    writeHistory(root, [{ subject: 'feat: one' }])
    const mark = join(home, 'mark')
    for (const key of ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'log.showSignature', 'gpg.program'])
      run(root, 'config', key, key.startsWith('log') ? 'true' : `touch ${mark}`)
    expect(await read(root)).toMatchObject({ subjects: ['feat: one'] })
    expect(() => execFileSync('ls', [mark], { stdio: 'ignore' })).toThrow('ls')
  })
})
