import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import hotfix from './hotfix-process.ts'
import rollback from './rollback.ts'

const node = {
  'package.json': '{ "name": "weather", "version": "1.4.0", "scripts": { "test": "vitest" } }',
  '.gitignore': '',
}
const python = { 'pyproject.toml': '[project]\nname = "weather"\nversion = "1.4.0"\n', '.gitignore': '' }
const back =
  '## Rollback\n\n1. Move the tag:\n\n   ```sh\n   npm dist-tag add weather@1.3.0 latest\n   ```\n\n2. Tell the users.\n'
const undo = (name: string, command: string): Record<string, string> => ({
  '.github/workflows/by-hand.yml': `name: ${name}\non: workflow_dispatch\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${command}\n`,
})
const fix =
  '## Hotfix\n\n- Branch from the tag of weather that is out.\n- Add a test; `npm test` has to pass.\n- Release the patch.\n'
const verdicts = async (files: Record<string, string>): Promise<string> =>
  (await judgeFiles(rollback, files)).verdicts.map(({ status }) => status).join(' ')

describe('rollback', () => {
  it.each([
    ['commands for this package', { ...node, 'docs/release.md': back }, 'pass pass'],
    [
      'the words of PyPI',
      {
        ...python,
        'RELEASING.md':
          '# Release\n\n## Going back to an older version\n\n- Yank the release of weather on PyPI.\n- `pip install weather==1.3.0`\n',
      },
      'pass pass',
    ],
    [
      'a section below the title',
      {
        ...python,
        'docs/ops.md':
          '## Rolling back\n\n### Kubernetes\n\n```sh\nkubectl rollout undo deployment/weather\nkubectl rollout status deployment/weather\n```\n',
      },
      'pass pass',
    ],
    ['a workflow alone', { ...node, ...undo('Roll back', 'npm dist-tag add weather@1.3.0 latest') }, 'pass fail'],
    [
      'a workflow that starts an image like any other',
      { ...node, ...undo('Smoke', 'docker run weather:ci') },
      'fail fail',
    ],
    ['nothing', node, 'fail fail'],
    ['a text about no package', { ...node, 'docs/release.md': back.replaceAll('weather', 'the-package') }, 'fail fail'],
    [
      'a placeholder',
      { ...python, 'docs/release.md': back.replace('Tell the users', 'Write to ops@example.com') },
      'fail fail',
    ],
    [
      'a script that does not exist',
      { ...node, 'docs/release.md': back.replace('npm dist-tag', 'npm run undo\n   npm dist-tag') },
      'fail fail',
    ],
    [
      'a plan without commands',
      { ...node, 'docs/release.md': '## Rollback\n\n- Ask who knows weather.\n- Wait.\n' },
      'fail pass',
    ],
    ['an unpacked archive', { 'pyproject.toml': python['pyproject.toml'], 'PKG-INFO': '' }, 'unknown unknown'],
  ])('decides the way and the plan apart: %s', async (_, files: Record<string, string>, wanted) => {
    expect(await verdicts(files)).toBe(wanted)
  })
})

describe('hotfix-process', () => {
  it.each([
    ['steps for this package', { ...node, 'CONTRIBUTING.md': fix }, 'pass'],
    [
      'other words',
      { ...python, 'docs/release.md': fix.replace('Hotfix', 'Emergency releases').replace('`npm test`', '`pytest`') },
      'pass',
    ],
    [
      'a pipeline for branches of fixes',
      {
        ...node,
        '.github/workflows/release.yml':
          'name: Release\non: { push: { branches: ["hotfix/**"] } }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm publish\n',
      },
      'pass',
    ],
    ['nothing', python, 'fail'],
    ['one sentence', { ...node, 'CONTRIBUTING.md': '## Hotfix\n\nFixes of weather come first.\n' }, 'fail'],
    ['a template', { ...node, 'CONTRIBUTING.md': fix.replace('weather', 'your-package') }, 'fail'],
    [
      'a branch that publishes nothing',
      {
        ...node,
        '.github/workflows/ci.yml':
          'name: CI\non: { push: { branches: ["hotfix/**"] } }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n',
      },
      'fail',
    ],
    ['an unpacked archive', { 'pyproject.toml': python['pyproject.toml'], 'PKG-INFO': '' }, 'unknown'],
  ])('decides %s', async (_, files: Record<string, string>, status) => {
    expect(await judgeFiles(hotfix, files)).toMatchObject({ status })
  })
})
