import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './pipeline-stages.ts'

const manifest = JSON.stringify({
  name: 'weather',
  scripts: { test: 'vitest run', lint: 'eslint .', build: 'tsc -p .', ci: 'run-s lint test' },
})
const step = (run: string): string => `      - run: ${run}\n`
const job = (id: string, steps: string, more = ''): string =>
  `  ${id}:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`
const workflow = (on: string, ...jobs: string[]): string => `name: ci\non: ${on}\njobs:\n${jobs.join('')}`

const checks = job('check', step('npm run lint') + step('npm test') + step('npm run build'))
const release = workflow('{ push: { tags: ["v*"] } }', job('publish', step('npm publish --provenance')))
const good = {
  'package.json': manifest,
  '.github/workflows/ci.yml': workflow('[push, pull_request]', checks),
  '.github/workflows/release.yml': release,
}

const python = {
  'pyproject.toml': '[project]\nname = "weather"\nversion = "1.0.0"\n',
  '.github/workflows/ci.yml': workflow(
    'push',
    job('check', step('uv run ruff check') + step('uv run pytest') + step('uv build')),
  ),
  '.github/workflows/release.yml': workflow(
    '{ release: { types: [published] } }',
    job('publish', '      - uses: pypa/gh-action-pypi-publish@release/v1\n'),
  ),
}

const seen = async (files: Record<string, string>): Promise<string> => {
  const { verdicts } = await judgeFiles(item, files)
  return verdicts.map(({ evidence, because }) => because ?? evidence?.map(({ saw }) => saw).join('\n')).join('\n')
}

describe('pipeline-stages', () => {
  it.each([
    ['TypeScript', good],
    ['Python', python],
  ])('passes four stages that run, in %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it('names workflow, job, step and command of each stage', async () => {
    const { verdicts } = await judgeFiles(item, good)
    expect(verdicts[0]?.evidence).toHaveLength(4)
    expect(verdicts[0]?.evidence?.[1]).toMatchObject({
      at: '.github/workflows/ci.yml',
      line: 7,
      saw: 'Lint: job check, step «npm run lint» runs npm run lint → eslint . on push, tag, pull_request',
    })
  })

  const called = workflow(
    '{ workflow_call: { inputs: { publish: { type: boolean } } } }',
    job('publish', step('npm publish'), '    if: inputs.publish\n'),
  )
  const caller = (how: string): string =>
    workflow('push', checks, `  release:\n    uses: ./.github/workflows/publish.yml\n    with: { publish: ${how} }\n`)
  it.each([
    [
      'a script that runs several',
      { ...good, '.github/workflows/ci.yml': workflow('push', job('a', step('npm run ci') + step('npm run build'))) },
    ],
    [
      'a local reusable workflow',
      { 'package.json': manifest, '.github/workflows/ci.yml': caller('true'), '.github/workflows/publish.yml': called },
    ],
    [
      'a local action',
      {
        ...good,
        '.github/workflows/ci.yml': workflow('push', job('a', '      - uses: ./.github/actions/all\n')),
        '.github/actions/all/action.yml':
          'runs:\n  using: composite\n  steps:\n    - run: npm run lint && npm test && npm run build\n      shell: bash\n',
      },
    ],
    [
      'GitLab',
      {
        'package.json': manifest,
        '.gitlab-ci.yml':
          'check:\n  script: [npm run lint, npm test, npm run build]\npublish:\n  extends: .x\n  script: npm publish\n.x: { stage: deploy }\n',
      },
    ],
  ])('follows %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  const ci = (text: string): Record<string, string> => ({ ...good, '.github/workflows/ci.yml': text })
  const text = good['.github/workflows/ci.yml']
  it.each([
    ['no workflows', { 'package.json': manifest, '.gitignore': '' }, 'no workflows'],
    ['no lint step', ci(text.replace(step('npm run lint'), '')), 'no Lint stage'],
    ['only a type-checker', ci(text.replace('npm run lint', 'npx tsc --noEmit')), 'no Lint stage'],
    [
      'a missing script',
      { ...good, 'package.json': manifest.replace('"lint"', '"style"') },
      'there is no script "lint" in package.json',
    ],
    [
      'the default test script',
      { ...good, 'package.json': manifest.replace('vitest run', 'echo no test specified && exit 1') },
      'no Test stage',
    ],
    [
      'a job that is switched off',
      ci(text.replace('    steps', '    if: false\n    steps')),
      'no trigger satisfies `if: false` of the job',
    ],
    [
      'a step for another event',
      ci(text.replace('run: npm test', "if: github.event_name == 'release'\n        run: npm test")),
      'no trigger satisfies',
    ],
    ['invalid YAML', ci(text.replace('jobs:', 'jobs: [')), 'refused'],
    ['a job that does not exist', ci(text.replace('    steps', '    needs: [x]\n    steps')), 'needs the job x'],
    ['double quotes in a condition', ci(text.replace('    steps', '    if: github.ref == "x"\n    steps')), 'refused'],
    [
      'a dry run',
      { ...good, '.github/workflows/release.yml': release.replace('--provenance', '--dry-run') },
      'no Deploy stage',
    ],
    [
      'a tag that no trigger lets in',
      {
        ...good,
        '.github/workflows/release.yml': release
          .replace('tags: ["v*"]', 'branches: [main]')
          .replace('    steps', "    if: startsWith(github.ref, 'refs/tags/')\n    steps"),
      },
      'no trigger satisfies',
    ],
    [
      'an image that is not pushed',
      {
        ...good,
        '.github/workflows/release.yml': release.replace(
          'run: npm publish --provenance',
          'uses: docker/build-push-action@v6',
        ),
      },
      'no Deploy stage',
    ],
    [
      'a reusable workflow that is told not to',
      {
        'package.json': manifest,
        '.github/workflows/ci.yml': caller('false'),
        '.github/workflows/publish.yml': called,
      },
      'no trigger satisfies',
    ],
    ['text that only mentions it', ci(text.replace('npm test', 'echo "npm test"')), 'no Test stage'],
    [
      'a workflow outside the folder',
      { ...good, '.github/workflows/release.yml': '', 'docs/.github/workflows/release.yml': release },
      'no Deploy stage',
    ],
  ])('fails with %s', async (_, files: Record<string, string>, saw) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
    expect(await seen(files)).toContain(saw)
  })

  it.each([
    [
      'a reusable workflow elsewhere',
      {
        ...good,
        '.github/workflows/release.yml': workflow(
          'push',
          '  release:\n    uses: acme/ci/.github/workflows/publish.yml@v1\n',
        ),
      },
      'acme/ci/.github/workflows/publish.yml@v1',
    ],
    [
      'an unknown action',
      {
        ...good,
        '.github/workflows/release.yml': release.replace(
          'run: npm publish --provenance',
          'uses: acme/publish-everywhere@v1',
        ),
      },
      'acme/publish-everywhere',
    ],
    ['another system', { 'package.json': manifest, Jenkinsfile: 'pipeline {}' }, 'Jenkinsfile'],
    ['an unpacked archive', { 'pyproject.toml': '', 'PKG-INFO': '' }, 'unpacked'],
  ])('does not decide with %s', async (_, files: Record<string, string>, because) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'unknown' })
    expect(await seen(files)).toContain(because)
  })

  it('notes a failure that is ignored', async () => {
    expect(
      await seen(ci(text.replace('run: npm run lint', 'continue-on-error: true\n        run: npm run lint'))),
    ).toContain('its failure is ignored')
  })
})
