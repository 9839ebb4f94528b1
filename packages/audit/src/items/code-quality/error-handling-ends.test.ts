import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import errorHandling from './error-handling.ts'

const ts = (imports: string, top: string, body: string): Files => ({
  'src/server.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
${imports}
${top}
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('run', { description: 'd' }, async ({ a }) => {
${body}
  return { content: [] }
})
`,
})
const py = (imports: string, top: string, body: string): Files => ({
  'pkg/server.py': `from mcp.server.fastmcp import FastMCP
${imports}
${top}
mcp = FastMCP("a")

@mcp.tool()
async def run(a: str) -> str:
    ${body.replaceAll('\n', '\n    ')}
    return a
`,
})
const spawn = `import { spawn } from 'child_process'`
const limit = (guard: string) => `class Limit:
    def __enter__(self):
        ${guard}
        signal.alarm(5)
    def __exit__(self, *_):
        pass`

const failing: [string, Files][] = [
  ['process.exit in a handler', ts('', '', 'if (!a) process.exit(1)')],
  ['process.exit in a helper', ts('', 'const check = a => { if (!a) process.exit(1) }', 'check(a)')],
  ['sys.exit in a helper', py('import sys', 'def check(a):\n    if not a:\n        sys.exit(1)', 'check(a)')],
  ['an alarm behind `with`', py('import signal', limit('pass'), 'with Limit():\n    pass')],
  ['a program', ts(spawn, '', `const child = spawn('viewer', [a])\nchild.stdout.on('data', () => {})`)],
  ['a program that nobody keeps', ts(spawn, '', `spawn('viewer', [a]).unref()`)],
  ['a request', ts(`import https from 'https'`, '', `const r = https.get(a, () => {})\nr.setTimeout(5, () => {})`)],
  ['a stream', ts(`import fs from 'fs'`, '', `const s = fs.createReadStream('a')\ns.on('data', () => {})`)],
  ['a chain without a catch', ts('', '', 'fetch(a).then(note)')],
  ['finally beside a promise that is kept', ts('', '', 'const p = fetch(a)\n  p.finally(note)\n  await p')],
  ['a catch that throws on', ts('', '', 'fetch(a).then(note).catch(error => { throw error })')],
  ['async work of forEach', ts('', '', 'a.forEach(async each => { await fetch(each) })')],
  [
    'JSON in a listener',
    ts(`import { socket } from './b.js'`, '', `socket.on('data', text => { note(JSON.parse(text)) })`),
  ],
  ['a pool', ts(`import { Pool } from 'pg'`, 'const pool = new Pool({})', `await pool.query('select 1')`)],
]
const passing: [string, Files][] = [
  ['process.exit in a listener', ts('', '', `process.once('SIGTERM', () => process.exit(0))`)],
  ['process.exit where it is meant', ts('', 'const shutdown = () => process.exit(0)', 'shutdown()')],
  ['process.exit of the program', ts('', 'if (!process.env.A) process.exit(1)', '')],
  ['sys.exit that is caught', py('import sys', '', 'try:\n    sys.exit(1)\nexcept SystemExit:\n    return "no"')],
  ['an alarm that is asked for', py('import signal', limit('if not hasattr(signal, "SIGALRM"): return'), 'return a')],
  ['a program', ts(spawn, '', `const child = spawn('viewer', [a])\nchild.on('error', console.error)`)],
  ['a program in a chain', ts(spawn, '', `spawn('viewer', [a]).on('error', console.error).unref()`)],
  ['a program that is handed on', ts(spawn, '', `const child = spawn('viewer', [a])\nwatch(child)`)],
  ['a program that is there', ts(spawn, '', `const child = spawn(process.execPath, [a])\nchild.unref()`)],
  [
    'a stream that is read',
    ts(`import fs from 'fs'`, '', `const s = fs.createReadStream('a')\nfor await (const part of s) note(part)`),
  ],
  ['finally with a catch after it', ts('', '', 'const p = fetch(a)\n  p.finally(note).catch(note)\n  await p')],
  ['a chain with a catch', ts('', '', 'fetch(a).then(note).catch(console.error)')],
  ['a chain with two listeners', ts('', '', 'fetch(a).then(note, console.error)')],
  ['forEach', ts('', '', 'a.forEach(each => { note(each) })')],
  [
    'JSON in a listener that looks after it',
    ts(
      `import { socket } from './b.js'`,
      '',
      `socket.on('data', text => { try { note(JSON.parse(text)) } catch (error) { console.error(error) } })`,
    ),
  ],
  ['a request', ts(`import https from 'https'`, '', `https.get(a, () => {}).on('error', console.error)`)],
  [
    'a pool',
    ts(
      `import { Pool } from 'pg'`,
      `const pool = new Pool({})\npool.on('error', console.error)`,
      `await pool.query('')`,
    ),
  ],
]

describe('error-handling of what ends the process', () => {
  it.each(failing)('fails %s', async (_, files) => {
    expect((await judgeFiles(errorHandling, files)).status).toBe('fail')
  })
  it.each(passing)('passes %s', async (_, files) => {
    expect((await judgeFiles(errorHandling, files)).status).toBe('pass')
  })
})
