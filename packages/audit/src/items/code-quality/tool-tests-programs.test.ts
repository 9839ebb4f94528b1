import { describe, expect, it } from 'vitest'
import type { Files } from '../../testing/repositories.ts'
import { nodeProject, statusOf, toldOf } from '../../testing/tool-tests.ts'

describe('in programs of TypeScript', () => {
  it('reads node:test, a process and lines of JSON-RPC', async () => {
    const text = `
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import test from 'node:test'
const server = spawn('node', ['dist/index.js'])
let id = 0
const rpc = async (method, params) => {
  server.stdin.write(JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }) + '\\n')
  const [line] = await once(server.stdout, 'data')
  return JSON.parse(line)
}
test('add', async () => {
  const answer = await rpc('tools/call', { name: 'add', arguments: { a: 1, b: 2 } })
  assert.equal(answer.result.content[0].text, '3')
})
test('echo', async t => {
  await t.test('says it again', async () => {
    const { result } = await rpc('tools/call', { name: 'echo', arguments: { text: 'x' } })
    assert.ok(!result.isError)
  })
})
`
    expect(await toldOf({ ...nodeProject, 'test/wire.test.mjs': text })).toMatch(/"status":"pass"/)
  })

  const lowLevel: Files = {
    ...nodeProject,
    'package.json': JSON.stringify({
      name: 'x',
      bin: 'dist/index.js',
      scripts: { test: 'node test/run-all.js' },
      dependencies: { '@modelcontextprotocol/sdk': '^1.29.0' },
    }),
    'src/server.ts': '',
    'src/handlers.ts': `
export const log = (text: string) => console.error(text)
export const handleAdd = async (given: { a: number; b: number }) => ({ content: [{ type: 'text', text: String(given.a + given.b) }] })
export const handleEcho = async ({ text }: { text: string }) => ({ content: [{ type: 'text', text }] })
`,
    'src/index.ts': `
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { handleAdd, handleEcho, log } from './handlers.js'
const server = new Server({ name: 'x', version: '1.0.0' })
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: [{ name: 'add' }, { name: 'echo' }] }))
server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
  switch (params.name) {
    case 'add':
      log('add')
      return await handleAdd(params.arguments)
    case 'echo':
      log('echo')
      return await handleEcho(params.arguments)
  }
})
`,
    'test/run-all.js': `import { readdir } from 'node:fs/promises'\nfor (const file of await readdir('test')) await import('./' + file)\n`,
  }
  const program = `
import assert from 'node:assert'
import { handleAdd, handleEcho, log } from '../dist/handlers.js'
const testAdd = async () => { const answer = await handleAdd({ a: 1, b: 2 }); assert.strictEqual(answer.content[0].text, '3') }
const testEcho = async () => { const answer = await handleEcho({ text: 'x' }); assert.strictEqual(answer.content[0].text, 'x') }
await testAdd()
`

  it('reads tests that are plain programs, of what is built, behind one handler for all', async () => {
    const files = { ...lowLevel, 'test/test-tools.js': `${program}await testEcho()\n` }
    expect(await toldOf(files)).toContain('2 of 2 tools are tested: 0 called by name, 2 as a function')
    expect(await toldOf({ ...lowLevel, 'test/test-tools.js': program })).toContain('no test that runs calls echo')
    expect(await toldOf({ ...lowLevel, 'test/test-tools.js': `${program}log('echo')\n` })).toContain(
      'no test that runs calls echo',
    )
    expect(await statusOf({ ...files, 'test/run-all.js': `import './other.js'\n`, '.gitignore': '' })).toBe('fail')
  })
})
