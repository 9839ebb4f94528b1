import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import sharedState from './shared-state.ts'

const ts = (ensure: string, rest = ''): Files => ({
  'src/a.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { chromium, firefox } from 'playwright'
import { Mutex } from 'async-mutex'
const mutex = new Mutex()
let browser, opening, settings
async function ensure(kind) {
  ${ensure}
}
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('open', { description: 'd' }, async ({ url }) => {
  const it = await ensure('a')
  return it.newPage(url)
})
${rest}`,
})
const py = (ensure: string): Files => ({
  'pkg/a.py': `import asyncio, asyncpg
from fastmcp import FastMCP
server = FastMCP("a")
lock = asyncio.Lock()
class Store:
    def __init__(self):
        self.pool = None
    async def get(self):
        ${ensure.replaceAll('\n', '\n        ')}
        return self.pool
store = Store()
@server.tool()
async def ask(n: int) -> str:
    """Asks."""
    pool = await store.get()
    return await pool.fetch("select 1")
`,
})

describe('what shared-state says of what the first request opens', () => {
  it.each<[string, Files, number]>([
    ['a browser', ts('if (!browser) {\n browser = await chromium.launch()\n}\nreturn browser'), 8],
    [
      'one of two browsers',
      ts(
        "if (!browser) {\n const type = kind === 'f' ? firefox : chromium\n browser = await type.launch()\n}\nreturn browser",
      ),
      9,
    ],
    [
      'after a return',
      ts('if (browser) return browser\nconst made = await chromium.launch()\nbrowser = made\nreturn browser'),
      9,
    ],
    [
      'a pool, in Python',
      py('if self.pool is None:\n    self.pool = await asyncpg.create_pool("postgresql://db/a")'),
      10,
    ],
  ])('fails with %s', async (_, files, line) => {
    const { status, verdicts } = await judgeFiles(sharedState, files)
    expect([status, verdicts[0]?.status === 'fail' && verdicts[0].evidence?.[0]]).toEqual([
      'fail',
      expect.objectContaining({ line, saw: expect.stringContaining('opened by whoever finds') as string }),
    ])
  })

  it.each<[string, Files]>([
    ['the promise that is kept', ts('opening ??= chromium.launch()\nreturn opening')],
    ['the promise that is kept where there is none', ts('if (!opening) opening = chromium.launch()\nreturn opening')],
    [
      'a lock',
      ts(
        'return mutex.runExclusive(async () => {\n if (!browser) browser = await chromium.launch()\n return browser\n})',
      ),
    ],
    [
      'a mark that it is under way',
      ts('if (opening) return wait()\nopening = true\nif (!browser) browser = await chromium.launch()\nreturn browser'),
    ],
    ['what is read twice and hurts nobody', ts("if (!settings) settings = await load('a')\nreturn settings")],
    [
      'what the start has opened already',
      ts('if (!browser) browser = await chromium.launch()\nreturn browser', "await ensure('a')"),
    ],
    ['a browser of its own', ts('const browser = await chromium.launch()\nreturn browser')],
    [
      'a lock, in Python',
      py(
        'async with lock:\n    if self.pool is None:\n        self.pool = await asyncpg.create_pool("postgresql://db/a")',
      ),
    ],
  ])('has nothing against %s', async (_, files) => {
    expect((await judgeFiles(sharedState, files)).status).not.toBe('fail')
  })
})
