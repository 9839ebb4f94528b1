import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './ci-caching.ts'

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

const lock = { 'package.json': '{}', 'package-lock.json': '{}' }
const keyed = 'path: ~/.npm, key: "npm-${{ hashFiles(\'package-lock.json\') }}"'

describe('ci-caching', () => {
  it.each([
    ['setup-node', uses('actions/setup-node@v4', 'cache: npm')],
    ['setup-uv by default', uses('astral-sh/setup-uv@v6')],
    ['setup-python', uses('actions/setup-python@v5', 'cache: pip')],
    ['a key of the lock file', uses('actions/cache@v4', keyed)],
    ['layers of an image', run('docker buildx build --cache-from type=gha --cache-to type=gha .')],
  ])('passes %s', async (_, steps) => {
    expect(await judgeFiles(item, { ...lock, ...ci(job(steps)) })).toMatchObject({ status: 'pass' })
  })

  it('passes what a local action, GitLab and CircleCI keep', async () => {
    const action = `runs:\n  using: composite\n  steps:\n${uses('actions/setup-node@v4', 'cache: npm')}`
    const local = { ...ci(job(uses('./.github/actions/x'))), '.github/actions/x/action.yml': action }
    const gitlab = { '.gitlab-ci.yml': 'cache: { key: x, paths: [.npm] }\na: { script: [npm ci] }\n' }
    const circle = {
      '.circleci/config.yml':
        'version: 2.1\norbs: { node: circleci/node@7 }\njobs:\n  a:\n    docker: [{ image: x }]\n    steps: [checkout, node/install-packages]\nworkflows: { ci: { jobs: [a] } }\n',
    }
    for (const files of [local, gitlab, circle])
      expect(await judgeFiles(item, { ...lock, ...files })).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no cache', run('npm ci'), 'no step does it'],
    ['only a comment', run('npm ci # cache: npm'), 'no step does it'],
    ['a switched-off cache', uses('astral-sh/setup-uv@v6', 'enable-cache: false'), 'no step does it'],
    ['an older setup-uv without it', uses('astral-sh/setup-uv@v4'), 'no step does it'],
    ['a constant key', uses('actions/cache@v4', 'path: ~/.npm, key: npm'), 'never changes'],
    [
      'a new key each time',
      uses('actions/cache@v4', 'path: x, key: "${{ github.run_id }}"'),
      'another one in each run',
    ],
    ['nothing that saves', uses('actions/cache/restore@v4', keyed), 'no step does it'],
    ['a step that never runs', uses('actions/setup-node@v4', 'cache: npm', '        if: false\n'), 'if: false'],
  ])('fails %s', async (_, steps, saw) => {
    const files = { ...lock, ...ci(job(steps)) }
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
    expect(await said(files)).toContain(saw)
  })

  it('fails a cache without the lock file that its key is made of, and one for releases only', async () => {
    expect(await said({ 'package.json': '{}', ...ci(job(uses('actions/setup-node@v4', 'cache: npm'))) })).toContain(
      'lock file',
    )
    expect(await said({ ...lock, ...ci(job(uses('astral-sh/setup-uv@v6')), 'release') })).toContain('on release only')
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
