import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './parallel-tests.ts'

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

const tests = { 'test/a.test.ts': '', 'test/b.test.ts': '', 'tests/test_a.py': '', 'tests/test_b.py': '' }
const of = (steps: string, files: Files = {}, more?: string): Files => ({ ...tests, ...ci(job(steps, more)), ...files })
const xdist = { 'pyproject.toml': '[dependency-groups]\ndev = ["pytest-xdist"]\n' }

describe('parallel-tests', () => {
  it.each([
    ['Vitest', of(run('npx vitest run'))],
    ['node --test', of(run('node --test'))],
    ['pytest -n', of(run('uv run pytest -n auto'), xdist)],
    [
      'options in the settings',
      of(run('pytest'), {
        'pyproject.toml': `${xdist['pyproject.toml']}[tool.pytest.ini_options]\naddopts = "-n 4"\n`,
      }),
    ],
    [
      'options in the environment',
      of(
        run('pytest').replace('run:', 'env: { PYTEST_ADDOPTS: -n auto }\n        run:').replace('- env', '- env'),
        xdist,
      ),
    ],
    ['flags of a script', of('      - run: |\n          FLAGS="-n auto"\n          pytest $FLAGS\n', xdist)],
    ['xdist that the step installs', of(run('uv run --with pytest-xdist pytest -n 2'))],
    ['shards', of(run('npx mocha --shard=${{ matrix.s }}/3'), {}, '    strategy: { matrix: { s: [1, 2, 3] } }\n')],
    [
      'parts of GitLab',
      {
        ...tests,
        '.gitlab-ci.yml': 'a:\n  parallel: 3\n  script: [pytest --splits $CI_NODE_TOTAL --group $CI_NODE_INDEX]\n',
      },
    ],
  ])('passes %s', async (_, files: Files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['pytest alone', of(run('pytest')), 'without -n'],
    ['a matrix', of(run('pytest'), {}, '    strategy: { matrix: { v: [1, 2] } }\n'), 'without -n'],
    ['one worker', of(run('pytest -n 1'), xdist), '-n 1 runs them'],
    ['xdist that is not installed', of(run('pytest -n auto')), 'not among the dependencies'],
    ['xdist switched off', of(run('pytest -p no:xdist'), xdist), 'switches off'],
    [
      'a section that pytest does not read',
      of(run('pytest'), { ...xdist, 'pytest.ini': '[pytest]\n', 'tox.ini': '[pytest]\naddopts = -n auto\n' }),
      'without -n',
    ],
    ['Jest in band', of(run('npx jest --runInBand')), '--runInBand'],
    [
      'Vitest that is told not to',
      of(run('vitest run'), { 'vitest.config.ts': 'export default { test: { fileParallelism: false } }\n' }),
      'fileParallelism: false',
    ],
    [
      'one worker in a pipeline',
      of(run('npx playwright test'), {
        'playwright.config.ts': 'export default { workers: process.env.CI ? 1 : undefined }\n',
      }),
      'workers:',
    ],
    ['Mocha', of(run('npx mocha')), 'without --parallel'],
    ['no tests', of(run('npm ci')), 'no step runs tests'],
  ])('fails %s', async (_, files: Files, saw) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
    expect(await said(files)).toContain(saw)
  })

  it('does not apply to one file, and does not guess', async () => {
    expect(await judgeFiles(item, { 'a.test.ts': '', ...ci(job(run('vitest run'))) })).toMatchObject({
      status: 'not-applicable',
    })
    expect(await judgeFiles(item, of(run('pytest $FLAGS'), xdist))).toMatchObject({ status: 'unknown' })
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
