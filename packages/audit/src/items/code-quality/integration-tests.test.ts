import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './integration-tests.ts'

const statusOf = async (files: Files): Promise<string> => (await judgeFiles(item, files)).status
const toldOf = async (files: Files): Promise<string> => JSON.stringify((await judgeFiles(item, files)).verdicts[0])

const node: Files = {
  '.gitignore': '',
  'package.json': JSON.stringify({
    name: 'x',
    bin: 'dist/index.js',
    scripts: { smoke: 'node scripts/smoke.mjs' },
    dependencies: { '@modelcontextprotocol/sdk': '^1.29.0' },
    devDependencies: { vitest: '^4.0.0' },
  }),
  'src/index.ts': `import { build } from './server.js'\nvoid build().connect(null as never)\n`,
  'src/server.ts': `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
export const echo = async ({ text }) => ({ content: [{ type: 'text', text }] })
export const build = () => {
  const server = new McpServer({ name: 'x', version: '1.0.0' })
  server.registerTool('echo', { description: 'Echoes', inputSchema: {} }, echo)
  return server
}
`,
}
const imports = `
import { spawn } from 'node:child_process'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { expect, it, vi } from 'vitest'
import { build, echo } from '../src/server.js'
`
const inNode = (test: string): Files => ({ ...node, 'test/end.test.ts': imports + test })
const overStdio = `it('echoes', async () => {
  const client = new Client({ name: 't', version: '1.0.0' })
  await client.connect(new StdioClientTransport({ command: 'node', args: ['dist/index.js'] }))
  const answer = await client.callTool({ name: 'echo', arguments: { text: 'x' } })
  expect(answer.content).toEqual([{ type: 'text', text: 'x' }])
})
`
const smoke = `
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
const client = new Client({ name: 't', version: '1.0.0' })
const answer = await client.callTool({ name: 'echo', arguments: { text: 'x' } })
if (answer.content[0].text !== 'x') process.exit(1)
`
const pipeline = (run: string, on = 'push', more = ''): Files => ({
  ...node,
  'scripts/smoke.mjs': smoke,
  '.github/workflows/ci.yml': `on: ${on}\njobs:\n  e2e:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ${run}\n${more}`,
})

describe('in TypeScript', () => {
  it('passes with a client over stdio', async () => {
    expect(await toldOf(inNode(overStdio))).toContain('tools/call echo through a client, in «echoes»')
  })

  it.each([
    [
      'posts the request',
      `
const post = (message: object) => fetch('http://127.0.0.1:3000/mcp', { method: 'POST', body: JSON.stringify(message) })
it('echoes', async () => {
  const response = await post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: { text: 'x' } } })
  expect((await response.json()).result.content[0].text).toBe('x')
})`,
    ],
    [
      'sends a request of the client',
      `
it('echoes', async () => {
  const client = new Client({ name: 't', version: '1.0.0' })
  const { content } = await client.request({ method: 'tools/call', params: { name: 'echo', arguments: {} } }, {} as never)
  expect(content).toHaveLength(1)
})`,
    ],
    [
      'reads the list of tools',
      `
it('lists', async () => {
  const client = new Client({ name: 't', version: '1.0.0' })
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toEqual(['echo'])
})`,
    ],
  ])('passes with a test that %s', async (_, text) => {
    expect(await toldOf(inNode(text))).toMatch(/"status":"pass"/)
  })

  it.each([
    ['skipped', overStdio.replace('it(', 'it.skip('), 'it is skipped'],
    ['without a claim', overStdio.replace(/\n {2}expect.*\n/, '\n'), 'nothing is claimed'],
    [
      'of the function alone',
      `it('echoes', async () => { expect(await echo({ text: 'x' })).toBeDefined() })`,
      'from inside',
    ],
    ['of a mocked client', `vi.mock('@modelcontextprotocol/sdk/client/index.js')\n${overStdio}`, 'none of 1 tests'],
    [
      'of another server',
      overStdio.replace(`name: 'echo'`, `name: 'fetch_page'`),
      'fetch_page is no tool of this server',
    ],
    [
      'that starts the server only',
      `it('starts', () => { expect(spawn('node', ['dist/index.js']).pid).toBeDefined() })`,
      'none of 1 tests',
    ],
  ])('fails with a test %s', async (_, text, said) => {
    const told = await toldOf(inNode(text))
    expect(told).toMatch(/"status":"fail"/)
    expect(told).toContain(said)
  })

  it('counts a script that a pipeline runs, and no other', async () => {
    expect(await toldOf(pipeline('npm run smoke'))).toContain('a script that .github/workflows/ci.yml')
    expect(await statusOf(pipeline('npm test --if-present'))).toBe('fail')
    expect(await statusOf(pipeline('npm run smoke', 'push', '        continue-on-error: true\n'))).toBe('fail')
    expect(await statusOf(pipeline('npm run smoke', 'push', '        if: false\n'))).toBe('fail')
  })

  it('counts the inspector without its page', async () => {
    const run = 'npx @modelcontextprotocol/inspector --cli node dist/index.js --method tools/call --tool-name echo'
    expect(await statusOf(pipeline(run))).toBe('pass')
    expect(await statusOf(pipeline('npx @modelcontextprotocol/inspector node dist/index.js'))).toBe('fail')
  })

  it('fails without tests', async () => {
    expect(await toldOf(node)).toContain('there is no test that runs')
  })
})

