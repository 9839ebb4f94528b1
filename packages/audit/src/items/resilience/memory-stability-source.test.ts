import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
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

/** An object that listens to a program: one for all calls, unless it is made otherwise. */
const tsField = (listener: string, more = '', made = 'const child = new Child()', use = 'child.begin()'): Files =>
  typescriptHandler({
    before: `import { spawn } from 'node:child_process'
const children = new Map()
class Child {
  lines: string[] = []
  text = ''
  seen = 0
  begin() {
    this.process = spawn('sh', ['-c', 'true'])
    this.process.stderr?.on('data', data => { const output = data.toString(); ${listener} })
  }
  ${more}
}
${made}`,
    body: `${use}\nreturn { content: [] }`,
  })
const pyField = (inside: string, more = '', use = 'child.begin()', lines = '[]'): Files =>
  pythonHandler({
    before: `import subprocess
import threading
from collections import deque

class Child:
    def __init__(self):
        self.lines = ${lines}

    def begin(self):
        self.process = subprocess.Popen(["true"], stdout=subprocess.PIPE)
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        for line in self.process.stdout:
            ${inside}

${more}
child = Child()`,
    body: `${use}\nreturn path`,
  })

describe('memory-stability of what a field takes from a program', () => {
  it.each<[string, Files]>([
    ['lines', tsField('this.lines.push(output)')],
    ['a text', tsField('this.text += output')],
    ['a text that is joined', tsField('this.text = this.text + data')],
    ['lines that another method adds', tsField('this.note(output)', 'note(line) { this.lines.push(line) }')],
    [
      'lines of objects that are kept',
      tsField('this.lines.push(output)', '', '', 'const one = new Child()\nchildren.set(args.path, one)\none.begin()'),
    ],
    ['lines in Python', pyField('self.lines.append(line.decode())')],
    [
      'lines that another method adds in Python',
      pyField('self.note(line)', '    def note(self, line):\n        self.lines.append(line)'),
    ],
  ])('fails %s', async (_, files) => expect(await status(files)).toBe('fail'))

  it.each<[string, Files]>([
    [
      'lines of which the oldest goes',
      tsField('this.lines.push(output); if (this.lines.length > 99) this.lines.shift()'),
    ],
    ['a text that is cut', tsField('this.text += output; this.text = this.text.slice(-99)')],
    ['a text that is set anew', tsField('this.text += output', `stop() { this.text = '' }`)],
    ['lines that another method takes', tsField('this.lines.push(output)', 'take() { return this.lines.splice(0) }')],
    ['lines until it is ready', tsField('if (!this.ready) this.lines.push(output)')],
    ['lines until it is over', tsField('if (this.over) return; this.lines.push(output)')],
    ['a number', tsField('this.seen += data.length')],
    ['lines of an object of the call', tsField('this.lines.push(output)', '', '', 'new Child().begin()')],
    ['lines that are handed on', tsField('this.lines.push(output)', 'stop() { keepLast(this.lines) }')],
    ['a list that drops by itself', tsField('this.ring.push(output)', 'ring = new RingBuffer(99)')],
    ['lines that are cut in Python', pyField('self.lines.append(line)\n            del self.lines[:-99]')],
    ['a deque in Python', pyField('self.lines.append(line)', '', undefined, 'deque(maxlen=9)')],
    ['an object of the call in Python', pyField('self.lines.append(line)', '', 'Child().begin()')],
  ])('leaves %s open', async (_, files) => expect(await status(files)).toBe('unknown'))
})
