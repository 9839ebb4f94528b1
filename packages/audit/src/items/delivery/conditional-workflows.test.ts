import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './conditional-workflows.ts'

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

const source = { 'src/index.ts': '', 'docs/a.md': '' }
const test = job(run('npx vitest run'))
const of = (jobs: string, on?: string): Files => ({ ...source, ...ci(jobs, on) })

describe('conditional-workflows', () => {
  it.each([
    ['paths', of(test, "{ push: { paths: ['src/**'] } }")],
    ['ignored paths', of(test, "{ push: { paths-ignore: ['docs/**'] } }")],
    ['runs that are superseded', of(test + 'concurrency: { group: x, cancel-in-progress: true }\n')],
    [
      'publishing for tags',
      { ...of(test), '.github/workflows/r.yml': `on: { push: { tags: ['v*'] } }\njobs:\n${job(run('npm publish'))}` },
    ],
    [
      'a job for one event',
      of(job(run('npm publish'), "    if: github.event_name == 'push'\n") + job(run('vitest'), '', 'b')),
    ],
    [
      'what changed',
      of(
        `  changes:\n    runs-on: x\n    outputs: { src: "\${{ steps.f.outputs.src }}" }\n    steps:\n      - { id: f, uses: dorny/paths-filter@v3 }\n` +
          job(run('vitest'), "    needs: changes\n    if: needs.changes.outputs.src == 'true'\n"),
      ),
    ],
    ['rules of GitLab', { ...source, '.gitlab-ci.yml': 'a: { script: [x], rules: [{ changes: [src/**/*] }] }\n' }],
  ])('passes %s', async (_, files: Files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['everything for everything', of(test), 'without a filter or a condition'],
    ['paths that do not exist', of(test, "{ push: { paths: ['source/**'] } }"), 'no file of the repository matches'],
    ['all paths ignored', of(test, "{ push: { paths-ignore: ['**'] } }"), 'so that it never runs'],
    [
      'a condition that never holds',
      of(job(run('x'), "    if: github.event_name == 'release'\n")),
      'no trigger satisfies it',
    ],
    ['a job that it does not need', of(job(run('x'), "    if: needs.b.outputs.c == 'true'\n")), 'not in `needs`'],
    [
      'a step for another matrix',
      of(
        job(
          run('x').replace('- run', "- if: matrix.mode == 'manual'\n        run"),
          '    strategy: { matrix: { mode: [none] } }\n',
        ),
      ),
      'without a filter',
    ],
    [
      'a matrix alone',
      of(
        job(
          run('x').replace('- run', '- if: matrix.v == 20\n        run'),
          '    strategy: { matrix: { v: [20, 22] } }\n',
        ),
      ),
      'without a filter',
    ],
    [
      'only what follows a failure',
      of(job(run('x').replace('- run', '- if: failure()\n        run'))),
      'without a filter',
    ],
  ])('fails %s', async (_, files: Files, saw) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
    expect(await said(files)).toContain(saw)
  })

  it('leaves what is switched off and what may hold alone', async () => {
    const on = "{ push: { paths: ['src/**'] } }"
    expect(await judgeFiles(item, of(job(run('x'), '    if: false\n'), on))).toMatchObject({ status: 'pass' })
    expect(await judgeFiles(item, of(job(run('x'), "    if: github.repository == 'a/b'\n"), on))).toMatchObject({
      status: 'pass',
    })
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
