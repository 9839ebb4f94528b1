import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import sharedState from '../protocol/shared-state.ts'
import asyncIo from './async-io.ts'

const judge = async (files: Files) => (await judgeFiles(asyncIo, files)).status

const tool = (work: string, before = '', imports = `import { readFileSync } from 'node:fs'`): Files => ({
  'src/server.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
${imports}
const server = new McpServer({ name: 'a', version: '1' })
${before}
server.registerTool('read', { description: 'd' }, async ({ name }) => {
  ${work}
})`,
})

const fastmcp = (
  work: string,
  { imports = '', before = '', from = 'mcp.server.fastmcp', define = 'async def' } = {},
): Files => ({
  'pkg/server.py': `${imports}
from ${from} import FastMCP
server = FastMCP("a")
${before}
@server.tool()
${define} read(name: str) -> str:
    """Reads."""
    ${work}
`,
})

describe('async-io', () => {
  it.each<[string, Files]>([
    ['what is awaited', tool('return await readFile(name)', '', `import { readFile } from 'node:fs/promises'`)],
    ['what is read when the server starts', tool('return text', `const text = readFileSync('a')`)],
    [
      'what is read once and kept',
      tool('return load()', `let text\nconst load = () => { if (!text) text = readFileSync('a'); return text }`),
    ],
    ['what is kept by ??=', tool('return load()', `let text\nconst load = () => (text ??= readFileSync('a'))`)],
    [
      'what a function reads that is kept by ??=',
      tool(
        'return load()',
        `let text\nconst read = () => readFileSync('a')\nconst load = () => (text ??= read().trim())`,
      ),
    ],
    [
      'what a function reads once, Python',
      fastmcp('return load()', {
        before:
          'text = None\ndef read():\n    with open("a") as f:\n        return f.read()\ndef load():\n    global text\n    if text is None:\n        text = read()\n    return text\n',
      }),
    ],
    ['the end of the process', tool(`process.on('exit', () => readFileSync('a'))\nreturn 1`)],
    ['a function of the same name', tool('return readFileSync(name)', '', `import { readFileSync } from './other'`)],
    ['a question about a file', tool('return existsSync(name)', '', `import { existsSync } from 'fs'`)],
    [
      'a thread',
      fastmcp('return await asyncio.to_thread(load, name)', {
        imports: 'import asyncio',
        before: 'def load(n):\n    with open(n) as f:\n        return f.read()\n',
      }),
    ],
    [
      'a lambda in an executor',
      fastmcp('return await asyncio.get_running_loop().run_in_executor(None, lambda: open(name).read())', {
        imports: 'import asyncio',
      }),
    ],
    [
      'partial in a thread',
      fastmcp('return await anyio.to_thread.run_sync(partial(load, name))', {
        imports: 'import anyio\nfrom functools import partial',
        before: 'def load(n):\n    return open(n).read()\n',
      }),
    ],
    [
      'a helper that uses a thread',
      fastmcp('return await away(load, name)', {
        imports: 'import asyncio',
        before:
          'async def away(f, *a):\n    return await asyncio.to_thread(f, *a)\n\ndef load(n):\n    return open(n).read()\n',
      }),
    ],
    [
      'a plain tool of the SDK 2',
      fastmcp('return open(name).read()', { from: 'mcp.server import MCPServer as FastMCP #', define: 'def' }),
    ],
    ['asyncio.sleep', fastmcp('await asyncio.sleep(1)', { imports: 'import asyncio' })],
    [
      'what a client has told before',
      fastmcp('return box.attrs.get("Id")', {
        imports: 'import docker',
        before: 'box = docker.from_env().containers.get("a")\n',
      }),
    ],
    [
      'time.sleep that nobody calls',
      fastmcp('return name', { imports: 'import time', before: 'def later():\n    time.sleep(1)\n' }),
    ],
  ])('passes %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(asyncIo, files)
    expect(status, JSON.stringify(verdicts)).toBe('pass')
  })

  it.each<[string, Files, number]>([
    ['readFileSync in a handler', tool('return readFileSync(name)'), 6],
    ['readFileSync in what it calls', tool('return load(name)', 'const load = n =>\n  readFileSync(n)'), 5],
    [
      'what is kept for each name apart',
      tool(
        'return load(name)',
        `const texts = {}\nconst load = n => { if (!texts[n]) texts[n] = read(n); return texts[n] }\nconst read = n => readFileSync(n)`,
      ),
      6,
    ],
    ['execSync', tool('return cp.execSync("git log")', '', `import * as cp from 'child_process'`), 6],
    ['a branch', tool('if (name) { return [name].map(n => readFileSync(n)) }'), 6],
    ['time.sleep', fastmcp('time.sleep(1)', { imports: 'import time' }), 8],
    [
      'a client that waits for another machine',
      fastmcp('return client.containers.list()', { imports: 'import docker', before: 'client = docker.from_env()\n' }),
      9,
    ],
    [
      'requests through a method',
      fastmcp('return Api().get(name)', {
        imports: 'import requests',
        before: 'class Api:\n    def get(self, u):\n        return requests.get(u, timeout=1)\n',
      }),
      6,
    ],
    ['open', fastmcp('return open(name).read()'), 8],
    [
      'a path that is not awaited',
      fastmcp('return (Path(name) / "a").read_text()', { imports: 'from pathlib import Path' }),
      8,
    ],
    [
      'a plain tool of the SDK 1',
      fastmcp('return subprocess.run([name]).stdout', { imports: 'import subprocess', define: 'def' }),
      8,
    ],
    [
      'a thread and no thread',
      fastmcp('return await asyncio.to_thread(load, name), load(name)', {
        imports: 'import asyncio',
        before: 'def load(n):\n    return open(n).read()\n',
      }),
      5,
    ],
  ])('fails %s', async (_, files, line) => {
    const result = await judgeFiles(asyncIo, files)
    expect(result).toMatchObject({ status: 'fail', proof: 'repository' })
    expect(result.verdicts[0]?.evidence?.[0]?.line).toBe(line)
  })

  it.each<[string, Files]>([
    ['no handler', { 'src/a.ts': `import '@modelcontextprotocol/sdk'` }],
    ['another language', { 'go.mod': 'module a', 'main.go': 'package main' }],
  ])('does not decide without a handler: %s', async (_, files) => {
    expect(await judge(files)).toBe('unknown')
  })

  it('leaves open what tools do whose functions were not found', async () => {
    const source = `from mcp.server.fastmcp import FastMCP
mcp = FastMCP("a")
@mcp.tool()
def ping() -> str:
    return "x"
for one in load():
    mcp.add_tool(fn=one.fn, name=one.name)
`
    const files = { 'pkg/server.py': source }
    expect(await judge(files)).toBe('unknown')
    const state = await judgeFiles(sharedState, files)
    expect(JSON.stringify(state.verdicts[0])).toContain('(pkg/server.py:7) was not found')
  })
})
