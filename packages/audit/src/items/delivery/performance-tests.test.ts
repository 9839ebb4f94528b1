import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './performance-tests.ts'

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

const clock = `import { performance } from 'node:perf_hooks'
const start = performance.now()
await call()
const took = performance.now() - start
if (took > 100) process.exit(1)
`
const of = (steps: string, files: Files = {}, on?: string): Files => ({ ...ci(job(steps), on), ...files })
const measured = `from time import perf_counter\n\n\ndef test_speed():\n    start = perf_counter()\n    call()\n    assert perf_counter() - start < 1\n`

describe('performance-tests', () => {
  it.each([
    ['k6', of(run('k6 run load.js'))],
    ['k6 in a container', of(run('docker run --rm -i grafana/k6 run - < load.js'))],
    ['autocannon', of(run('npx autocannon -d 5 http://localhost:3000'))],
    ['vitest bench', of(run('npm run bench'), { 'package.json': '{"scripts":{"bench":"vitest bench --run"}}' })],
    ['a script with a clock', of(run('npx tsx bench/call.ts'), { 'bench/call.ts': clock })],
    ['a test with a limit', of(run('uv run pytest'), { 'tests/test_performance.py': measured })],
    ['pytest-benchmark', of(run('pytest'), { 'tests/test_a.py': 'def test_a(benchmark):\n    benchmark(call)\n' })],
    ['a schedule', of(run('locust --headless -f l.py'), {}, "{ schedule: [{ cron: '0 4 * * 1' }] }")],
  ])('passes %s', async (_, files: Files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['nothing', of(run('npm test')), 'no step does it'],
    ['a script that nobody runs', of(run('npm ci'), { 'bench/call.ts': clock }), 'no step does it'],
    ['words', of(run('echo k6 run load.js')), 'no step does it'],
    ['a measurement by hand', of(run('k6 run load.js'), {}, 'workflow_dispatch'), 'when a person starts it'],
    [
      'a step that never runs',
      of(run('k6 run load.js').replace('- run', "- if: github.event_name == 'release'\n        run")),
      'no trigger satisfies',
    ],
    [
      'a clock without a limit in a test',
      of(run('pytest'), { 'tests/test_performance.py': measured.replace('assert ', 'print(').replace(' < 1', ')') }),
      'no step does it',
    ],
    [
      'a test that is left out',
      of(run('pytest --ignore=tests/test_performance.py'), { 'tests/test_performance.py': measured }),
      'no step does it',
    ],
    [
      'a skipped benchmark',
      of(run('pytest --benchmark-skip'), { 'tests/test_a.py': 'def test_a(benchmark):\n    benchmark(call)\n' }),
      'no step does it',
    ],
  ])('fails %s', async (_, files: Files, saw) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
    expect(await said(files)).toContain(saw)
  })

  it('does not decide what it cannot read, and says when nothing fails a bad figure', async () => {
    const opaque = of(run('npm run bench'), {
      'package.json': '{"scripts":{"bench":"node bench/all.mjs"}}',
      'bench/all.mjs': 'run()',
    })
    expect(await judgeFiles(item, opaque)).toMatchObject({ status: 'unknown' })
    const loose = of(run('node bench/a.mjs'), {
      'bench/a.mjs': clock.replace('if (took > 100) process.exit(1)', 'console.log(took)'),
    })
    expect(await said(loose)).toContain('no limit in it fails the run')
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
