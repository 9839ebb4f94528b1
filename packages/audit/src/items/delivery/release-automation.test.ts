import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './release-automation.ts'

const files = (
  steps: string,
  { on = '{ push: { tags: ["v*"] } }', permissions = '{ contents: write }' } = {},
): Record<string, string> => ({
  'package.json': '{ "name": "weather", "version": "1.4.0" }',
  '.gitignore': '',
  '.github/workflows/release.yml': `name: Release\non: ${on}\n${permissions ? `permissions: ${permissions}\n` : ''}jobs:\n  release:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`,
})
const gh =
  '      - run: gh release create "$GITHUB_REF_NAME" --generate-notes\n        env:\n          GH_TOKEN: ${{ github.token }}\n'
const python = {
  'pyproject.toml':
    '[project]\nname = "weather"\nversion = "1.4.0"\n[tool.semantic_release]\nversion_toml = ["pyproject.toml:project.version"]\n',
  'package.json': '',
}

describe('release-automation', () => {
  it.each([
    ['gh', files(gh)],
    [
      'gh with the token of the whole workflow',
      files('      - run: |\n          export GH_TOKEN=${{ secrets.RELEASE }}\n          gh release create v1\n', {
        permissions: '{ contents: read }',
      }),
    ],
    ['softprops', files('      - uses: softprops/action-gh-release@v2\n')],
    [
      'a default that the repository sets',
      files('      - uses: softprops/action-gh-release@v2\n', { permissions: '' }),
    ],
    ['semantic-release', files('      - run: npx semantic-release\n', { on: 'push' })],
    [
      'changesets',
      {
        ...files('      - uses: changesets/action@v1\n        with:\n          publish: npx changeset publish\n', {
          on: 'push',
        }),
        '.changeset/config.json': '{}',
      },
    ],
    [
      'python-semantic-release',
      {
        ...files('      - run: uvx --from python-semantic-release semantic-release version\n', { on: 'push' }),
        ...python,
      },
    ],
    [
      'a script',
      files(
        '      - uses: actions/github-script@v7\n        with:\n          script: await github.rest.repos.createRelease({ owner, repo, tag_name })\n',
      ),
    ],
  ])('passes %s', async (_, given: Record<string, string>) => {
    expect(await judgeFiles(item, given)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it.each([
    ['no workflow', { 'package.json': '{ "name": "weather" }', '.gitignore': '' }, 'no step'],
    [
      'an upload to a release that a person made',
      files(gh.replace('create', 'upload'), { on: '{ release: { types: [published] } }' }),
      'no step',
    ],
    ['no token', files(gh.replace(/ {8}env[\s\S]*/, '')), 'GH_TOKEN'],
    ['no permission', files(gh, { permissions: '{ contents: read }' }), 'permissions'],
    ['a trigger that nothing sets off', files(gh, { on: '{ workflow_call: {} }' }), 'would run'],
    [
      'a condition that never holds',
      files(gh.replace('      - run', "      - if: github.event_name == 'release'\n        run")),
      'would run',
    ],
    [
      'a tool that is told not to',
      files(
        '      - uses: googleapis/release-please-action@v4\n        with:\n          release-type: node\n          skip-github-release: true\n',
        { on: 'push' },
      ),
      'no step',
    ],
    [
      'changesets that only open a pull request',
      files('      - uses: changesets/action@v1\n', { on: 'push' }),
      'no step',
    ],
  ])('fails with %s', async (_, given: Record<string, string>, saw) => {
    const result = await judgeFiles(item, given)
    expect(result).toMatchObject({ status: 'fail' })
    expect(result.verdicts[0]?.evidence?.map(each => each.saw).join('\n')).toContain(saw)
  })

  it('does not decide what is done elsewhere', async () => {
    const given = {
      ...files(gh),
      '.github/workflows/release.yml': 'on: push\njobs:\n  r:\n    uses: acme/ci/.github/workflows/r.yml@v1\n',
    }
    expect(await judgeFiles(item, given)).toMatchObject({ status: 'unknown' })
  })
})
