import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './tool-tests.ts'

const statusOf = async (files: Files): Promise<string> => (await judgeFiles(item, files)).status
const toldOf = async (files: Files): Promise<string> => JSON.stringify((await judgeFiles(item, files)).verdicts[0])

const node: Files = {
  'package.json': JSON.stringify({
    name: 'x',
    bin: 'dist/index.js',
    dependencies: { '@modelcontextprotocol/sdk': '^1.29.0' },
    devDependencies: { vitest: '^4.0.0' },
  }),
  'src/index.ts': `import { build } from './server.js'\nvoid build().connect(null as never)\n`,
  'src/handlers.ts': `
export const add = async ({ a, b }: { a: number; b: number }) => ({ content: [{ type: 'text', text: String(a + b) }] })
`,
  'src/server.ts': `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { add } from './handlers.js'
export const build = () => {
  const server = new McpServer({ name: 'x', version: '1.0.0' })
  server.registerTool('add', { description: 'Adds', inputSchema: {} }, add)
  server.registerTool('echo', { description: 'Echoes', inputSchema: {} }, async ({ text }) => ({ content: [{ type: 'text', text }] }))
  return server
}
`,
}
const connected = `
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest'
import { build } from '../src/server.js'
const client = new Client({ name: 't', version: '1.0.0' })
beforeAll(async () => {
  const [near, far] = InMemoryTransport.createLinkedPair()
  await build().connect(far)
  await client.connect(near)
})
`
const inNode = (test: string, more: Files = {}): Files => ({
  ...node,
  'test/server.test.ts': connected + test,
  ...more,
})
const addTest = `it('adds', async () => {
  const answer = await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
  expect(answer.content[0].text).toBe('3')
})
`
const echoTest = `it('echoes', async () => {
  expect(await client.callTool({ name: 'echo', arguments: { text: 'x' } })).toMatchObject({ content: [{ text: 'x' }] })
})
`

