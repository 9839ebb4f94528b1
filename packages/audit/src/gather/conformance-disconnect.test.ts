import { tmpdir } from 'node:os'
import { afterAll, expect, it } from 'vitest'
import { stopEverything } from '../target/process.ts'
import type { Startup } from '../target/startup-failures.ts'
import { bareTarget } from '../testing/repositories.ts'
import { conformanceDisconnect } from './conformance-disconnect.ts'
import type { Lists, Tool } from './lists.ts'
import type { Trials } from './trials.ts'

afterAll(stopEverything)

const board = { name: 'get_board', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }

/** A server whose tool asks another one; `behave(call, asked)` is given the answer to the call and the request. */
const script = (behave: string): string => `
import { createServer, request } from 'node:http'
const results = {
  'server/discover': { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } },
  'tools/list': { tools: [${JSON.stringify(board)}] },
}
createServer(async (asking, call) => {
  const { id, method } = JSON.parse((await asking.toArray()).join('') || '{}')
  const answer = result => {
    call.writeHead(200, { 'content-type': 'application/json' })
    call.end(JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...result } }))
  }
  if (method !== 'tools/call') return answer(results[method] ?? {})
  const { hostname, port } = new URL(process.env.HTTP_PROXY)
  const asked = request({ hostname, port, path: 'http://upstream.example/board' }).on('error', () => answer({ content: [] }))
  asked.end()
  ${behave}
}).listen(Number(process.env.PORT), '127.0.0.1')`

const goesOn = async (behave: string): Promise<(boolean | undefined)[]> => {
  const args = ['--input-type=module', '-e', script(behave)]
  const launch = { command: process.execPath, args, cwd: tmpdir(), env: { PORT: '{port}' }, origin: 'test' }
  const server = { transport: 'http', url: 'http://127.0.0.1:{port}/mcp', headers: {}, launch } as const
  const reply = { kind: 'result', result: {}, ms: 5 } as const
  const tool = { description: '', ...board } as unknown as Tool
  const trials = {
    trials: [{ tool, arguments: {}, reply, tries: [] }],
    good: [],
    surroundings: { url: 'http://127.0.0.1:9/' },
  } as unknown as Trials
  const { seen } = await conformanceDisconnect.gather(bareTarget({ server }), {
    opening: { ms: 300, eras: ['modern'], revisions: {} } as unknown as Startup,
    lists: { capabilities: { tools: {} }, tools: [tool] } as unknown as Lists,
    trials,
  })
  return seen.map(one => one.goesOn)
}

it.each([
  ['ends with its stream', `call.on('close', () => asked.destroy())`, [false]],
  ['goes on', '', [true]],
  ['gives up soon by itself', 'setTimeout(() => asked.destroy(), 1500)', []],
  [
    'ends late with its stream, when the other gives up by itself',
    `call.on('close', () => setTimeout(() => asked.destroy(), 1200)); setTimeout(() => asked.destroy(), 1300)`,
    [],
  ],
])('what a call asks of others %s', { timeout: 30_000 }, async (_, behave, wanted) => {
  expect(await goesOn(behave)).toEqual(wanted)
})
