import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import sharedState from './shared-state.ts'

const py = (send: string, define = 'def', made = 'link = Link()', tool = 'return ask(n)', versions = '>=3'): Files => ({
  'pyproject.toml': `[project]\nname = "a"\nversion = "1"\ndependencies = ["fastmcp${versions}"]\n`,
  'pkg/a.py': `import asyncio, socket, subprocess, threading
from fastmcp import FastMCP
server = FastMCP("a")
class Link:
    def __init__(self):
        self.sock = None
        self.lock = threading.Lock()
        self.child = subprocess.Popen(["b"], stdin=-1, stdout=-1)
    def connect(self):
        self.sock = socket.create_connection(("127.0.0.1", 9876))
    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", 9876)
    def receive(self, sock):
        return sock.recv(4096)
    ${define} ask(self, n):
        ${send.replaceAll('\n', '\n        ')}
${made}
${define} ask(n):
    ${made.startsWith('link') ? '' : 'link = Link()\n    '}return ${define.startsWith('async') ? 'await ' : ''}link.ask(n)
@server.tool()
${define} add(n: int) -> str:
    """Adds."""
    ${tool}
`,
})
const ts = (send: string, made = 'const link = new Link()', tool = 'return link.ask(n)'): Files => ({
  'src/a.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import net from 'node:net'
import { spawn } from 'node:child_process'
class Link {
  socket = net.connect(9876)
  child = spawn('b')
  ask(n) {
    return new Promise(resolve => {
      ${send}
    })
  }
}
${made}
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('add', { description: 'd' }, async ({ n }) => { ${tool} })`,
})
const direct = 'self.sock.sendall(n)\nreturn self.sock.recv(4096)'
const waiting = 'self.writer.write(n)\nreturn await self.reader.readline()'
const awaited = 'return await ask(n)'

describe('shared-state of connections', () => {
  it.each<[string, Files, string]>([
    ['a socket in threads', py(direct), 'fail'],
    ['a socket that a function reads', py('self.sock.sendall(n)\nreturn self.receive(self.sock)'), 'fail'],
    ['a child process in threads', py('self.child.stdin.write(n)\nreturn self.child.stdout.readline()'), 'fail'],
    ['streams of asyncio', py(waiting, 'async def', 'link = Link()', awaited), 'fail'],
    ['a socket of node', ts(`this.socket.once('data', resolve)\nthis.socket.write(n)`), 'fail'],
    ['a child process of node', ts(`this.child.stdin.write(n)\nthis.child.stdout.once('data', resolve)`), 'fail'],
    ['a lock', py(`with self.lock:\n    ${direct.replace('\n', '\n    ')}`), 'pass'],
    [
      'a lock of asyncio',
      py(`async with self.lock:\n    ${waiting.replace('\n', '\n    ')}`, 'async def', 'link = Link()', awaited),
      'pass',
    ],
    [
      'a mutex',
      ts(
        `this.socket.once('data', resolve)\nthis.socket.write(n)`,
        undefined,
        'return mutex.runExclusive(() => link.ask(n))',
      ),
      'pass',
    ],
    // plain functions run one after the other
    ['a socket on the event loop', py(direct, 'def', undefined, undefined, '>=2,<3'), 'pass'],
    ['a socket without a wait in a coroutine', py(direct, 'async def', 'link = Link()', awaited), 'pass'],
    ['a version that is not known', py(direct, 'def', undefined, undefined, ''), 'unknown'],
    ['a connection of its own', py(direct, 'def', 'other = None'), 'not-applicable'],
    [
      'a connection of its own in node',
      ts(`this.socket.once('data', resolve)\nthis.socket.write(n)`, '', 'const link = new Link()\nreturn link.ask(n)'),
      'not-applicable',
    ],
    ['answers that are found by an id', ts(`waiting.set(n, resolve)\nthis.socket.write(n)`), 'not-applicable'],
    [
      'one that refuses others',
      ts(
        `if (this.busy) return resolve(null)\nthis.busy = true\nthis.socket.once('data', resolve)\nthis.socket.write(n)`,
      ),
      'not-applicable',
    ],
    ['what is only sent', py('self.sock.sendall(n)'), 'not-applicable'],
  ])('tells of %s', async (_, files, status) => {
    const result = await judgeFiles(sharedState, files)
    expect(result.status, JSON.stringify(result.verdicts)).toBe(status)
  })
})
