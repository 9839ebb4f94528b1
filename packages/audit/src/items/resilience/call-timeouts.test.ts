import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import callTimeouts from './call-timeouts.ts'

const judge = async (files: Files) => (await judgeFiles(callTimeouts, files)).status
const ts = (text: string): Files => ({ 'src/a.ts': text })
const py = (text: string): Files => ({ 'pkg/a.py': text })

const wired = `const c = new AbortController()
const t = setTimeout(() => c.abort(), 1000)
await fetch(u, { signal: c.signal })`

const passing: [string, Files][] = [
  ['fetch with AbortSignal.timeout', ts('await fetch(u, { signal: AbortSignal.timeout(5000) })')],
  ['fetch with AbortSignal.any', ts('fetch(u, { signal: AbortSignal.any([outer, AbortSignal.timeout(5)]) })')],
  ['a controller that a timer aborts', ts(wired)],
  ['options in a constant', ts('const o = { method: "GET", signal: AbortSignal.timeout(1) }\nfetch(u, o)')],
  ['options that are completed later', ts('const o: RequestInit = {}\no.signal = AbortSignal.timeout(1)\nfetch(u, o)')],
  ['spread options', ts('const f = (u, o = {}) => fetch(u, { ...o, signal: AbortSignal.timeout(1) })\nf(1)')],
  [
    'a wrapper whose callers give one',
    ts('function get(u, o) { return fetch(u, o) }\nget(u, { signal: AbortSignal.timeout(1) })'),
  ],
  ['axios', ts(`import axios from 'axios'\naxios.get(u, { timeout: 5 })\naxios({ url: u, timeout: 5 })`)],
  [
    'axios.create',
    {
      ...ts(`import { client } from './b'\nimport axios from 'axios'\nclient.get(u)`),
      'src/b.ts': `import axios from 'axios'\nexport const client = axios.create({ timeout: 5 })`,
    },
  ],
  ['axios.defaults', ts(`import axios from 'axios'\naxios.defaults.timeout = 5000\naxios.get(u)`)],
  [
    'got and ky',
    ts(
      `import got from 'got'\ngot.get(u, { timeout: { request: 5 } })\ngot.extend({ timeout: { request: 1 } }).get(u)`,
    ),
  ],
  [
    'node requests',
    ts(
      `import https from 'node:https'\nconst r = https.get(u, cb)\nr.setTimeout(5, f)\nhttps.request(u, { timeout: 1 })`,
    ),
  ],
  [
    'a node request that a timer ends',
    ts(`import { request } from 'https'\nconst r = request(u)\nsetTimeout(() => { r.destroy() }, 5)`),
  ],
  [
    'child processes',
    ts(
      `import { execFile, exec } from 'child_process'\nimport { promisify } from 'util'\nconst run = promisify(execFile)\nawait run('git', [], { timeout: 5 })\nexec('x', { timeout: 1 }, cb)`,
    ),
  ],
  ['execa', ts(`import { execa } from 'execa'\nawait execa('git', ['a'], { timeout: 5 })`)],
  ['requests', py('import requests\nrequests.get(u, timeout=5)\n')],
  ['a session', py('import requests\ns = requests.Session()\ns.get(u, timeout=(1, 2))\n')],
  [
    'httpx, which has a default',
    py('import httpx\nasync def f():\n    async with httpx.AsyncClient() as c:\n        await c.get(u)\n'),
  ],
  [
    'aiohttp, which has a default',
    py('import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s, s.get(u) as r: ...\n'),
  ],
  ['urlopen', py('from urllib.request import urlopen\nurlopen(u, None, 5)\nurlopen(u, timeout=5)\n')],
  [
    'subprocess',
    py('import subprocess as sp\nsp.run(["a"], timeout=5)\np = sp.Popen(["a"])\np.communicate(timeout=5)\n'),
  ],
  ['keywords in a dictionary', py('import requests\nO = {"timeout": 5}\nrequests.get(u, **O)\n')],
]

const failing: [string, Files, number][] = [
  ['fetch', ts('\nawait fetch(u)'), 2],
  ['fetch without a signal', ts('fetch(u, { method: "POST" })'), 1],
  ['a default of undefined', ts('function get(u, signal?) { return fetch(u, { signal }) }\nget(u)'), 1],
  [
    'one of two callers of a wrapper',
    ts(
      'function get(u, o) { return fetch(u, o) }\nget(u, { signal: AbortSignal.timeout(1) })\nget(u, { method: "GET" })',
    ),
    1,
  ],
  ['axios', ts(`import http from 'axios'\nhttp.get(u)`), 2],
  ['axios with none', ts(`import axios from 'axios'\naxios.get(u, { timeout: 0 })`), 2],
  ['an axios client', ts(`import axios from 'axios'\nconst c = axios.create({ baseURL: u })\nc.get(u)`), 3],
  [
    'a client in a class',
    ts(`import axios from 'axios'\nclass A { private c = axios.create({});\n f() { return this.c.post(u, {}) } }`),
    3,
  ],
  ['got', ts(`import got from 'got'\nawait got(u)`), 2],
  ['undici', ts(`import { request } from 'undici'\nawait request(u)`), 2],
  ['node requests', ts(`import * as https from 'node:https'\nhttps.get(u, answer => {})`), 2],
  [
    'a promisified child process',
    ts(
      `import { promisify } from 'node:util'\nimport cp from 'node:child_process'\nconst run = promisify(cp.exec)\nawait run('x')`,
    ),
    4,
  ],
  ['execSync', ts(`const { execSync } = require('child_process')\nexecSync('git log', { cwd })`), 2],
  ['requests', py('from requests import get as fetch\nfetch(u)\n'), 2],
  [
    'a session',
    py(
      'import requests\nclass A:\n    def __init__(self):\n        self.s = requests.Session()\n    def f(self):\n        return self.s.get(u)\n',
    ),
    6,
  ],
  ['httpx with None', py('import httpx\nhttpx.get(u, timeout=None)\n'), 2],
  ['an httpx client with None', py('import httpx\nc = httpx.Client(timeout=None)\nc.get(u)\n'), 3],
  ['urlopen', py('import urllib.request\nurllib.request.urlopen(u)\n'), 2],
  ['subprocess', py('import subprocess\nsubprocess.check_output(["git"])\n'), 2],
  ['communicate', py('from subprocess import Popen\np = Popen(["a"])\np.communicate()\n'), 3],
]

