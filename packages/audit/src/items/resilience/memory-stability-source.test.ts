import { describe, expect, it } from 'vitest'
import { typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import memoryStability from './memory-stability.ts'

const status = async (files: Files): Promise<string | undefined> => (await judgeFiles(memoryStability, files)).status

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

const listening = (inside: string, before = '', more = ''): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { emitter } from 'some-emitter'
const seen = []
${before}
emitter.on('message', message => { ${inside} })
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('seen', { inputSchema: {} }, async () => ({ content: [{ type: 'text', text: seen.join() }] }))
${more}`,
})
const collectors = (own: string): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { Requests } from './collect.js'
const server = new McpServer({ name: 'a', version: '1' })
const requests = new Requests()
server.registerTool('all', { inputSchema: {} }, async () => requests.split('page'))`,
  'src/collect.ts': `class Collector {
  #max = 3
  lists = new Map()
  split(page) {
    const list = this.lists.get(page)
    list.unshift([])
    list.splice(this.#max)
  }
}
export class Requests extends Collector {
  split(page) {
    ${own}
  }
}`,
})
const py = (inside: string): Files => ({
  'pkg/server.py': `from fastmcp import FastMCP
from somewhere import page

mcp = FastMCP("a")
seen = []

def note(message):
    ${inside}

page.on("console", note)

@mcp.tool
def read() -> str:
    return "\\n".join(m for m in seen)
`,
})

describe('memory-stability of lists', () => {
  it.each<[string, Files]>([
    ['a list that every event makes longer', listening('seen.push(message)')],
    ['a list of a listener in Python', py('seen.append(message)')],
    ['a method that no longer cuts', collectors('const list = this.lists.get(page) ?? []; list.unshift([])')],
    [
      'a method that cuts another list',
      collectors('const list = this.lists.get(page); const rest = list[0]; list.unshift(rest.splice(1))'),
    ],
  ])('fails %s', async (_, files) => expect(await status(files)).toBe('fail'))

  it.each<[string, Files]>([
    ['a list that is cut', listening('seen.push(message); if (seen.length > 99) seen.shift()')],
    ['a list that a tool empties', listening('seen.push(message)', '', 'const clear = () => { seen.length = 0 }')],
    ['a list that is handed on', listening('seen.push(message)', '', 'trim(seen)')],
    ['a list that others may cut', listening('seen.push(message)', '', 'export { seen }')],
    ['a list of its own', listening('const mine = []; mine.push(message)')],
    [
      'an event that comes once',
      { 'src/index.ts': listening('seen.push(message)')['src/index.ts']?.replace('.on(', '.once(') ?? '' },
    ],
    ['a cut list in Python', py('seen.append(message)\n    del seen[:-100]')],
    ['a method that cuts as well', collectors('const list = this.lists.get(page); list.unshift([]); list.splice(3)')],
    ['a method that calls the one it stands for', collectors('super.split(page); this.lists.get(page)')],
  ])('leaves %s open', async (_, files) => expect(await status(files)).toBe('unknown'))
})