const python: Files = {
  '.gitignore': '',
  'pyproject.toml': `[project]\nname = "x"\ndependencies = ["mcp"]\n[project.scripts]\nx = "x.server:main"\n`,
  'src/x/server.py': `
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("x")
@mcp.tool()
def echo(text: str) -> str:
    """Echo."""
    return text
`,
}
const inPython = (test: string): Files => ({
  ...python,
  'tests/test_end.py': `
import asyncio, json, subprocess, pytest
from unittest.mock import AsyncMock
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.shared.memory import create_connected_server_and_client_session as connected
from x.server import mcp
${test}`,
})
const session = `
@pytest.mark.anyio
async def test_echo():
    async with connected(mcp._mcp_server) as session:
        answer = await session.call_tool("echo", {"text": "x"})
        assert answer.content[0].text == "x"
`

describe('in Python', () => {
  it('passes with a session', async () => {
    expect(await toldOf(inPython(session))).toContain('tools/call echo through a client, in «test_echo»')
  })

  it.each([
    [
      'starts the server',
      `
def test_echo():
    async def talk():
        async with stdio_client(StdioServerParameters(command="x")) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await session.call_tool("echo", arguments={"text": "x"})
    answer = asyncio.run(talk())
    assert answer.content[0].text == "x"
`,
    ],
    [
      'writes lines',
      `
def send(process, method, **params):
    process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}) + "\\n")
    return json.loads(process.stdout.readline())

def test_echo():
    with subprocess.Popen(["x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        answer = send(process, "tools/call", name="echo", arguments={"text": "x"})
        assert answer["result"]["content"][0]["text"] == "x"
`,
    ],
  ])('passes with a test that %s', async (_, text) => {
    expect(await toldOf(inPython(text))).toMatch(/"status":"pass"/)
  })

  it.each([
    [
      'that is skipped',
      session.replace('@pytest.mark.anyio', '@pytest.mark.anyio\n@pytest.mark.skip(reason="flaky")'),
      'it is skipped',
    ],
    ['that no runner awaits', session.replace('@pytest.mark.anyio\n', ''), 'nothing runs async tests'],
    [
      'at the server object',
      session
        .replace('connected(mcp._mcp_server) as session', 'open() as x')
        .replace('session.call_tool', 'mcp.call_tool'),
      'from inside',
    ],
    [
      'of a stand-in',
      session.replace('async with connected(mcp._mcp_server) as session:', 'session = AsyncMock()\n    if session:'),
      'none of 1 tests',
    ],
    [
      'of an error',
      `
@pytest.mark.anyio
async def test_echo():
    async with connected(mcp._mcp_server) as session:
        answer = await session.call_tool("echo", {})
        assert answer.isError is True
`,
      'nothing is claimed of a good answer',
    ],
  ])('fails with a test %s', async (_, text, said) => {
    const told = await toldOf(inPython(text))
    expect(told).toMatch(/"status":"fail"/)
    expect(told).toContain(said)
  })
})

it('cannot tell for a package that was unpacked, and has no reader for Go', async () => {
  const packed = { ...node, 'PKG-INFO': '', 'package.json': node['package.json'] ?? '' }
  expect(await statusOf(packed)).toBe('unknown')
  const go = {
    'go.mod': 'module x',
    'main.go': 'package main',
    'tool.go': 'package main',
    'tool_test.go': 'package main',
  }
  expect(await toldOf(go)).toContain('no reader for Go')
})
