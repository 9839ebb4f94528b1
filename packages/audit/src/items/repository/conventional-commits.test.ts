import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './conventional-commits.ts'

const history = (...subjects: string[]) => ({ history: subjects.map(subject => ({ subject })) })
const good = ['feat: one', 'fix(search): two', 'refactor!: three', 'docs(readme)!: four', 'build(deps): five']
const free = ['Add a cache', 'more logging', 'WIP', 'fixed it', 'Update README.md', 'feat missing colon']
const node = { 'package.json': '{ "name": "weather", "scripts": { "prepare": "husky" } }', '.gitignore': '' }
const hook = { ...node, '.husky/commit-msg': 'npx --no -- commitlint --edit $1\n' }
const titles = (more = ''): Record<string, string> => ({
  '.github/workflows/t.yml': `name: Titles\non: pull_request\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: amannn/action-semantic-pull-request@v6\n${more}`,
})
const gitlint = {
  'pyproject.toml': '[project]\nname = "weather"\n',
  '.pre-commit-config.yaml':
    'repos:\n  - repo: https://github.com/compilerla/conventional-pre-commit\n    rev: v4.3.0\n    hooks: [{ id: conventional-pre-commit }]\n',
}

describe('conventional-commits', () => {
  it.each([
    ['subjects that follow it', {}, history(...good)],
    ['one odd subject of five', {}, history(...good.slice(1), 'Add a cache')],
    [
      'subjects that tools made',
      {},
      history(...good, 'Bump zod from 3 to 4', 'v1.4.0', 'Revert "feat: one"', 'Initial commit'),
    ],
    ['commitlint in a hook', { ...hook, 'commitlint.config.js': '' }, history(...free)],
    ['titles that a pipeline checks', titles(), history(...free)],
    ['a hook of pre-commit', gitlint, history(...free)],
    ['a check, without a history', titles(), {}],
  ])('passes %s', async (_, files: Record<string, string>, around) => {
    expect(await judgeFiles(item, files, around)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it.each([
    ['free subjects', {}, history(...free)],
    ['three of five', {}, history(...good.slice(0, 3), 'Add a cache', 'WIP')],
    ['settings of commitlint that nothing runs', { ...node, 'commitlint.config.js': '' }, history(...free)],
    ['commitlint without settings', hook, history(...free)],
    ['a check whose failure is ignored', titles('        continue-on-error: true\n'), history(...free)],
  ])('fails %s', async (_, files: Record<string, string>, around) => {
    expect(await judgeFiles(item, files, around)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['no history', {}],
    ['a history that is too short', history('feat: one', 'Add a cache')],
  ])('does not decide with %s', async (_, around) => {
    expect(await judgeFiles(item, node, around)).toMatchObject({ status: 'unknown' })
  })
})
