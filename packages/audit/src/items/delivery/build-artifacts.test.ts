import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './build-artifacts.ts'

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

const upload = (path: string, name = 'package'): string =>
  uses('actions/upload-artifact@v4', `name: ${name}, path: "${path}"`)
const of = (steps: string, on?: string): Files => ({
  'package.json': '{"scripts":{"build":"tsc -p ."}}',
  ...ci(job(steps), on),
})

describe('build-artifacts', () => {
  it.each([
    ['a folder that the build writes', of(run('uv build') + upload('dist/'))],
    ['a packed package', of(run('npm run build') + run('npm pack') + upload('*.tgz'))],
    ['another destination', of(run('npm pack --pack-destination out') + upload('out'))],
    ['what an unknown build writes', of(run('node scripts/build.mjs') + upload('artifacts/'))],
    ['a release', of(run('uv build') + run('gh release upload v1 dist/x.whl'), 'release')],
    ['a registry', of(run('npm publish'), 'release')],
    ['an image', of(uses('docker/build-push-action@v6', 'push: true'))],
    ['GitLab', { '.gitlab-ci.yml': 'a:\n  script: [uv build]\n  artifacts: { paths: [dist] }\n' }],
    [
      'CircleCI',
      {
        '.circleci/config.yml':
          'version: 2.1\njobs:\n  a:\n    docker: [{ image: x }]\n    steps: [{ run: uv build }, { store_artifacts: { path: dist } }]\nworkflows: { ci: { jobs: [a] } }\n',
      },
    ],
  ])('passes %s', async (_, files: Files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['nothing', of(run('npm run build')), 'no step does it'],
    ['a report only', of(run('npm test') + upload('coverage/', 'coverage')), 'no step does it'],
    ['another folder', of(run('uv build') + upload('build/')), 'what the job builds is in dist'],
    [
      'another folder beside a release',
      of(run('uv build') + upload('build/') + run('uv publish')),
      'what the job builds is in dist',
    ],
    ['a step that comes too early', of(upload('dist/') + run('uv build')), 'only after this step'],
    ['nothing that builds', of(run('npm ci') + upload('dist/')), 'nothing in the job builds it'],
    ['an image that is not pushed', of(uses('docker/build-push-action@v6', 'push: false')), 'no step does it'],
    ['a dry run', of(run('npm publish --dry-run')), 'no step does it'],
    ['a release without files', of(run('gh release create v1 --notes x')), 'no step does it'],
    [
      'a step that never runs',
      of(run('uv build') + upload('dist/').replace('with:', "if: github.event_name == 'release'\n        with:")),
      'no trigger satisfies',
    ],
  ])('fails %s', async (_, files: Files, saw) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
    expect(await said(files)).toContain(saw)
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
