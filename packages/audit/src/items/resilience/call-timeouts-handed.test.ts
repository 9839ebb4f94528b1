import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import callTimeouts from './call-timeouts.ts'

const ts = (body: string): Files => ({
  'src/server.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { spawn, spawnSync } from 'node:child_process'
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('run', { description: 'd' }, async ({ a }) => {
${body}
})
`,
})
const py = (body: string, top = ''): Files => ({
  'pkg/server.py': `import asyncio
import requests
import httpx
import aiohttp
from functools import partial
from requests.adapters import HTTPAdapter
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("a")
${top}
@mcp.tool()
async def run(a: str) -> str:
    ${body.replaceAll('\n', '\n    ')}
`,
})
const plain = (text: string): Files => ({ 'src/a.ts': text })

const closing = (before: string, options = '{}'): Files =>
  ts(`  return new Promise((resolve, reject) => {
    const child = spawn('git', ['fetch', a], ${options})
    ${before}
    let out = ''
    child.stdout.on('data', text => { out += text })
    child.on('error', reject)
    child.on('close', () => resolve(out))
  })`)
const program = 'p = await asyncio.create_subprocess_exec("git", a, stdout=-1)\n'

const adapter = `class Limited(HTTPAdapter):
    def send(self, request, **kwargs):
        return super().send(request, timeout=5)
session = requests.Session()
session.mount("https://", Limited())`

/** A command line beside the server, or a tool that starts a program. */
const execa = (options: string): string => `import { execa } from 'execa'\nawait execa('npx', ['a'], ${options})`
const inTool = (body: string): Files => ts(`  ${body}`)
const failing: [string, Files][] = [
  ['a request that a thread makes', py('return await asyncio.to_thread(requests.get, a)')],
  [
    'a request that an executor makes',
    py('return await asyncio.get_running_loop().run_in_executor(None, partial(requests.get, a))'),
  ],
  ['limits that are none', py('async with httpx.AsyncClient(timeout=httpx.Timeout(None)) as c:\n    await c.get(a)')],
  [
    'limits without a total',
    py('async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(connect=5)) as s:\n    await s.get(a)'),
  ],
  [
    'a session with the usual adapter',
    py('session.get(a)', 'session = requests.Session()\nsession.mount("https://", HTTPAdapter(max_retries=3))'),
  ],
  [
    'options that are none',
    py('async with httpx.AsyncClient(**OPTIONS) as c:\n    await c.get(a)', 'OPTIONS = {"timeout": None}'),
  ],
  ['got with a body', plain(`import got from 'got'\nconst c = got.extend({})\nc.post(u, { json: {} })`)],
  ['a program of a command that reads what it says', plain(execa("{ stdout: 'pipe' }"))],
  ['a program of a tool that shares the terminal', inTool("spawnSync('npx', ['a'], { stdio: 'inherit' })")],
  [
    'a program of Python without a terminal',
    { 'pkg/cli.py': 'import subprocess\ndef dev():\n    subprocess.run(["npx", "a"], capture_output=True)\n' },
  ],
  ['a program that is awaited', py(`${program}out, _ = await p.communicate()\nreturn out.decode()`)],
  ['a program that alone settles the promise', closing('')],
]
const passing: [string, Files][] = [
  ['a request that a thread makes', py('return await asyncio.to_thread(requests.get, a, timeout=5)')],
  [
    'a request that an executor makes',
    py('return await asyncio.get_running_loop().run_in_executor(None, partial(requests.get, a, timeout=5))'),
  ],
  ['limits', py('async with httpx.AsyncClient(timeout=httpx.Timeout(9, connect=None)) as c:\n    await c.get(a)')],
  ['a total', py('async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as s:\n    await s.get(a)')],
  [
    'a default that is set later',
    plain(`import axios from 'axios'\nconst c = axios.create({})\nc.defaults.timeout = 5\nc.get(u)`),
  ],
  [
    'a default that an interceptor sets',
    plain(
      `import axios from 'axios'\nconst c = axios.create({})\nc.interceptors.request.use(o => { o.timeout = 5; return o })\nc.get(u)`,
    ),
  ],
  [
    'got with options',
    plain(`import got from 'got'\nconst c = got.extend({})\nc.post(u, { timeout: { request: 5 } })`),
  ],
  [
    'keywords that are completed',
    py('return ask(a)', 'def ask(u, **kw):\n    kw.setdefault("timeout", 5)\n    return requests.get(u, **kw)'),
  ],
  ['a program that wait_for ends', py(`${program}out, _ = await asyncio.wait_for(p.communicate(), 5)\nreturn out`)],
  ['a program that a timer ends', closing('setTimeout(() => child.kill(), 5000)')],
  ['a program with a timeout', closing('', '{ timeout: 5000 }')],
]

describe('call-timeouts of what is handed on or awaited', () => {
  it.each(failing)('fails %s', async (_, files) => {
    expect(await judgeFiles(callTimeouts, files)).toMatchObject({ status: 'fail' })
  })
  it.each(passing)('passes %s', async (_, files) => {
    expect(await judgeFiles(callTimeouts, files)).toMatchObject({ status: 'pass' })
  })
  it.each([
    ['a session with an adapter of its own', py('session.get(a)', adapter)],
    ['a session that is made over', py('session.get(a)', 'session = requests.Session()\nsession.request = other')],
    ['streams without an end', py('c = httpx.AsyncClient(timeout=httpx.Timeout(5, read=None))\nawait c.get(a)')],
  ])('does not decide: %s', async (_, files) => {
    expect((await judgeFiles(callTimeouts, files)).status).toBe('unknown')
  })
  it.each([
    ['a program with the terminal of its user', plain(execa("{ stdin: 'inherit', stdout: 'inherit' }"))],
    ['one with all of it', plain(execa("{ stdio: 'inherit' }"))],
    ['one with a list of it', plain(execa("{ stdio: ['inherit', 'inherit', 'pipe'] }"))],
    [
      'one of Python',
      {
        'pkg/cli.py':
          'import subprocess\nimport sys\ndef dev():\n    subprocess.run(["npx", "a"], stdout=sys.stdout)\n',
      },
    ],
    ['a program that was told to end', py(`${program}p.kill()\nawait p.wait()`)],
    ['a program that something else ends', closing('ended.add(() => child.kill())')],
    ['a promise that the first output settles', closing(`child.stdout.once('data', () => resolve('ready'))`)],
    ['a program that is to outlive the call', closing('', '{ detached: true }')],
  ])('leaves out %s', async (_, files) => {
    expect((await judgeFiles(callTimeouts, files)).status).toBe('not-applicable')
  })

  const sse = `import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'\n`
  it.each<[string, Files, string]>([
    ['events', plain(`fetch(u, { headers: { Accept: 'text/event-stream' } })`), 'unknown'],
    [
      'events, with headers of its own',
      plain(`fetch(u, { headers: new Headers({ ...h, accept: 'text/event-stream' }) })`),
      'unknown',
    ],
    [
      'events of a transport',
      plain(`${sse}new SSEClientTransport(u, { eventSourceInit: { fetch: url => fetch(url, { headers }) } })`),
      'unknown',
    ],
    [
      'events of an EventSource',
      plain('new EventSource(u, { fetch: url => token().then(headers => fetch(url, { headers })) })'),
      'unknown',
    ],
    ['events in Python', py('requests.get(a, stream=True, headers={"Accept": "text/event-stream"})'), 'unknown'],
    [
      'events of httpx',
      py(
        'async with httpx.AsyncClient(timeout=None) as c, c.stream("GET", a, headers={"Accept": "text/event-stream"}) as r: ...',
      ),
      'unknown',
    ],
    // what may be a stream is an answer as well
    ['either', plain(`fetch(u, { headers: { Accept: 'application/json, text/event-stream' } })`), 'fail'],
    ['a question', plain(`fetch(u, { method: 'POST', headers: { Accept: 'text/event-stream' }, body })`), 'fail'],
    ['a question in Python', py('requests.post(a, headers={"Accept": "text/event-stream"})'), 'fail'],
    [
      'all that a transport asks',
      plain(`${sse}new SSEClientTransport(u, { fetch: url => fetch(url, { headers }) })`),
      'fail',
    ],
    ['an answer beside events', plain(`fetch(u, { headers: { Accept: 'text/event-stream' } })\nfetch(u)`), 'fail'],
    [
      'events with a timeout',
      plain(`fetch(u, { headers: { Accept: 'text/event-stream' }, signal: AbortSignal.timeout(5) })`),
      'pass',
    ],
  ])('tells streams from answers: %s', async (_, files, status) => {
    const result = await judgeFiles(callTimeouts, files)
    expect(result.status, JSON.stringify(result.verdicts)).toBe(status)
    expect(JSON.stringify(result.verdicts).includes('stream of events')).toBe(status === 'unknown')
  })
})
