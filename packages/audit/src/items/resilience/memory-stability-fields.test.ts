import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import memoryStability from './memory-stability.ts'

const status = async (files: Files): Promise<string> => (await judgeFiles(memoryStability, files)).status

const thinking = (more = '', note = 'this.history.push(thought)'): string => `class Thinking {
  history = []
  note(thought) { ${note}; return this.history.length }
  ${more}
}`
const ts = (before: string, body = 'thinking.note(args.path)'): Files =>
  typescriptHandler({ before, body: `${body}\nreturn { content: [] }` })
const one = 'const thinking = new Thinking()'

const notes = (more = '', first = 'self.history = []'): string => `class Thinking:
    def __init__(self):
        ${first}

    def note(self, thought):
        self.history.append(thought)
        return len(self.history)
${more}`
const py = (before: string, body = 'thinking.note(path)'): Files =>
  pythonHandler({ before, body: `${body}\nreturn path` })

/** The server is made by a function, and so is what its tools use. */
const made = (start: string): Files => ({
  'package.json': JSON.stringify({ name: 'a-server', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import express from 'express'
${thinking()}
function createServer() {
  const thinking = new Thinking()
  const server = new McpServer({ name: 'a-server', version: '1.0.0' })
  server.registerTool('work', { inputSchema: {} }, async args => {
    thinking.note(args.path)
    return { content: [] }
  })
  return server
}
${start}
`,
})

describe('memory-stability of fields', () => {
  it.each<[string, Files]>([
    ['of an object of the file', ts(`${thinking()}\n${one}`)],
    [
      'of an object that holds another',
      ts(`${thinking()}\nclass All { thinking = new Thinking() }\nconst all = new All()`, 'all.thinking.note(1)'),
    ],
    [
      'of an object that is made once',
      ts(`${thinking()}\nlet kept\nconst get = () => { kept ??= new Thinking(); return kept }`, 'get().note(1)'),
    ],
    ['that the handler adds to', ts(`${thinking()}\n${one}`, 'thinking.history.push(args.path)')],
    ['of a record of the file', ts('const state = { history: [] }', 'state.history.push(args.path)')],
    ['of what a server has that is made once', made('await createServer().connect(new StdioServerTransport())')],
    [
      'of what a server has that is made when it starts',
      made('async function main() {\n  const server = createServer()\n}\nmain().catch(() => {})'),
    ],
    ['in Python', py(`${notes()}\nthinking = Thinking()`)],
    [
      'of a dataclass',
      py(
        'from dataclasses import dataclass, field\n@dataclass\nclass State:\n    history: list = field(default_factory=list)\nstate = State()',
        'state.history.append(path)',
      ),
    ],
  ])('fails a history %s', async (_, files) => expect(await status(files)).toBe('fail'))

  it.each<[string, Files]>([
    [
      'that is cut',
      ts(`${thinking('', 'this.history.push(thought); if (this.history.length > 9) this.history.shift()')}\n${one}`),
    ],
    ['that is set anew', ts(`${thinking('clear() { this.history = [] }')}\n${one}`)],
    ['that is emptied', ts(`${thinking('clear() { this.history.length = 0 }')}\n${one}`)],
    ['that is given away', ts(`${thinking('all() { return this.history }')}\n${one}`)],
    ['of an object of the call', ts(thinking(), 'new Thinking().note(args.path)')],
    [
      'of an object of each session',
      ts(`${thinking()}\nconst all = new Map()\n${one}`, 'all.set(args.path, new Thinking())\nthinking.note(1)'),
    ],
    [
      'of what each session has',
      made("const app = express()\napp.post('/mcp', async (req, res) => { createServer() })"),
    ],
    ['of what is made by others', made('export default createServer')],
    ['of what is handed on', made('createServer()\nserve(createServer)')],
    [
      'of a table of the user',
      ts(
        'class Notes { notes = []\n add(a) { this.notes.push(a) } }\nconst notes = new Notes()',
        'notes.add(args.path)',
      ),
    ],
    ['that is cut in Python', py(`${notes('        self.history = self.history[-9:]')}\nthinking = Thinking()`)],
    [
      'of a deque',
      py(`from collections import deque\n${notes('', 'self.history = deque(maxlen=9)')}\nthinking = Thinking()`),
    ],
    ['of an object of the call in Python', py(notes(), 'Thinking().note(path)')],
  ])('leaves a history %s open', async (_, files) => expect(await status(files)).toBe('unknown'))
})
