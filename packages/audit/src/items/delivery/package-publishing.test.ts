import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './package-publishing.ts'

const workflow = (steps: string, permissions = '{ id-token: write }', on = '{ push: { tags: ["v*"] } }'): string =>
  `name: Publish\non: ${on}\n${permissions ? `permissions: ${permissions}\n` : ''}jobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`
const node = (text: string, more = {}): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'weather', version: '1.4.0', bin: 'x.js', ...more }),
  '.gitignore': '',
  '.github/workflows/publish.yml': text,
})
const python = (text: string, more = ''): Record<string, string> => ({
  'pyproject.toml': `[project]\nname = "weather"\nversion = "1.4.0"\n${more}`,
  '.gitignore': '',
  '.github/workflows/publish.yml': text,
})
const npm = (flags = '', env = ''): string => `      - run: npm publish ${flags}\n${env}`
const token = '        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n'
const pypi = (inputs = ''): string => `      - uses: pypa/gh-action-pypi-publish@release/v1\n${inputs}`
const password = '        with:\n          password: ${{ secrets.PYPI_API_TOKEN }}\n'

describe('package-publishing', () => {
  it.each([
    ['trusted publishing on npm', node(workflow(npm()))],
    ['provenance with a token', node(workflow(npm('--provenance', token)))],
    ['provenance that the package asks for', node(workflow(npm('', token)), { publishConfig: { provenance: true } })],
    ['provenance that .npmrc asks for', { ...node(workflow(npm('', token))), '.npmrc': 'provenance=true\n' }],
    ['trusted publishing on PyPI', python(workflow(pypi()))],
    ['uv', python(workflow('      - run: uv build\n      - run: uv publish\n'))],
    [
      'a token with an attestation of the build',
      python(
        workflow(
          `      - uses: actions/attest-build-provenance@v3\n        with:\n          subject-path: dist/*\n${pypi(password)}`,
        ),
      ),
    ],
    [
      'a test registry before the real one',
      python(
        workflow(
          `${pypi('        with:\n          repository-url: https://test.pypi.org/legacy/\n          password: ${{ secrets.TEST_TOKEN }}\n')}${pypi()}`,
        ),
      ),
    ],
    [
      'the package of another language beside it',
      { ...python(workflow(pypi() + npm('', token))), 'client/package.json': '{ "name": "weather-client" }' },
    ],
  ])('passes %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it.each([
    ['no step', node(workflow('      - run: npm test\n')), 'no step publishes'],
    ['a dry run', node(workflow(npm('--dry-run'))), 'no step publishes'],
    ['a token alone', node(workflow(npm('', token))), 'long-lived token NODE_AUTH_TOKEN'],
    [
      'a token in .npmrc',
      node(workflow(`      - run: echo "//registry.npmjs.org/:_authToken=$TOKEN" > .npmrc\n${npm()}`)),
      '_authToken',
    ],
    [
      'provenance without an identity',
      node(workflow(npm('--provenance', token), '{ contents: read }')),
      'id-token: write',
    ],
    ['no credentials', node(workflow(npm(), '')), 'no credentials'],
    ['a step that nothing reaches', node(workflow(npm(), undefined, '{ workflow_call: {} }')), 'would run'],
    ['a password', python(workflow(pypi(password))), 'long-lived token password'],
    [
      'only a test registry',
      python(workflow('      - run: twine upload --repository testpypi dist/*\n')),
      'no step publishes',
    ],
    ['no identity', python(workflow(pypi(), '{ contents: read }')), 'no credentials'],
    [
      'a token on the command line',
      python(workflow('      - run: uv publish --token ${{ secrets.PYPI_TOKEN }}\n')),
      'secrets.PYPI_TOKEN',
    ],
  ])('fails with %s', async (_, files, saw) => {
    const result = await judgeFiles(item, files)
    expect(result).toMatchObject({ status: 'fail' })
    expect(result.verdicts[0]?.evidence?.map(each => each.saw).join('\n')).toContain(saw)
  })

  it.each([
    ['a private package', node(workflow('      - run: npm test\n'), { private: true })],
    ['a private project', python(workflow('      - run: pytest\n'), 'classifiers = ["Private :: Do Not Upload"]\n')],
  ])('does not apply to %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'not-applicable' })
  })

  it.each([
    ['a client whose credentials are set elsewhere', python(workflow('      - run: poetry publish --build\n'))],
    ['GitLab', { 'package.json': '{ "name": "weather" }', '.gitlab-ci.yml': 'publish:\n  script: npm publish\n' }],
    [
      'another registry',
      { 'Cargo.toml': '', '.gitignore': '', '.github/workflows/p.yml': workflow('      - run: cargo publish\n') },
    ],
    ['an unpacked archive', { 'pyproject.toml': '', 'PKG-INFO': '' }],
  ])('does not decide with %s', async (_, files: Record<string, string>) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'unknown' })
  })

  const monorepo = {
    'pyproject.toml': '[tool.uv.workspace]\nmembers = ["servers/*"]\n',
    'servers/weather/pyproject.toml': '[project]\nname = "weather"\nversion = "1.4.0"\ndependencies = ["mcp"]\n',
    'servers/other/pyproject.toml': '[project]\nname = "other"\nversion = "2.0.0"\n',
    '.github/workflows/weather.yml': workflow('      - run: |\n          cd servers/weather\n          uv publish\n'),
  }
  const withToken = '        env: { UV_PUBLISH_TOKEN: "${{ secrets.PYPI }}" }\n'

  it.each([
    ['in its folder', workflow(`      - run: cd servers/other && uv publish\n${withToken}`)],
    [
      'of its artifacts',
      workflow(pypi('        with: { packages-dir: servers/other/dist/, password: "${{ secrets.PYPI }}" }\n')),
    ],
    ['by its tags', workflow(pypi(password), undefined, '{ push: { tags: ["other-v*"] } }')],
  ])('leaves out how another package of a monorepo is published, %s', async (_, text) => {
    const files = { ...monorepo, '.github/workflows/other.yml': text }
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it('tells how the package of a monorepo is published from the root', async () => {
    const files = { ...monorepo, '.github/workflows/all.yml': workflow(pypi(password)) }
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
  })
})
