import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import changelog from './changelog.ts'
import notes from './release-notes.ts'

const node = { 'package.json': '{ "name": "weather", "version": "1.4.0" }', '.gitignore': '' }
const python = { 'pyproject.toml': '[project]\nname = "weather"\nversion = "1.4.0"\n', '.gitignore': '' }
const workflow = (steps: string): Record<string, string> => ({
  '.github/workflows/release.yml': `name: Release\non: { push: { tags: ["v*"] } }\npermissions: { contents: write }\njobs:\n  r:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`,
})
const keep =
  '# Changelog\n\n## [Unreleased]\n\n## [1.4.0] - 2026-11-02\n\n### Added\n\n- Asks both stations.\n\n## [1.3.0]\n\n- Metrics.\n'
const releases = (body: string) => ({
  forgeFacts: {
    file: 'facts.json',
    answers: [{ endpoint: 'releases', kind: 'releases' as const, body: [{ tag_name: 'v1.4.0', body }] }],
  },
})

describe('changelog and release-notes', () => {
  it.each([
    ['keep a changelog', { ...node, 'CHANGELOG.md': keep }],
    [
      'reStructuredText',
      { ...python, 'CHANGES.rst': 'Changes\n=======\n\nVersion 1.4.0\n-------------\n\n* Asks both stations.\n' },
    ],
    [
      'links and dates in the titles',
      {
        ...node,
        'HISTORY.md':
          '# [1.4.0](https://x.dev/compare/v1.3.0...v1.4.0) (2026-11-02)\n\n### Features\n\n* asks both stations\n',
      },
    ],
    ['a changelog below docs', { ...python, 'docs/changelog.md': keep }],
    [
      'a tool that writes it',
      {
        ...node,
        ...workflow('      - uses: googleapis/release-please-action@v4\n        with:\n          release-type: node\n'),
      },
    ],
    [
      'notes that the forge writes',
      {
        ...node,
        ...workflow(
          '      - uses: softprops/action-gh-release@v2\n        with:\n          generate_release_notes: true\n',
        ),
      },
    ],
  ])('pass %s', async (_, files) => {
    expect(await judgeFiles(changelog, files)).toMatchObject({ status: 'pass' })
    expect(await judgeFiles(notes, files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['nothing', node],
    ['a tool that only has settings', { ...python, 'cliff.toml': '[changelog]\n' }],
    ['a release without notes', { ...node, ...workflow('      - uses: softprops/action-gh-release@v2\n') }],
  ])('fail with %s', async (_, files: Record<string, string>) => {
    expect(await judgeFiles(changelog, files)).toMatchObject({ status: 'fail' })
    expect(await judgeFiles(notes, files)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['a changelog that was left behind', { ...python, 'CHANGELOG.md': '# Changelog\n\n## 1.3.0\n\n- Metrics.\n' }],
    ['a file without entries', { ...node, 'CHANGELOG.md': '# Changelog\n\nSee the releases.\n' }],
    ['a version in a sentence', { ...node, 'CHANGELOG.md': '# Changelog\n\nUp to 1.4.0 nothing was written down.\n' }],
  ])('tell %s', async (_, files) => {
    expect(await judgeFiles(changelog, files)).toMatchObject({ status: 'fail' })
  })

  it('asks for words, not only versions', async () => {
    const files = { ...node, 'CHANGELOG.md': '# Changelog\n\n## 1.4.0\n\n## 1.3.0\n\n- Metrics.\n' }
    expect(await judgeFiles(notes, files)).toMatchObject({ status: 'fail' })
  })

  it('looks at the releases that the forge shows', async () => {
    expect(await judgeFiles(notes, node, releases('Asks both stations at the same time.'))).toMatchObject({
      status: 'pass',
    })
    const bare = await judgeFiles(
      notes,
      { ...node, 'CHANGELOG.md': keep },
      releases('**Full Changelog**: https://x.dev/compare/v1.3.0...v1.4.0'),
    )
    expect(bare).toMatchObject({ status: 'fail' })
  })

  it('do not decide for an unpacked archive', async () => {
    const files = { 'pyproject.toml': python['pyproject.toml'], 'PKG-INFO': '' }
    expect(await judgeFiles(changelog, files)).toMatchObject({ status: 'unknown' })
    expect(await judgeFiles(notes, files)).toMatchObject({ status: 'unknown' })
  })
})
