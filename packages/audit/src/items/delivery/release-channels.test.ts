import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './release-channels.ts'

const history = (...tags: string[]) => ({ history: tags.map(tag => ({ subject: `release ${tag}`, tag })) })
const workflow = (steps: string, on = '{ push: { tags: ["v*"] } }'): Record<string, string> => ({
  '.gitignore': '',
  '.github/workflows/release.yml': `name: Release\non: ${on}\njobs:\n  r:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`,
})
const node = (steps: string, version = '1.4.0', on?: string): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'weather', version }),
  ...workflow(steps, on),
})
const python = (version = '1.4.0', more = ''): Record<string, string> => ({
  'pyproject.toml': `[project]\nname = "weather"\nversion = "${version}"\n${more}`,
  ...workflow('      - uses: pypa/gh-action-pypi-publish@release/v1\n'),
})
const statuses = async (
  ...given: Parameters<typeof judgeFiles> extends [unknown, ...infer Rest] ? Rest : never
): Promise<string> => (await judgeFiles(item, ...given)).verdicts.map(({ status }) => status).join(' ')

const computed = `      - run: |
          case "$GITHUB_REF_NAME" in *alpha*) tag=alpha ;; *beta*) tag=beta ;; *) tag=latest ;; esac
          npm publish --tag "$tag"
`
const semantic = JSON.stringify({
  branches: ['main', { name: 'beta', prerelease: true }, { name: 'next', prerelease: 'alpha' }],
})

describe('release-channels', () => {
  it.each([
    ['dist-tags that a script chooses', node(computed), history('v1.4.0'), 'pass pass pass'],
    ['pre-releases on PyPI', python(), history('v1.4.0a1', 'v1.4.0rc1', 'v1.4.0'), 'pass pass pass'],
    [
      'branches of semantic-release',
      {
        ...node(
          '      - run: npx semantic-release\n',
          '0.0.0-development',
          '{ push: { branches: [main, beta, next] } }',
        ),
        '.releaserc': semantic,
      },
      history('v1.0.0'),
      'pass pass pass',
    ],
    [
      'branches that no workflow runs on',
      {
        ...node('      - run: npx semantic-release\n', '1.4.0', '{ push: { branches: [main] } }'),
        '.releaserc': semantic,
      },
      history('v1.0.0'),
      'fail fail pass',
    ],
    ['stable versions alone', node('      - run: npm publish\n'), history('v1.4.0'), 'fail fail pass'],
    [
      'pre-releases that would become the latest',
      node('      - run: npm publish\n'),
      history('v1.4.0-beta.1', 'v1.4.0'),
      'fail fail pass',
    ],
    [
      'a comment that names a channel',
      node('      - run: |\n          # --tag beta or alpha\n          npm publish --tag "$X"\n'),
      history('v1.4.0'),
      'fail fail pass',
    ],
    ['0.x', python('0.9.0'), history('v0.9.0'), 'fail fail fail'],
    ['only pre-releases', python('1.0.0b2'), history('v1.0.0b1'), 'fail pass fail'],
    ['tags that are not known', python(), {}, 'unknown unknown pass'],
  ])('decides each channel: %s', async (_, files: Record<string, string>, around, wanted) => {
    expect(await statuses(files, around)).toBe(wanted)
  })
})
