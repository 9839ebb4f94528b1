import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './quality-gates.ts'

type Files = Record<string, string>

const said = async (files: Files): Promise<string> =>
  (await judgeFiles(item, files)).verdicts
    .map(({ evidence, because }) => because ?? evidence?.map(({ saw }) => saw).join('\n'))
    .join('\n')
const ci = (jobs: string, on = '[push, pull_request]'): Files => ({
  '.github/workflows/ci.yml': `on: ${on}\njobs:\n${jobs}`,
})
const job = (steps: string, more = '', id = 'a'): string =>
  `  ${id}:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`
const run = (command: string): string => `      - run: ${command}\n`

const manifest = JSON.stringify({
  scripts: {
    test: 'vitest run',
    lint: 'eslint .',
    types: 'tsc --noEmit',
    format: 'prettier --check .',
    all: 'npm run lint && npm run types && npm test',
  },
})
const source = { 'package.json': manifest, 'src/index.ts': 'export {}\n' }
const gates = run('npm run lint') + run('npm run types') + run('npm test')
const of = (steps: string, on?: string, more?: string): Files => ({ ...source, ...ci(job(steps, more), on) })

describe('quality-gates', () => {
  it.each([
    ['three steps', of(gates)],
    ['one script', of(run('npm run all'))],
    ['pushes to every branch', of(gates, 'push')],
    [
      'a pipe that keeps the status',
      of(gates.replace('run: npm run lint', 'run: npm run lint | tee log\n        shell: bash')),
    ],
    [
      'plain JavaScript without types',
      { 'package.json': manifest, 'src/index.js': '', ...ci(job(run('npm run lint') + run('npm test'))) },
    ],
    ['Python', { 'src/a.py': 'x = 1\n', ...ci(job(run('ruff check') + run('uv run mypy') + run('pytest'))) }],
    [
      'another language with a page in TypeScript',
      {
        'go.mod': 'module a\n',
        'main.go': 'package main\n',
        'other.go': 'package main\n',
        'ui/tsconfig.json': '{}',
        'ui/page.ts': 'export const a = 1\n',
        ...ci(job(run('golangci-lint run') + run('go test ./...'))),
      },
    ],
    ['another language', { 'main.go': 'package main\n', ...ci(job(run('golangci-lint run') + run('go test ./...'))) }],
    ['GitLab', { ...source, '.gitlab-ci.yml': 'a:\n  script: [npm run all]\n' }],
  ])('passes %s', async (_, files: Files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no types', of(run('npm run lint') + run('npm test')), 'Types: no step does it'],
    [
      'continue-on-error',
      of(gates.replace('- run: npm test', '- continue-on-error: true\n        run: npm test')),
      'its failure is ignored',
    ],
    ['a job whose failure is ignored', of(gates, undefined, '    continue-on-error: true\n'), 'its failure is ignored'],
    ['|| true', of(gates.replace('npm run types', 'npm run types || true')), 'its failure is ignored'],
    ['a pipe', of(gates.replace('npm run lint', 'npm run lint | tee log')), 'its failure is ignored'],
    [
      'a script that goes on',
      { ...of(run('./ci.sh')), 'ci.sh': '#!/bin/sh\nnpx eslint .\nnpx tsc --noEmit\nnpx vitest run\n' },
      'Lint: job a',
    ],
    [
      'a layout in place of a linter that is ignored',
      of(run('npm run format') + gates.replace('npm run lint', 'npm run lint || true')),
      'its failure is ignored',
    ],
    ['checks after the merge', of(gates, '{ push: { branches: [main] } }'), 'merged already'],
    [
      'a condition that excludes pull requests',
      of(gates, undefined, "    if: github.event_name == 'push' && github.ref == 'refs/heads/main'\n"),
      'merged already',
    ],
    [
      'Python without types',
      { 'src/a.py': 'x = 1\n', ...ci(job(run('ruff check') + run('pytest'))) },
      'Types: no step does it',
    ],
  ])('fails %s', async (_, files: Files, saw) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
    expect(await said(files)).toContain(saw)
  })

  it('does not decide where a service runs the hooks', async () => {
    const files = { ...of(run('npm test')), '.pre-commit-config.yaml': 'ci: { autofix_prs: true }\nrepos: []\n' }
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'unknown' })
  })

  it.each([
    ['no workflows', { 'package.json': '{}', '.gitignore': '' }, 'fail', 'no workflows'],
    ['another system', { Jenkinsfile: 'pipeline {}' }, 'unknown', 'Jenkinsfile'],
    ['an unpacked archive', { 'PKG-INFO': '' }, 'unknown', 'unpacked'],
    ['a workflow elsewhere', ci('  a:\n    uses: acme/ci/.github/workflows/all.yml@v1\n'), 'unknown', 'acme/ci'],
  ])('with %s', async (_, files: Files, status, saw) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status })
    expect(await said(files)).toContain(saw)
  })
})
