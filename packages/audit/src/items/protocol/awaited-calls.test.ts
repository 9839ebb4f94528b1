import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import awaitedCalls from './awaited-calls.ts'

const ts = (work: string): Files => ({
  'src/a.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { writeFile } from 'node:fs/promises'
const save = async (n: string) => { await writeFile(n, 'a') }
const careful = async (n: string) => { try { await save(n) } catch { report() } }
export const handle = async (n: string) => {
  ${work}
}`,
})
const py = (work: string): Files => ({
  'pkg/a.py': `import asyncio
from mcp.server.fastmcp import FastMCP, Context
async def save(n: str) -> bool:
    await asyncio.sleep(1)
async def handle(n: str, ctx: Context):
    await save(n)
    ${work}
`,
})
const sessions = (work: string): Files => ({
  'src/a.ts': `import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
const sessions: Record<string, { transport: SSEServerTransport; response: unknown }> = {}
const kept = new Map<string, SSEServerTransport>()
export const open = async (res: unknown, server: Server, message: string) => {
  const transport = new SSEServerTransport('/messages', res)
  await server.connect(transport)
  sessions[transport.sessionId] = { transport, response: res }
  kept.set(transport.sessionId, transport)
  ${work}
}`,
})
const session = (work: string): Files => ({
  'pkg/a.py': `from mcp import ClientSession
from mcp.server.fastmcp import FastMCP
kept: dict[str, ClientSession] = {}
async def ask(session: ClientSession, read, write):
    await session.initialize()
    kept[read] = ClientSession(read, write)
    ${work}
`,
})

describe('awaited-calls', () => {
  it.each<[string, Files]>([
    ['await', ts('await save(n)')],
    ['return', ts('return save(n)')],
    ['void', ts('void save(n)')],
    ['a handler of errors', ts('save(n).catch(report)')],
    ['two handlers', ts('save(n).then(done, report)')],
    ['finally, and a handler after it', ts('save(n).finally(done).catch(report)')],
    ['finally after a handler', ts('save(n).then(done).catch(report).finally(done)')],
    ['a chain that is returned', ts('return save(n).then(done).finally(done)')],
    ['a chain that is kept', ts('const p = save(n).finally(done)\nmap.set(n, p)\nreturn await p')],
    [
      'a kept promise whose finally is heard',
      ts('const p = save(n)\nmap.set(n, p)\np.finally(() => map.delete(n)).catch(() => {})\nreturn p'),
    ],
    ['a kept promise that was caught', ts('const p = save(n).catch(report)\nmap.set(n, p)\np.finally(done)')],
    ['a kept promise that is caught later', ts('let p = save(n)\np = p.catch(report)\np.finally(done)')],
    ['two handlers of a kept promise', ts('const p = save(n)\np.then(done, report)\nreturn p')],
    ['finally of what never rejects', ts('const p = careful(n)\np.finally(done)')],
    ['what is awaited first', ts('const p = await save(n)\np.finally(done)')],
    ['what settles', ts('Promise.allSettled([save(n)]).then(done)')],
    ['a promise that is kept', ts('const p = save(n)\nawait p')],
    ['Promise.all', ts('await Promise.all([save(n), save(n)])')],
    ['what never rejects', ts('careful(n)')],
    ['a promise that is kept in a field', ts('state.ready = save(n)\nawait state.ready')],
    [
      'what only starts something',
      ts('const go = async () => { void (async () => { await save(n) })() }\ngo()\nawait n'),
    ],
    ['map', ts('await Promise.all(list.map(async x => { await save(x) }))')],
    [
      'the start',
      {
        ...ts(''),
        'src/b.ts': `import './a'\nimport '@modelcontextprotocol/sdk'\nconst main = async () => { await go() }\nmain()`,
      },
    ],
    ['a callback', ts(`fs.writeFile(n, 'a', done)`)],
    ['a kept task', py('tasks.add(asyncio.create_task(save(n)))')],
    ['a task group', py('async with asyncio.TaskGroup() as group:\n        group.create_task(save(n))')],
    ['a condition', py('if await save(n): pass')],
    ['gather', py('await asyncio.gather(save(n), save(n))')],
    ['a returned coroutine', py('return save(n)')],
    [
      'a message whose failure is heard',
      sessions('for (const s of Object.values(sessions)) s.transport.send(message).catch(report)'),
    ],
    ['what may go on by itself', sessions('void transport.send(message)')],
    ['a transport that is closed', sessions('res.on("close", () => { transport.close(); server.close() })')],
    ['a way out of the process', sessions('process.on("SIGINT", () => { server.close(); process.exit(0) })')],
    ['stdout', sessions('server.connect(new StdioServerTransport())')],
    ['what answers a request itself', sessions('kept.get(message); sessions[message].response.send(message)')],
    ['an awaited request', session('return await session.list_tools()')],
  ])('passes %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(awaitedCalls, files)
    expect(status, JSON.stringify(verdicts)).toBe('pass')
  })

  it.each<[string, Files, number]>([
    ['an async function', ts('save(n)'), 6],
    ['a function of node', ts(`writeFile(n, 'a')`), 6],
    ['then without a handler', ts('save(n).then(done)'), 6],
    ['finally', ts('save(n).finally(done)'), 6],
    ['a chain', ts('save(n).then(done).finally(done)'), 6],
    ['a handler that throws on', ts('save(n).catch(error => { throw new Error("b", { cause: error }) })'), 6],
    [
      'finally beside a kept promise',
      ts('const p = save(n)\nmap.set(n, p)\np.finally(() => map.delete(n))\nreturn await p'),
      8,
    ],
    ['finally beside an own promise', ts('const p = (async () => { await save(n) })()\np.finally(done)\nreturn p'), 7],
    ['then beside a chain', ts('const p = fetch(n).then(read)\np.then(done)\nreturn await p'), 7],
    ['finally beside a field', ts('this.p = save(n)\nthis.p.finally(() => { this.p = null })\nreturn this.p'), 7],
    ['a branch', ts('n && save(n)'), 6],
    ['forEach', ts('list.forEach(async x => { await save(x) })'), 6],
    ['a condition', ts('if (!save(n)) return 1'), 6],
    ['a message in a try', sessions('try { transport.send(message) } catch (error) { report(error) }'), 11],
    [
      'a message to each session',
      sessions('for (const [, s] of Object.entries(sessions)) { try { s.transport.send(message) } catch {} }'),
      11,
    ],
    ['a message to one session', sessions('kept.get(message)?.send(message)'), 11],
    ['a connection', sessions('server.connect(transport)'), 11],
    ['a coroutine', py('save(n)'), 7],
    ['a request', session('session.list_tools()'), 7],
    ['a request to each', session('for one in kept.values(): one.send_ping()'), 7],
    ['a log message to the client', py('ctx.info("a")'), 7],
    ['a task', py('asyncio.create_task(save(n))'), 7],
    ['a condition in Python', py('if not save(n): return 1'), 7],
  ])('fails %s', async (_, files, line) => {
    const result = await judgeFiles(awaitedCalls, files)
    expect(result).toMatchObject({ status: 'fail', proof: 'repository' })
    expect(result.verdicts[0]?.evidence?.[0]?.line).toBe(line)
  })

  it('tells when it does not apply and when it cannot read', async () => {
    const sync = { 'src/a.ts': `import '@modelcontextprotocol/sdk'\nexport const a = () => 1` }
    expect((await judgeFiles(awaitedCalls, sync)).status).toBe('not-applicable')
    expect((await judgeFiles(awaitedCalls, { 'go.mod': 'module a', 'main.go': '' })).status).toBe('unknown')
  })
})