describe('in TypeScript', () => {
  it('passes with a test for every tool', async () => {
    expect(await statusOf(inNode(addTest + echoTest))).toBe('pass')
    expect(await toldOf(inNode(addTest + echoTest))).toContain(
      '2 of 2 tools are tested: 2 called by name, 0 as a function',
    )
  })

  it('fails where a tool is never called, although it is listed, mentioned and described', async () => {
    const listed = `
// echo: client.callTool({ name: 'echo' })
describe('echo', () => {
  it('echo is listed', async () => {
    const { tools } = await client.listTools()
    expect(tools.map(tool => tool.name)).toContain('echo')
    expect(tools.find(tool => tool.name === 'echo')).toBeDefined()
  })
})
`
    expect(await toldOf(inNode(addTest + listed))).toContain('no test that runs calls echo')
    expect(await statusOf(inNode(addTest + listed))).toBe('fail')
  })

  it.each([
    ['skipped', addTest + echoTest.replace('it(', 'it.skip(')],
    ['in a suite that is skipped', `${addTest}describe.skip('more', () => {\n${echoTest}})\n`],
    ['skipped by an option', addTest + echoTest.replace("'echoes',", "'echoes', { skip: true },")],
    ['not the only one', addTest.replace('it(', 'it.only(') + echoTest],
    ['expected to fail', addTest + echoTest.replace('it(', 'it.fails(')],
    [
      'without a claim',
      `${addTest}it('echoes', async () => { await client.callTool({ name: 'echo', arguments: {} }) })`,
    ],
    [
      'with a claim about something else',
      `${addTest}it('echoes', async () => { await client.callTool({ name: 'echo' }); expect(true).toBe(true) })`,
    ],
    [
      'refused',
      `${addTest}it('echoes', async () => {
      const answer = await client.callTool({ name: 'echo', arguments: {} })
      expect(answer.isError).toBe(true)
      expect(answer.content[0].text).toContain('text')
    })`,
    ],
    [
      'rejected',
      `${addTest}it('echoes', async () => { await expect(client.callTool({ name: 'echo' })).rejects.toThrow() })`,
    ],
    [
      'a stand-in',
      `${addTest}it('echoes', async () => {
      const client = { callTool: vi.fn().mockResolvedValue({ content: [] }) }
      expect(await client.callTool({ name: 'echo' })).toEqual({ content: [] })
    })`,
    ],
  ])('fails where the test of a tool is %s', async (_, text) => {
    expect(await statusOf(inNode(text))).toBe('fail')
  })

  it('fails where the runner leaves the file out', async () => {
    const config = `import { defineConfig } from 'vitest/config'\nexport default defineConfig({ test: { include: ['src/**/*.test.ts'] } })\n`
    expect(await toldOf(inNode(addTest + echoTest, { 'vitest.config.ts': config }))).toContain(
      'vitest.config.ts does not include it',
    )
    const named = { ...node, 'test/server.check.ts': connected + addTest + echoTest }
    expect(await statusOf(named)).toBe('fail')
    expect(await statusOf({ ...named, 'test/all.test.ts': "import './server.check.js'\n" })).toBe('pass')
  })

  it.each([
    [
      'through a function of the tests, by a table',
      `
const call = async (name: string, args: object) => (await client.callTool({ name, arguments: args })).content
it.each([{ tool: 'add', args: { a: 1, b: 2 }, text: '3' }, { tool: 'echo', args: { text: 'x' }, text: 'x' }])('$tool', async ({ tool, args, text }) => {
  const content = await call(tool, args)
  expect(content[0].text).toBe(text)
})`,
    ],
    [
      'in a loop over constants',
      `
const tools = ['add', 'echo'] as const
for (const name of tools)
  test(\`calls \${name}\`, async () => {
    const { content } = await client.callTool({ name, arguments: {} })
    expect(content).toHaveLength(1)
  })`,
    ],
    [
      'with a helper that claims',
      `
const works = async (name: string) => {
  const answer = await client.callTool({ name, arguments: {} })
  expect(answer.isError).toBeFalsy()
}
test('add', () => works('add'))
test('echo', async () => { await works('echo') })`,
    ],
    [
      'in a hook',
      `
let sum: Awaited<ReturnType<typeof client.callTool>>
beforeAll(async () => { sum = await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } }) })
it('adds', () => { expect(sum.content[0].text).toBe('3') })
${echoTest}`,
    ],
    [
      'by the function that is registered',
      `
import { add } from '../src/handlers.js'
it('adds', async () => { expect(await add({ a: 1, b: 2 })).toEqual({ content: [{ type: 'text', text: '3' }] }) })
${echoTest}`,
    ],
  ])('passes where they are called %s', async (_, text) => {
    expect(await toldOf(inNode(text))).toMatch(/"status":"pass"/)
  })

  it('reads handlers that a stub of the server got hold of', async () => {
    const stub = `
import { build } from '../src/register.js'
const handlers = new Map<string, Function>()
const server = { registerTool: vi.fn((name, config, handler) => handlers.set(name, handler)) }
it('echoes', async () => {
  build(server as never)
  expect(await handlers.get('echo')!({ text: 'x' })).toEqual({ content: [{ type: 'text', text: 'x' }] })
})
`
    const register = `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
export const build = (server: McpServer) => {
  server.registerTool('echo', { description: 'Echoes', inputSchema: {} }, async ({ text }) => ({ content: [{ type: 'text', text }] }))
}
`
    const files: Files = {
      ...node,
      'src/handlers.ts': '',
      'src/server.ts': '',
      'src/register.ts': register,
      'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'\nimport { build } from './register.js'\nbuild(new McpServer({ name: 'x', version: '1.0.0' }))\n`,
    }
    const inStub = (test: string): Files => ({
      ...files,
      'test/a.test.ts': `import { expect, it, vi } from 'vitest'\n${test}`,
    })
    expect(await toldOf(inStub(stub))).toContain('1 of 1 tools are tested: 0 called by name, 1 as a function')
    const held = stub
      .replace(
        /const server = .*/,
        'let held: Function | null = null\nconst server = { registerTool: (name, config, handler) => { held = handler } }',
      )
      .replace("handlers.get('echo')!", 'held!')
    expect(await toldOf(inStub(held))).toMatch(/"status":"pass"/)
    const listed = stub.replace(
      / {2}expect.*/,
      "  expect(server.registerTool).toHaveBeenCalledWith('echo', expect.anything(), expect.any(Function))",
    )
    expect(await toldOf(inStub(listed))).toMatch(/"status":"fail"/)
  })

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
    expect(await toldOf({ ...node, 'test/wire.test.mjs': text })).toMatch(/"status":"pass"/)
  })

  const lowLevel: Files = {
    ...node,
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

  it('is unknown where a name is made at run time', async () => {
    const open = `it('calls all', async () => {
  for (const name of process.argv) expect(await client.callTool({ name })).toBeDefined()
})`
    expect(await statusOf(inNode(addTest + open))).toBe('unknown')
  })

  it('fails without tests, and cannot tell for what was unpacked', async () => {
    expect(await statusOf({ ...node, '.gitignore': '' })).toBe('fail')
    expect(
      await statusOf({
        ...node,
        'package.json': node['package.json']?.replace('{', '{"version":"1.0.0",') ?? '',
        'dist/index.js': '',
      }),
    ).toBe('unknown')
  })
})

describe('what it cannot tell', () => {
  it('needs tools', async () => {
    const files = { ...node, 'src/server.ts': 'export const x = 1', 'src/handlers.ts': '' }
    expect(await statusOf({ ...files, 'test/a.test.ts': connected })).toBe('unknown')
  })

  it('has no reader for Go', async () => {
    const go = {
      'go.mod': 'module x',
      'main.go': 'package main',
      'tool.go': 'package main',
      'tool_test.go': 'package main',
    }
    expect(await toldOf(go)).toContain('no reader for Go')
  })
})
