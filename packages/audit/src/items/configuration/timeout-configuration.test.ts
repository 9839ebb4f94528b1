import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './timeout-configuration.ts'

type Files = Record<string, string>
const ts = (source: string, extra: Files = {}): Files => ({
  'package.json': '{"name":"a"}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\n${source}\n`,
  ...extra,
})
const py = (source: string, extra: Files = {}): Files => ({
  'pyproject.toml': '[project]\nname = "a"\n',
  'src/a/server.py': `import os\nfrom fastmcp import FastMCP\nfrom a.settings import Settings\n${source}\n`,
  'src/a/settings.py':
    'from pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    pass\nclass Settings(Base):\n    timeout: float = 5.0\n',
  ...extra,
})

describe('timeout-configuration', () => {
  it.each<[string, Files]>([
    [
      'a variable with a default',
      ts(
        'export const get = () => fetch("https://a.test", { signal: AbortSignal.timeout(Number(process.env.A_TIMEOUT_MS ?? 5000)) })',
      ),
    ],
    [
      'a schema in another file',
      ts(
        "import { settings } from './settings.js'\nexport const get = () => fetch('https://a.test', { signal: AbortSignal.timeout(settings.wait.ms) })",
        {
          'src/settings.ts':
            "import { z } from 'zod'\nconst read = z.object({ A_MS: z.coerce.number().default(5000) }).parse(process.env)\nexport const settings = { wait: { ms: read.A_MS } }",
        },
      ),
    ],
    [
      'an option of the command',
      ts(
        "import { parseArgs } from 'node:util'\nimport axios from 'axios'\nconst { values } = parseArgs({ options: { timeout: { type: 'string' } } })\nexport const client = axios.create({ timeout: Number(values.timeout) })",
      ),
    ],
    [
      'a parameter',
      ts(
        "import { execFile } from 'node:child_process'\nconst run = (ms: number) => execFile('wc', [], { timeout: ms })\nconst limit = parseInt(process.env.A_MS || '5000', 10)\nexport const go = () => run(limit)",
      ),
    ],
    [
      'a timer that aborts',
      ts(
        "const ms = Math.min(Number(process.env.A_MS), 60_000)\nexport const get = async () => {\n  const controller = new AbortController()\n  setTimeout(() => controller.abort(), ms)\n  return fetch('https://a.test', { signal: controller.signal })\n}",
      ),
    ],
    [
      'BaseSettings',
      py(
        'import httpx\nclass Network:\n    def __init__(self, settings: Settings) -> None:\n        self._settings = settings\n    def client(self):\n        return httpx.AsyncClient(timeout=self._settings.timeout)\n',
      ),
    ],
    [
      'getenv with a default',
      py(
        'import requests\nWAIT = float(os.getenv("A_WAIT", "5"))\ndef get():\n    return requests.get("https://a.test", timeout=(3.05 and WAIT, WAIT))\n',
      ),
    ],
    [
      'a fixed time for the end of what was told to end',
      py(
        'import asyncio, httpx\nclient = httpx.AsyncClient(timeout=float(os.environ["A_TIMEOUT"]))\nasync def stop(process):\n    process.terminate()\n    await asyncio.wait_for(process.wait(), timeout=0.5)\n',
      ),
    ],
    [
      'wait_for',
      py(
        'import asyncio\nsettings = Settings()\nasync def get(work):\n    return await asyncio.wait_for(work, settings.timeout)\n',
      ),
    ],
    [
      'a dataclass that is filled from the environment',
      py(
        'import httpx\nfrom dataclasses import dataclass\n@dataclass\nclass Config:\n    timeout: int = 75\n    @classmethod\n    def from_env(cls):\n        return cls(timeout=int(os.getenv("A_TIMEOUT", "75")))\nclass Api:\n    def __init__(self, config: Config | None = None):\n        self.config = config or Config.from_env()\n        self.client = httpx.AsyncClient(timeout=self.config.timeout)\n',
      ),
    ],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, verdicts]).toEqual(['pass', verdicts])
  })

  it('does not say of what was told to end that it has no timeout', async () => {
    const files = py(
      'import subprocess\ndef stop(tunnel: subprocess.Popen):\n    tunnel.terminate()\n    tunnel.wait(timeout=5)\n',
    )
    expect((await judgeFiles(item, files)).status).not.toBe('fail')
  })

  it.each<[string, Files, string]>([
    [
      'a number',
      ts('export const get = () => fetch("https://a.test", { signal: AbortSignal.timeout(5000) })'),
      'a timeout of 5000',
    ],
    [
      'a constant beside an unused setting',
      ts(
        "const ms = Number(process.env.A_MS)\nconst TIMEOUT = 5_000\nexport const get = () => fetch('https://a.test', { signal: AbortSignal.timeout(TIMEOUT) })",
      ),
      'a timeout of 5000',
    ],
    [
      'a constant of another file',
      ts(
        "import axios from 'axios'\nimport { timeouts } from './limits.js'\nexport const client = axios.create({ timeout: timeouts.short })",
        { 'src/limits.ts': 'export const timeouts = { short: 100 } as const' },
      ),
      'a timeout of 100',
    ],
    ['none', ts('export const get = () => fetch("https://a.test")'), 'sets no timeout'],
    [
      'a dataclass that nothing fills',
      py(
        'import httpx\nfrom dataclasses import dataclass\n@dataclass\nclass Config:\n    timeout: int = 75\nconfig = Config()\nclient = httpx.AsyncClient(timeout=config.timeout)\n',
      ),
      'a timeout of 75',
    ],
    [
      'a number of Python',
      py('import httpx\nTIMEOUT = httpx.Timeout(10.0, connect=5.0)\nclient = httpx.AsyncClient(timeout=TIMEOUT)\n'),
      'a timeout of 10',
    ],
    [
      'a part of a timeout by its name',
      py(
        'import aiohttp\nSECONDS = 20\nasync def get():\n    limit = aiohttp.ClientTimeout(total=SECONDS)\n    async with aiohttp.ClientSession(timeout=limit) as session:\n        return await session.get("https://a.test")\n',
      ),
      'a timeout of 20',
    ],
    [
      'the default of httpx',
      py(
        'import httpx\nasync def get():\n    async with httpx.AsyncClient() as client:\n        return await client.get("https://a.test")\n',
      ),
      'sets no timeout',
    ],
  ])('fails with %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it('tells once what several limits of one call say', async () => {
    const { verdicts } = await judgeFiles(
      item,
      py('import httpx\nlimit = httpx.Timeout(connect=10, read=10, write=10, pool=5)\n'),
    )
    expect(verdicts[0]?.evidence?.map(({ saw }) => saw)).toEqual([
      expect.stringContaining('a timeout of 10'),
      expect.stringContaining('a timeout of 5'),
    ])
  })

  it.each<[string, Files]>([
    [
      'values that double with every line',
      ts(
        `const a0 = Number(seed)\n${Array.from({ length: 60 }, (_, n) => `const a${n + 1} = a${n} || a${n} + a${n}`).join('\n')}\nexport const get = () => fetch('https://a.test', { signal: AbortSignal.timeout(a60) })`,
      ),
    ],
    [
      'values that are made of themselves',
      py(
        'import httpx\nclass Api:\n    def __init__(self):\n        self.wait = self.wait\n        self.other = self.more\n        self.more = self.other\n        self.client = httpx.AsyncClient(timeout=self.wait or self.other)\n',
      ),
    ],
  ])('gives up on %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['unknown', expect.not.stringContaining('fault of the audit')])
  })

  it.each<[string, Files, string]>([
    [
      'numbers that limit nothing',
      ts("export const text = JSON.stringify({ timeout: 5, total: 1 })\nconsole.error('x', { timeout: 5000 })"),
      'not-applicable',
    ],
    [
      'a schema of another package, and the names of variables',
      ts(
        "import { z, parseEnv } from 'server-core'\nconst schema = z.object({ timeoutMs: z.coerce.number().default(30_000) })\nexport const settings = parseEnv(schema, { timeoutMs: 'A_TIMEOUT_MS' })",
      ),
      'not-applicable',
    ],
    ['nothing to wait for', ts('export const a = 1'), 'not-applicable'],
    [
      'a thread of its own that ends with it',
      py('import threading\nworker = threading.Thread(target=print)\ndef stop():\n    worker.join(timeout=1)\n'),
      'not-applicable',
    ],
    [
      'a timeout from elsewhere',
      ts(
        "import { load } from 'settings-of-others'\nexport const get = () => fetch('https://a.test', { signal: AbortSignal.timeout(load().ms) })",
      ),
      'unknown',
    ],
    ['another language', { 'main.go': 'package main' }, 'unknown'],
  ])('says why with %s', async (_, files, status) => {
    const result = await judgeFiles(item, files)
    expect([result.status, result.verdicts]).toEqual([status, result.verdicts])
  })

  it('asks no timeout of a stream that stays open', async () => {
    const stream = `fetch('https://a.test', { headers: { Accept: 'text/event-stream' } })`
    const [alone] = (await judgeFiles(item, ts(stream))).verdicts
    expect(alone, JSON.stringify(alone)).toMatchObject({ status: 'unknown' })
    const [beside] = (await judgeFiles(item, ts(`${stream}\nfetch('https://a.test')`))).verdicts
    expect(beside).toMatchObject({ status: 'fail', evidence: [{ line: 3 }] })
  })
})
