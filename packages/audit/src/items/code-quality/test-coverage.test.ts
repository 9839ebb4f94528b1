import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import testCoverage from './test-coverage.ts'

const judge = async (files: Files) => {
  const { verdicts } = await judgeFiles(testCoverage, files)
  const [rows, ci] = verdicts
  return { row7: rows?.status, row128: ci?.status, said: JSON.stringify(verdicts) }
}

const workflow = (...steps: string[]): Files => ({
  '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps.map(step => `      - ${step}\n`).join('')}`,
})
const npmTest = workflow('run: npm test')
const scripts = (test: string, more: object = {}): Files => ({
  'package.json': JSON.stringify({ scripts: { test }, ...more }),
})
const vitest = (test: string): Files => ({
  'vitest.config.ts': `import { defineConfig } from 'vitest/config'\nexport default defineConfig({ test: ${test} })\n`,
})
const limits = '{ coverage: { thresholds: { lines: 85 } } }'
const pytest = workflow('run: uv run pytest')
const toml = (text: string): Files => ({ 'pyproject.toml': `[project]\nname = "a"\n${text}` })
const lcov = (hit: number): string => `SF:a.ts\nLF:10\nLH:${hit}\nend_of_record\n`

describe('test-coverage', () => {
  it.each<[string, Files]>([
    ['vitest', { ...scripts('vitest run --coverage'), ...vitest(limits), ...npmTest }],
    [
      'vitest that always measures',
      { ...scripts('vitest'), ...vitest('{ coverage: { enabled: true, thresholds: { 100: true } } }'), ...npmTest },
    ],
    ['vitest told by options', { ...scripts('vitest run --coverage --coverage.thresholds.lines=90'), ...npmTest }],
    [
      'a configuration that is a function of constants',
      {
        ...scripts('vitest run --coverage'),
        'vite.config.mts': `const coverage = { thresholds: { lines: 80 } }\nexport default defineConfig(() => ({ plugins: [a()], test: { coverage } }))\n`,
        ...npmTest,
      },
    ],
    [
      'jest in package.json',
      { ...scripts('jest --coverage', { jest: { coverageThreshold: { global: { lines: 90 } } } }), ...npmTest },
    ],
    ['c8', { ...scripts('c8 --check-coverage --lines 85 node --test'), ...npmTest }],
    [
      'nyc with a file',
      { ...scripts('nyc mocha'), '.nycrc.json': '{"check-coverage": true, "lines": 81}', ...npmTest },
    ],
    ['node', { ...scripts('node --test --experimental-test-coverage --test-coverage-lines=80'), ...npmTest }],
    [
      'pytest-cov in pyproject.toml',
      { ...toml('[tool.pytest.ini_options]\naddopts = ["--cov=a", "--cov-fail-under=80"]\n'), ...pytest },
    ],
    [
      'coverage.py read by pytest-cov',
      { ...toml('[tool.coverage.report]\nfail_under = 90\n'), ...workflow('run: pytest --cov') },
    ],
    [
      '.coveragerc',
      {
        ...workflow('run: coverage run -m pytest', 'run: coverage report'),
        '.coveragerc': '[report]\nfail_under = 85\n',
      },
    ],
    ['setup.cfg', { 'setup.cfg': '[tool:pytest]\naddopts =\n    --cov=a\n    --cov-fail-under=95\n', ...pytest }],
    ['Make', { Makefile: 'test:\n\tpytest --cov=a --cov-fail-under=88\n', ...workflow('run: make test') }],
    [
      'Codecov',
      {
        ...scripts('vitest run --coverage'),
        'codecov.yml': 'coverage:\n  status:\n    project:\n      default:\n        target: 85%\n',
        ...workflow('run: npm test', 'uses: codecov/codecov-action@v5'),
      },
    ],
    [
      'a report of Go',
      {
        'go.mod': 'module a\n',
        'main.go': 'package main\n',
        ...scripts('vitest run --coverage'),
        ...npmTest,
        'coverage/lcov.info': lcov(9),
      },
    ],
    ['a report of lcov', { ...scripts('vitest run --coverage'), ...npmTest, 'coverage/lcov.info': lcov(9) }],
    [
      'a report that git ignores',
      {
        ...scripts('vitest run --coverage'),
        ...npmTest,
        '.gitignore': 'coverage\n',
        'coverage/coverage-summary.json': '{"total":{"lines":{"pct":93.1}}}',
      },
    ],
  ])('passes %s', async (_, files) => {
    const { row7, row128, said } = await judge(files)
    expect({ row7, row128 }, said).toEqual({ row7: 'pass', row128: 'pass' })
  })

  it.each<[string, Files, RegExp]>([
    ['nothing', { ...scripts('vitest run'), ...npmTest }, /nothing measures/],
    [
      'less than it should',
      { ...scripts('vitest run --coverage'), ...vitest('{ coverage: { thresholds: { lines: 60 } } }'), ...npmTest },
      /60 %/,
    ],
    [
      'a threshold without a measurement',
      { ...scripts('vitest run'), ...vitest(limits), ...npmTest },
      /no run of vitest measures/,
    ],
    [
      'a threshold where vitest does not read it',
      { ...scripts('vitest run --coverage'), ...vitest('{ thresholds: { lines: 90 }, coverage: {} }'), ...npmTest },
      /does not stand in test\.coverage/,
    ],
    [
      'a threshold that only a person checks',
      {
        ...scripts('vitest run', { scripts: { test: 'vitest run', cov: 'vitest run --coverage' } }),
        ...vitest(limits),
        ...npmTest,
      },
      /no pipeline runs/,
    ],
    [
      'a failure that is forgiven',
      { ...scripts('vitest run --coverage || true'), ...vitest(limits), ...npmTest },
      /written down/,
    ],
    [
      'a section that coverage.py does not read',
      { ...toml('["coverage:report"]\nfail_under = 90\n'), ...workflow('run: pytest --cov') },
      /\[coverage:report\]/,
    ],
    [
      'options that another file hides',
      {
        ...toml('[tool.pytest.ini_options]\naddopts = "--cov --cov-fail-under=80"\n'),
        'pytest.ini': '[pytest]\n',
        ...pytest,
      },
      /nothing measures/,
    ],
    [
      'a low report of Cobertura',
      { ...pytest, 'coverage.xml': '<?xml version="1.0"?>\n<coverage line-rate="0.61" version="7">' },
      /61 %/,
    ],
    ['a low report of coverage.py', { ...pytest, 'coverage.json': '{"totals":{"percent_covered":42.5}}' }, /42\.5 %/],
    [
      'a low report of Istanbul',
      { ...npmTest, 'coverage/coverage-final.json': '{"a.ts":{"s":{"0":1,"1":0}}}' },
      /50 %/,
    ],
  ])('fails with %s', async (_, files, wanted) => {
    const { row7, said } = await judge(files)
    expect(row7, said).toBe('fail')
    expect(said).toMatch(wanted)
  })

  it.each<[string, Files]>([
    ['figures without a demand', { ...toml(''), ...workflow('run: pytest --cov') }],
    [
      'a configuration that is computed',
      { ...scripts('jest --coverage'), 'jest.config.js': 'module.exports = make()\n', ...npmTest },
    ],
    ['a pipeline elsewhere', { ...scripts('vitest run'), Jenkinsfile: 'pipeline {}\n' }],
    ['a packed artefact', { 'PKG-INFO': 'Name: a\n', 'a.py': 'x = 1\n' }],
  ])('leaves %s open', async (_, files) => {
    const { row7, said } = await judge(files)
    expect(row7, said).toBe('unknown')
  })

  it('tells printing and sending from measuring', async () => {
    const silent = workflow('run: pytest --cov --cov-report=xml')
    expect(await judge(silent)).toMatchObject({ row128: 'fail' })
    const kept = workflow(
      'run: pytest --cov --cov-report=xml',
      'uses: actions/upload-artifact@v4\n        with: { path: coverage.xml }',
    )
    expect(await judge(kept)).toMatchObject({ row128: 'pass' })
    const empty = workflow('run: pytest', 'uses: codecov/codecov-action@v5')
    expect(await judge(empty)).toMatchObject({ row128: 'fail' })
    const never = workflow('run: pytest --cov --cov-report=xml', 'uses: codecov/codecov-action@v5\n        if: false')
    expect(await judge(never)).toMatchObject({ row128: 'fail' })
  })
})
