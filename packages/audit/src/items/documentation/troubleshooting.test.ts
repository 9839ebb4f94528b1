import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './troubleshooting.ts'

const judge = (text: string, files: Files = {}) =>
  judgeFiles(item, {
    '.gitignore': 'x',
    'package.json': '{ "name": "notes" }',
    'README.md': `# Notes\n\n${text}`,
    ...files,
  })

describe('troubleshooting', () => {
  it.each([
    [
      'a section with headings',
      '## Troubleshooting\n\n### It does not start\n\nSet NOTES_DIR to a folder that exists.\n',
    ],
    ['a table', '## Common issues\n\n| Symptom | Remedy |\n| --- | --- |\n| No notes | Set NOTES_DIR |\n'],
    ['a list', '## FAQ\n\n- **No notes are listed**: set NOTES_DIR to the absolute path of the folder.\n'],
    ['bold questions', '## FAQ\n\n**Why are there no notes?**\n\nSet NOTES_DIR first.\n'],
    ['details', '## Troubleshooting\n\n<details>\n<summary>No notes</summary>\n\nSet NOTES_DIR first.\n\n</details>\n'],
    [
      'prose',
      '## Known problems\n\nIf the client says "disconnected", start the server in a terminal and read the last line.\n',
    ],
    ['a command as the remedy', '## Troubleshooting\n\n### Port in use\n\n```sh\nlsof -i :3000\n```\n'],
  ])('accepts %s', async (_, text) => {
    expect(await judge(text)).toMatchObject({ status: 'pass' })
  })

  it('accepts a page', async () => {
    const page = '# When it fails\n\n## No notes\n\nSet NOTES_DIR to a folder.\n'
    expect(await judge('', { 'docs/troubleshooting.md': page })).toMatchObject({ status: 'pass' })
    const python = { 'pyproject.toml': '[project]\nname = "x"\n', 'docs/faq.rst': '', 'docs/guide/faq.md': page }
    expect(await judgeFiles(item, python)).toMatchObject({ status: 'pass' })
  })

  it.each([
    [
      'a comparison among frequent questions',
      '## FAQ\n\n| Notes | Others |\n| --- | --- |\n| ✅ Fast in all cases | ❌ Try it and see if it works |\n',
    ],
    [
      'questions about what it is',
      '## FAQ\n\n**Why are tools needed when the model can reason, write and so on?**\n\nTools are exact, and a model is not.\n',
    ],
    [
      'tools that help with debugging',
      '## Debugging\n\n- `get_logs`: Gets logs by service type. Use it when a call fails, to see why.\n',
    ],
    ['nothing', '## Usage\n\nRun it.\n'],
    ['a word in prose', 'Troubleshooting is easy. If it fails, all is well.\n'],
    ['a heading alone', '## Troubleshooting\n'],
    ['symptoms alone', '## Troubleshooting\n\n### It does not start\n\n### No notes\n'],
    ['a table without remedies', '## FAQ\n\n| Symptom | Remedy |\n| --- | --- |\n| No notes | |\n'],
    ['what is to be written', '## Troubleshooting\n\n### No notes\n\nTODO: say what to do.\n'],
    ['a script that is not there', '## Troubleshooting\n\n### No notes\n\n```sh\nnpm run doctor\n```\n'],
  ])('fails %s', async (_, text) => {
    expect(await judge(text)).toMatchObject({ status: 'fail' })
  })

  it('does not decide about a page elsewhere, and about what is not packed', async () => {
    expect(await judge('## Troubleshooting\n\nSee https://notes.dev/faq\n')).toMatchObject({ status: 'unknown' })
    const packed = {
      'package.json': '{ "name": "x", "version": "1.0.0", "main": "x.js" }',
      'x.js': '',
      'README.md': '# x',
    }
    expect(await judgeFiles(item, packed)).toMatchObject({ status: 'unknown' })
  })
})
