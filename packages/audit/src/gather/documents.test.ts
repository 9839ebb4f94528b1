import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import { documents, sectionsOf } from './documents.ts'

describe('documents', () => {
  it('reads sections, items, tables and code with their lines', () => {
    const text =
      '# Weather\n\nIntro.\n\n## Settings\n\n| Name | Meaning |\n| --- | --- |\n| `KEY` | The key |\n\n- `A`: one\n  - `B`: two\n\n```sh\nnpm i\n```\n'
    const [, intro, settings] = sectionsOf(text)
    expect(intro).toMatchObject({ title: 'Weather', blocks: [{ kind: 'text', text: 'Intro.', line: 3 }] })
    expect(settings).toMatchObject({
      title: 'Settings',
      within: ['Weather'],
      blocks: [
        { kind: 'row', line: 9, cells: ['KEY', 'The key'], head: ['Name', 'Meaning'] },
        { kind: 'item', text: 'A: one' },
        { kind: 'item', text: 'B: two' },
        { kind: 'code', language: 'sh', text: 'npm i', line: 14 },
      ],
    })
  })

  it('reads headings in HTML, and no comments', () => {
    expect(
      sectionsOf('<h2 align="center">Set <b>up</b></h2>\n\n<!-- ## Not -->\n\ntext').map(({ title }) => title),
    ).toEqual(['', 'Set up'])
  })

  it('keeps the words of links', () => {
    expect(sectionsOf('## [Install](#x) ![badge](y)\n')[1]?.title).toBe('Install')
  })

  it.each([
    '*a_ '.repeat(60_000),
    '[a]('.repeat(60_000),
    '- '.repeat(60_000),
    '> '.repeat(60_000),
    '`` '.repeat(60_000),
    '|'.repeat(60_000),
    '#\n'.repeat(60_000),
  ])('comes to an end with hostile text %#', text => {
    expect(sectionsOf(text).length).toBeGreaterThan(0)
  })

  it('reads what is written for users', async () => {
    const files = [
      'README.md',
      'docs/a.md',
      'CHANGELOG.md',
      'AGENTS.md',
      'CLAUDE.md',
      '.github/x.md',
      'src/x.md',
      'requirements.txt',
      'skills/polish/SKILL.md',
      'skills/polish/references/README.md',
      'packages/a/README.md',
    ]
    const found = await gathered(documents, Object.fromEntries(files.map(path => [path, '# x'])))
    expect(found.map(({ path }) => path)).toEqual(['README.md', 'docs/a.md', 'packages/a/README.md'])
  })
})