describe('call-timeouts', () => {
  it.each(passing)('passes %s', async (_, files) => {
    expect(await judge(files)).toBe('pass')
  })

  it.each(failing)('fails %s', async (_, files, line) => {
    const result = await judgeFiles(callTimeouts, files)
    expect(result).toMatchObject({ status: 'fail', proof: 'repository' })
    expect(result.verdicts[0]?.evidence?.[0]?.line).toBe(line)
  })

  it.each([
    ['options from elsewhere', ts(`import { options } from 'settings'\nfetch(u, options)`)],
    ['a signal from elsewhere', ts('export const f = (u, { signal }) => fetch(u, { signal })')],
    ['a controller without a timer', ts('const c = new AbortController()\nfetch(u, { signal: c.signal })')],
    ['a wrapper named for it', ts(`import { withTimeout } from './c'\nawait withTimeout(fetch(u), 5)`)],
    ['keywords from elsewhere', py('import requests\ndef f(**kw):\n    requests.get(u, **kw)\n')],
    [
      'a library that may call out',
      {
        'package.json': '{"dependencies":{"octokit":"1"}}',
        ...ts(`import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'`),
      },
    ],
  ])('does not decide: %s', async (_, files) => {
    expect(await judge(files)).toBe('unknown')
  })

  it.each([
    ['no outbound call', ts(`import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'\nmap.get(u)`)],
    [
      'functions of the same name',
      ts(
        `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'\nconst fetch = u => u\nfetch(u)\nclient.request(u)`,
      ),
    ],
    ['a test', { ...ts(`import '@modelcontextprotocol/sdk'`), 'src/a.test.ts': 'fetch(u)' }],
  ])('does not apply to %s', async (_, files) => {
    expect(await judge(files)).toBe('not-applicable')
  })

  it('leaves alone a program whose end nobody awaits', async () => {
    const open = `import { exec } from 'node:child_process'\nexec(\`xdg-open \${JSON.stringify(u)}\`)`
    expect(await judge(ts(open))).toBe('not-applicable')
    expect(await judge(ts(`import { exec } from 'node:child_process'\nexec('git log', (error, out) => out)`))).toBe(
      'fail',
    )
    expect(await judge(ts(`import { exec } from 'node:child_process'\nexec('git log', done)`))).toBe('unknown')
  })

  it('judges HTTP requests apart from processes', async () => {
    const files = py('import subprocess, requests\nrequests.get(u, timeout=5)\nsubprocess.run(["a"])\n')
    const [all, http] = (await judgeFiles(callTimeouts, files)).verdicts
    expect([all?.status, http?.status]).toEqual(['fail', 'pass'])
  })

  it('sees a timer that is cleared before the body is read', async () => {
    const open = 'const c = new AbortController()\n  const t = setTimeout(() => c.abort(), 1000)'
    const asked = 'const r = await fetch(u, { signal: c.signal })'
    const inside = (text: string): Files => ts(`async function f(u) {\n  ${open}\n  ${text}\n}\nf(1)`)
    const early = await judgeFiles(callTimeouts, inside(`${asked}\n  clearTimeout(t)\n  return await r.json()`))
    expect(early.status).toBe('fail')
    expect(JSON.stringify(early.verdicts)).toContain('before the body is read in line 6')
    const ended =
      'let r\n  try { r = await fetch(u, { signal: c.signal }) } finally { clearTimeout(t) }\n  return r.json()'
    expect(await judge(inside(ended))).toBe('fail')
    const after = `try { ${asked}; return await r.json() } finally { clearTimeout(t) }`
    const aside = `${asked}\n  if (!r.ok) { clearTimeout(t); throw new Error() }\n  const b = await r.text()\n  clearTimeout(t)\n  return b`
    const caught = `try { ${asked}; const b = await r.text(); clearTimeout(t); return b } catch (e) { clearTimeout(t); throw e }`
    const other = `const o = new AbortController()\n  const s = setTimeout(() => o.abort(), 5)\n  ${asked}\n  clearTimeout(s)\n  return await r.json()`
    for (const good of [after, aside, caught, other, `${asked}\n  clearTimeout(t)\n  return r.ok`])
      expect(await judge(inside(good)), good).toBe('pass')
  })

  it('counts wait_for as a timeout', async () => {
    const text =
      'import asyncio, aiohttp\nasync def f(s: aiohttp.ClientSession):\n    await asyncio.wait_for(s.get(u, timeout=None), 5)\n'
    expect(await judge(py(text))).toBe('pass')
  })
})
