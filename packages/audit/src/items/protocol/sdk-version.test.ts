import { describe, expect, it } from 'vitest'
import { releases } from '../../gather/locks/releases.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './sdk-version.ts'

type Files = Record<string, string>
const newest = (name: string, ecosystem = 'npm'): string =>
  releases.find(release => release.name === name && release.ecosystem === ecosystem)?.newest ?? ''
const sdk = '@modelcontextprotocol/server'
const current = newest(sdk)
const fast = newest('fastmcp', 'pypi')

const node = (range: string, extra: Files = {}): Files => ({
  'package.json': JSON.stringify({ name: 'a', dependencies: { [sdk]: range } }),
  ...extra,
})
const npmLock = (version: string): string => JSON.stringify({ packages: { [`node_modules/${sdk}`]: { version } } })
const python = (spec: string, extra: Files = {}): Files => ({
  'pyproject.toml': `[project]\nname = "a"\ndependencies = ["fastmcp${spec}"]\n`,
  ...extra,
})
const uvLock = (version: string): string => `version = 1\n\n[[package]]\nname = "fastmcp"\nversion = "${version}"\n`

describe('sdk-version', () => {
  it.each<[string, Files]>([
    ['npm', node('^2.0.0', { 'package-lock.json': npmLock(current) })],
    [
      'an older top beside a nested one',
      node('^2.0.0', {
        'package-lock.json': JSON.stringify({
          packages: {
            [`node_modules/${sdk}`]: { version: current },
            [`node_modules/x/node_modules/${sdk}`]: { version: '2.0.0' },
          },
        }),
      }),
    ],
    [
      'pnpm',
      node('^2.0.0', {
        'pnpm-lock.yaml': `lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      '${sdk}':\n        specifier: ^2.0.0\n        version: ${current}(zod@4.6.7)\n`,
      }),
    ],
    ['yarn', node('^2.0.0', { 'yarn.lock': `# yarn lockfile v1\n\n"${sdk}@^2.0.0":\n  version "${current}"\n` })],
    [
      'yarn berry',
      node('^2.0.0', { 'yarn.lock': `"${sdk}@npm:^2.0.0":\n  version: ${current}\n  languageName: node\n` }),
    ],
    ['bun', node('^2.0.0', { 'bun.lock': `{"packages": {"${sdk}": ["${sdk}@${current}", "", {}],},}` })],
    ['a pin', node(current)],
    ['a version newer than the table', node('^2.0.0', { 'package-lock.json': npmLock('99.0.0') })],
    ['uv', python('>=4', { 'uv.lock': uvLock(fast) })],
    ['poetry', python('>=4', { 'poetry.lock': `[[package]]\nname = "FastMCP"\nversion = "${fast}"\n` })],
    [
      'pipenv',
      {
        'requirements.txt': 'fastmcp\n',
        'Pipfile.lock': JSON.stringify({ default: { fastmcp: { version: `==${fast}` } } }),
      },
    ],
    ['requirements.txt', { 'requirements.txt': `fastmcp==${fast}\nhttpx\n` }],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['pass', expect.stringContaining('the newest')])
  })

  it.each<[string, Files]>([
    ['an older lock behind a wide range', node('^2.0.0', { 'package-lock.json': npmLock('2.0.0') })],
    ['a range that leaves out the newest', node('^1.9.0')],
    ['a pre-release of the newest', node('*', { 'package-lock.json': npmLock(`${current}-beta.1`) })],
    ['an older lock of uv', python('>=2', { 'uv.lock': uvLock('2.14.0') })],
    ['an upper bound', python('>=2,<3')],
    ['an older pin', { 'requirements.txt': 'mcp[cli]==1.2.0\n' }],
  ])('fails with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining('newest stable version on 2')])
  })

  it.each<[string, Files, string]>([
    ['no lock file', node('^2.0.0'), 'unknown'],
    ['an open requirement', python(''), 'unknown'],
    ['a lock file that is broken', node('^2.0.0', { 'package-lock.json': '{' }), 'unknown'],
    ['no manifest', { 'go.mod': 'module a\n' }, 'unknown'],
    ['no SDK', { 'package.json': '{"name":"a","dependencies":{"zod":"^4.0.0"}}' }, 'not-applicable'],
  ])('does not guess with %s', async (_, files, status) => {
    expect((await judgeFiles(item, files)).status).toBe(status)
  })
})
