import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './dependency-updates.ts'

const judge = (files: Files) => judgeFiles(item, files)
const said = async (files: Files): Promise<string> => JSON.stringify((await judge(files)).verdicts)

const lock = JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies: { zod: '^4.0.0' } } } })
const entry = (ecosystem: string, more = ''): string =>
  `  - package-ecosystem: ${ecosystem}\n    directory: /\n    schedule: { interval: weekly }\n${more}`
const bot = (...entries: string[]): string => `version: 2\nupdates:\n${entries.join('')}`
const typescript = (files: Files = {}): Files => ({
  '.gitignore': 'node_modules',
  'package.json': JSON.stringify({ name: 'notes', dependencies: { zod: '^4.0.0' } }),
  'package-lock.json': lock,
  ...files,
})
const python = (files: Files = {}): Files => ({
  '.gitignore': '.venv',
  'pyproject.toml': '[project]\nname = "notes"\nversion = "1.0.0"\ndependencies = ["httpx>=0.28"]\n',
  'uv.lock':
    'version = 1\n[[package]]\nname = "notes"\nsource = { editable = "." }\ndependencies = [{ name = "httpx" }]\n',
  ...files,
})
const dependabot = '.github/dependabot.yml'
const image = { Dockerfile: 'FROM node:22-slim\n' }

describe('dependency-updates', () => {
  it.each<[string, Files]>([
    ['Dependabot', typescript({ [dependabot]: bot(entry('npm')) })],
    ['Dependabot for Python', python({ [dependabot]: bot(entry('uv')) })],
    ['pip for a project of uv', python({ [dependabot]: bot(entry('pip')) })],
    ['images as well', typescript({ ...image, [dependabot]: bot(entry('npm'), entry('docker')) })],
    ['Renovate', typescript({ ...image, 'renovate.json': '{ "extends": ["config:recommended"] }' })],
    ['JSON5', python({ '.github/renovate.json5': "// ours\n{ extends: ['config:recommended'], }\n" })],
    [
      'Renovate in package.json',
      typescript({ 'package.json': '{ "name": "notes", "dependencies": { "zod": "^4.0.0" }, "renovate": {} }' }),
    ],
    [
      'one package off',
      typescript({ 'renovate.json': '{ "packageRules": [{ "matchPackageNames": ["zod"], "enabled": false }] }' }),
    ],
    [
      'a scheduled job',
      python({
        '.github/workflows/update.yml':
          'on: { schedule: [{ cron: "0 4 * * 1" }] }\njobs:\n  raise:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: uv lock --upgrade\n      - run: gh pr create --fill\n',
      }),
    ],
    ['Go', { 'go.mod': 'module x\n', 'go.sum': '', [dependabot]: bot(entry('gomod')) }],
  ])('accepts %s', async (_, files) => {
    expect(await said(files)).toContain('"status":"pass"')
  })

  it.each<[string, Files, string]>([
    ['nothing', typescript(), 'nothing proposes newer npm packages'],
    ['nothing for Python', python(), 'nothing proposes newer Python packages'],
    ['no entry for images', typescript({ ...image, [dependabot]: bot(entry('npm')) }), 'base images'],
    ['another ecosystem', python({ [dependabot]: bot(entry('npm')) }), 'Python packages'],
    ['no requests', typescript({ [dependabot]: bot(entry('npm', '    open-pull-requests-limit: 0\n')) }), 'limit is 0'],
    ['another folder', typescript({ [dependabot]: bot(entry('npm').replace('/\n', '/web\n')) }), 'it looks at web'],
    ['another place of the file', typescript({ 'dependabot.yml': bot(entry('npm')) }), 'nothing proposes'],
    ['broken YAML', typescript({ [dependabot]: 'version: 2\nupdates: [' }), '.github/dependabot.yml'],
    ['Renovate switched off', typescript({ 'renovate.json': '{ "enabled": false }' }), 'it is disabled'],
    [
      'another lock file',
      typescript({ [dependabot]: bot(entry('npm')), 'package-lock.json': lock.replace('zod', 'ajv') }),
      'zod of package.json is not locked',
    ],
    [
      'another uv.lock',
      python({ [dependabot]: bot(entry('uv')), 'uv.lock': python()['uv.lock']?.replace('"httpx"', '"anyio"') ?? '' }),
      'httpx of pyproject.toml',
    ],
    [
      'a job that keeps its result',
      python({
        '.github/workflows/update.yml':
          'on: { schedule: [{ cron: "0 4 * * 1" }] }\njobs:\n  raise:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: uv lock --upgrade\n',
      }),
      'hands the result in',
    ],
  ])('fails %s', async (_, files, reason) => {
    const { status, verdicts } = await judge(files)
    expect(status).toBe('fail')
    expect(JSON.stringify(verdicts)).toContain(reason)
  })

  it('fails a package without a lock file', async () => {
    const { 'package-lock.json': _, ...files } = typescript({ [dependabot]: bot(entry('npm')) })
    expect(await said(files)).toContain('no lock file for npm packages')
  })

  it('does not decide for what has no dependencies, and for a packed package', async () => {
    expect(await judge({ 'README.md': '# x' })).toMatchObject({ status: 'unknown' })
    const packed = {
      'package.json': '{ "name": "x", "version": "1.0.0", "main": "x.js", "dependencies": { "zod": "4" } }',
      'x.js': '',
    }
    expect(await judge(packed)).toMatchObject({ status: 'unknown' })
  })
})
