import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import asyncContext from './async-context.ts'

const ts = (work: string): Files => ({
  'src/a.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import pg from 'pg'
import puppeteer from 'puppeteer'
export const handle = async (n: string) => {
  ${work}
}`,
})
const py = (work: string, before = ''): Files => ({
  'pkg/a.py': `from mcp.server.fastmcp import FastMCP
import httpx, aiohttp, contextlib
${before}
async def handle(n):
    ${work.replaceAll('\n', '\n    ')}
`,
})

describe('async-context', () => {
  it.each<[string, Files]>([
    ['finally', ts('const c = new pg.Client()\ntry { return await c.query(n) } finally { await c.end() }')],
    ['a browser', ts('const b = await puppeteer.launch()\ntry { return 1 } finally { await b.close() }')],
    ['async with', py('async with httpx.AsyncClient() as c:\n    return await c.get(n)')],
    ['a name that is entered', py('c = aiohttp.ClientSession()\nasync with c:\n    return await c.get(n)')],
    [
      'an exit stack',
      py('async with contextlib.AsyncExitStack() as s:\n    c = await s.enter_async_context(httpx.AsyncClient())'),
    ],
    [
      'a client for all that the lifespan closes',
      py(
        'return await client.get(n)',
        'client = httpx.AsyncClient()\nasync def lifespan(app):\n    yield\n    await client.aclose()\n',
      ),
    ],
  ])('passes %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(asyncContext, files)
    expect(status, JSON.stringify(verdicts)).toBe('pass')
  })

  it.each<[string, Files, number]>([
    ['a client', ts('const c = new pg.Client()\nreturn await c.query(n)'), 5],
    [
      'a browser that an error leaves open',
      ts('const b = await puppeteer.launch()\nawait b.newPage()\nawait b.close()'),
      5,
    ],
    ['a client in Python', py('c = httpx.AsyncClient()\nreturn await c.get(n)'), 5],
    ['a client without a name', py('return await httpx.AsyncClient().get(n)'), 5],
    [
      'a close that an error skips',
      py('c = aiohttp.ClientSession()\nr = await c.get(n)\nawait c.close()\nreturn r'),
      5,
    ],
  ])('fails %s', async (_, files, line) => {
    const result = await judgeFiles(asyncContext, files)
    expect(result).toMatchObject({ status: 'fail', proof: 'repository' })
    expect(result.verdicts[0]?.evidence?.[0]?.line).toBe(line)
  })

  it('decides only what it followed', async () => {
    expect(
      (await judgeFiles(asyncContext, py('return await client.get(n)', 'client = httpx.AsyncClient()'))).status,
    ).toBe('unknown')
    expect((await judgeFiles(asyncContext, ts('return n'))).status).toBe('not-applicable')
    expect((await judgeFiles(asyncContext, { 'go.mod': 'module a', 'main.go': '' })).status).toBe('unknown')
  })
})
