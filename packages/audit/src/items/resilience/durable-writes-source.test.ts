import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import durableWrites from './durable-writes.ts'

const status = async (files: Files): Promise<string | undefined> =>
  (await judgeFiles(durableWrites, files)).verdicts.find(({ proof }) => proof === 'repository')?.status

const ts = (body: string): Files =>
  typescriptHandler({
    before: `import fs from 'node:fs/promises'`,
    takes: '{ old: z.string(), edits: z.array(z.object({ text: z.string() })), text: z.string() }',
    body: `const before = await fs.readFile('notes.txt', 'utf8')\n${body}`,
  })
const py = (made: string, before = ''): Files =>
  pythonHandler({
    before: 'import re\nfrom pathlib import Path\n',
    takes: 'old: str, text: str',
    body: `${before}file = Path("notes.txt")\nfile.write_text(re.sub(re.escape(old), ${made}, file.read_text()))\nreturn "ok"`,
  })

describe('durable-writes in the source', () => {
  it.each<[string, Files]>([
    ['a text of the caller as replacement', ts(`await fs.writeFile('notes.txt', before.replace(args.old, args.text))`)],
    [
      'one of several, by way of names',
      ts(`let now = before
for (const edit of args.edits) {
  const made = edit.text.replaceAll('\\r\\n', '\\n')
  now = now.replace(args.old, made)
}
await fs.writeFile('notes.txt', now)`),
    ],
    ['a text of the caller in Python', py('text')],
  ])('fails %s', async (_, files) => {
    expect(await status(files)).toBe('fail')
  })

  it.each<[string, Files]>([
    ['a function', ts(`await fs.writeFile('notes.txt', before.replace(args.old, () => args.text))`)],
    [
      'marks that are escaped',
      ts(
        `const safe = args.text.replaceAll('$', '$$$$')\nawait fs.writeFile('notes.txt', before.replace(args.old, safe))`,
      ),
    ],
    [
      'a text that is written down',
      ts(`const gone = ''\nawait fs.writeFile('notes.txt', before.replace(args.old, gone))`),
    ],
    [
      'what is told on stderr',
      typescriptHandler({
        takes: '{ text: z.string() }',
        body: `process.stderr.write('hello X'.replace('X', args.text))\nreturn { content: [] }`,
      }),
    ],
    [
      'an answer that is not kept',
      typescriptHandler({ body: `return { content: [{ type: 'text', text: 'hello X'.replace('X', args.path) }] }` }),
    ],
    ['a function in Python', py('lambda _: text')],
    [
      'another method in Python',
      pythonHandler({
        before: 'from pathlib import Path\n',
        takes: 'old: str, text: str',
        body: 'file = Path("notes.txt")\nfile.write_text(file.read_text().replace(old, text))\nreturn "ok"',
      }),
    ],
  ])('does not fail %s', async (_, files) => {
    expect(await status(files)).toBe('unknown')
  })
})
