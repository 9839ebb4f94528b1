import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './versioning.ts'

const node = (version = '1.4.0', scripts = {}): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'weather', version, scripts }),
  '.gitignore': '',
})
const python = (more: string, version = 'version = "1.4.0"'): Record<string, string> => ({
  'pyproject.toml': `[project]\nname = "weather"\n${version}\n${more}`,
  '.gitignore': '',
})
const workflow = (steps: string, on = '{ push: { branches: [main] } }'): Record<string, string> => ({
  '.github/workflows/version.yml': `name: Version\non: ${on}\njobs:\n  version:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`,
})
const please = '      - uses: googleapis/release-please-action@v4\n'
const psr = '      - uses: python-semantic-release/python-semantic-release@v10\n'
const vcs = '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\nbuild-backend = "hatchling.build"\n'

describe('versioning', () => {
  it.each([
    ['release-please', { ...node(), ...workflow(please), 'release-please-config.json': '{}' }],
    [
      'changesets behind a script',
      {
        ...node('1.4.0', { version: 'changeset version' }),
        ...workflow('      - run: npm run version\n'),
        '.changeset/config.json': '{}',
      },
    ],
    ['a script that people start', node('1.4.0', { release: 'npm version minor && git push --follow-tags' })],
    [
      'semantic-release with a version that it fills in',
      { ...node('0.0.0-development'), ...workflow('      - run: npx semantic-release\n') },
    ],
    ['the newest tag', python(`dynamic = ["version"]\n[tool.hatch.version]\nsource = "vcs"\n${vcs}`, '')],
    [
      'python-semantic-release',
      { ...python('[tool.semantic_release]\nversion_toml = ["pyproject.toml:project.version"]\n'), ...workflow(psr) },
    ],
    [
      'a Makefile with bump-my-version',
      {
        ...python('[tool.bumpversion]\ncurrent_version = "1.4.0"\n'),
        Makefile: 'release:\n\tuv run bump-my-version bump minor\n',
      },
    ],
    [
      'a tool for another language',
      { 'go.mod': 'module weather\n', '.gitignore': '', ...workflow('      - uses: go-semantic-release/action@v1\n') },
    ],
  ])('passes %s', async (_, files: Record<string, string>) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it.each([
    ['nothing', node()],
    ['a tool that is only a dependency', { ...node(), 'release-please-config.json': '{}' }],
    ['a tool without its settings', { ...node(), ...workflow(please) }],
    [
      'a tool that nothing reaches',
      { ...node(), ...workflow(please, '{ workflow_call: {} }'), 'release-please-config.json': '{}' },
    ],
    ['a command that only shows the version', node('1.4.0', { show: 'npm version' })],
    [
      'a comment',
      {
        ...node(),
        ...workflow('      - run: |\n          # npx semantic-release\n          echo npx semantic-release\n'),
      },
    ],
    ['two numbers', node('1.4', { release: 'npm version minor' })],
    ['a plugin that is not switched on', python(`[tool.hatch.version]\npath = "weather.py"\n${vcs}`)],
    ['a tool that knows no place of the version', { ...python(''), ...workflow(psr) }],
  ])('fails %s', async (_, files: Record<string, string>) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
  })

  it.each([
    [
      'a workflow elsewhere',
      { ...node(), '.github/workflows/v.yml': 'on: push\njobs:\n  v:\n    uses: acme/ci/.github/workflows/v.yml@v1\n' },
    ],
    [
      'a script of its own',
      { ...node(), ...workflow('      - run: node scripts/release.mjs\n'), 'scripts/release.mjs': '' },
    ],
    ['an unpacked archive', { 'pyproject.toml': '[project]\nname = "weather"\nversion = "1.4.0"\n', 'PKG-INFO': '' }],
  ])('does not decide with %s', async (_, files: Record<string, string>) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'unknown' })
  })
})
