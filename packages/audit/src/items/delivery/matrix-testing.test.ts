import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './matrix-testing.ts'

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
const uses = (action: string, inputs = '', more = ''): string =>
  `      - uses: ${action}\n${more}${inputs === '' ? '' : `        with: { ${inputs} }\n`}`

const matrix = (text: string): string => `    strategy: { matrix: { ${text} } }\n`
const jobOn = (runner: string, more: string, steps: string, id = 'a'): string =>
  job(steps, more, id).replace('ubuntu-latest', runner)
const node = (version: string): string => uses('actions/setup-node@v4', `node-version: ${version}`)
const of = (jobs: string, on?: string): Files => ({
  'package.json': '{"scripts":{"test":"vitest run"}}',
  ...ci(jobs, on),
})
const both = 'os: [ubuntu-latest, windows-latest], v: [20, 22]'
const steps = node('"${{ matrix.v }}"') + run('npm test')

describe('matrix-testing', () => {
  it.each([
    ['a matrix of both', of(jobOn('"${{ matrix.os }}"', matrix(both), steps))],
    [
      'jobs of their own',
      of(jobOn('macos-15', '', node('20') + run('npm test'), 'a') + job(node('22') + run('npm test'), '', 'b')),
    ],
    [
      'included combinations',
      of(
        jobOn(
          '"${{ matrix.on.os }}"',
          matrix('include: [{ on: { os: windows-2025 }, v: 3.11 }, { on: { os: ubuntu-latest }, v: 3.13 }]'),
          run('uv run --python ${{ matrix.v }} pytest'),
        ),
      ),
    ],
    [
      'tox and two systems',
      {
        'tox.ini':
          '[tox]\nenv_list = py3{11,12}, lint\n[testenv]\ncommands = pytest\n[testenv:lint]\ncommands = ruff check\n',
        ...of(jobOn('"${{ matrix.os }}"', matrix('os: [ubuntu-latest, macos-latest]'), run('uvx tox'))),
      },
    ],
    [
      'nox and two systems',
      {
        'noxfile.py':
          'import nox\nPYTHONS = ["3.11", "3.12"]\n@nox.session(python=PYTHONS)\ndef tests(session):\n    session.run("pytest")\n',
        ...of(jobOn('"${{ matrix.os }}"', matrix('os: [ubuntu-latest, macos-latest]'), run('nox -s tests'))),
      },
    ],
    [
      'a reusable workflow',
      {
        ...of(`  a:\n    uses: ./.github/workflows/t.yml\n    with: { versions: '["20", "22"]' }\n`),
        '.github/workflows/t.yml': `on:\n  workflow_call: { inputs: { versions: { type: string } } }\njobs:\n${jobOn('"${{ matrix.os }}"', matrix('os: [ubuntu-latest, macos-latest], v: "${{ fromJSON(inputs.versions) }}"'), steps)}`,
      },
    ],
  ])('passes %s', async (_, files: Files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['one system', of(job(steps, matrix('v: [20, 22]'))), 'only on linux'],
    [
      'one version',
      of(jobOn('"${{ matrix.os }}"', matrix('os: [ubuntu-latest, windows-latest]'), node('22') + run('npm test'))),
      'only on node 22',
    ],
    [
      'a version that is not used',
      of(jobOn('"${{ matrix.os }}"', matrix(both), node('22') + run('npm test'))),
      'only on node 22',
    ],
    [
      'a matrix that runs no tests',
      of(jobOn('"${{ matrix.os }}"', matrix(both), node('"${{ matrix.v }}"') + run('npm ci'))),
      'no step runs tests',
    ],
    [
      'two languages',
      of(
        jobOn(
          '"${{ matrix.os }}"',
          matrix('os: [ubuntu-latest, macos-latest]'),
          node('22') + uses('actions/setup-python@v5', 'python-version: "3.12"') + run('npm test'),
        ),
      ),
      'only on',
    ],
    [
      'excluded systems',
      of(jobOn('"${{ matrix.os }}"', matrix(`${both}, exclude: [{ os: windows-latest }]`), steps)),
      'only on linux',
    ],
    ['tests at the release', of(jobOn('"${{ matrix.os }}"', matrix(both), steps), 'release'), 'on release only'],
  ])('fails %s', async (_, files: Files, saw) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
    expect(await said(files)).toContain(saw)
  })

  it('does not decide what is made at run time', async () => {
    const files = of(jobOn('"${{ matrix.os }}"', matrix('os: "${{ fromJSON(needs.x.outputs.os) }}"'), run('npm test')))
    expect(await said(files)).toContain('matrix.os of job a')
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

  it('tells of the tests that run for changes before those that do not', async () => {
    const files = {
      'go.mod': 'module a\n',
      'main.go': 'package main\n',
      ...ci(job(run('go test ./...'))),
      '.github/workflows/publish.yml': `on: [workflow_dispatch]\njobs:\n${job(run('go test ./...'), '', 'publish')}`,
    }
    expect(await said(files)).toContain('only on linux: job a')
    expect(await said(files)).not.toContain('publish')
  })

  it('takes the version of another language for no version of the tests', async () => {
    const jobs = ['20', '22'].map(each => job(node(each) + run('go test ./...'), '', `a${each}`)).join('')
    expect(await said({ 'go.mod': 'module a\n', 'main.go': 'package main\n', ...ci(jobs) })).toContain(
      'does not say on what',
    )
  })
})
