import { describe, expect, it } from 'vitest'
import { typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import memoryStability from './memory-stability.ts'

const status = async (files: Files): Promise<string | undefined> =>
  (await judgeFiles(memoryStability, files)).verdicts.find(({ proof }) => proof === 'repository')?.status

const ts = (listener: string, kept = 'sessions.set(child.pid, session)', more = ''): Files =>
  typescriptHandler({
    before: `import { spawn } from 'node:child_process'
const sessions = new Map()
${more}
const begin = (command: string) => {
  const child = spawn('sh', ['-c', 'true'])
  const session = { child, lines: [] as string[], text: '' }
  ${kept}
  child.stdout.on('data', data => { ${listener} })
  return session
}`,
    body: 'begin(args.path)\nreturn { content: [] }',
  })

describe('memory-stability in the source', () => {
  it.each<[string, Files]>([
    ['lines of a session', ts('session.lines.push(String(data))')],
    ['a text of a session', ts('session.text += data')],
    [
      'lines that another function adds',
      ts(
        'add(session, String(data))',
        undefined,
        'const add = (to, text: string) => { for (const line of text.split("\\n")) to.lines.push(line) }',
      ),
    ],
  ])('fails %s', async (_, files) => {
    expect(await status(files)).toBe('fail')
  })

  it.each<[string, Files]>([
    [
      'lines of which the oldest are dropped',
      ts('session.lines.push(String(data)); while (session.lines.length > 1000) session.lines.shift()'),
    ],
    ['a tail', ts('session.text = (session.text + data).slice(-10000)')],
    ['a text that ends with its call', ts('session.text += data', '')],
    ['a number', ts('session.child.seen = data.length')],
  ])('does not fail %s', async (_, files) => {
    expect(await status(files)).toBe('unknown')
  })
})
