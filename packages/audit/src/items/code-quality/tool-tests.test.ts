import { describe, expect, it } from 'vitest'
import type { Files } from '../../testing/repositories.ts'
import { nodeProject, statusOf, toldOf } from '../../testing/tool-tests.ts'

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
  ...nodeProject,
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
    const named = { ...nodeProject, 'test/server.check.ts': connected + addTest + echoTest }
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
      ...nodeProject,
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

  it('is unknown where a name is made at run time', async () => {
    const open = `it('calls all', async () => {
  for (const name of process.argv) expect(await client.callTool({ name })).toBeDefined()
})`
    expect(await statusOf(inNode(addTest + open))).toBe('unknown')
  })

  it('fails without tests, and cannot tell for what was unpacked', async () => {
    expect(await statusOf({ ...nodeProject, '.gitignore': '' })).toBe('fail')
    expect(
      await statusOf({
        ...nodeProject,
        'package.json': nodeProject['package.json']?.replace('{', '{"version":"1.0.0",') ?? '',
        'dist/index.js': '',
      }),
    ).toBe('unknown')
  })
})

describe('what it cannot tell', () => {
  it('needs tools', async () => {
    const files = { ...nodeProject, 'src/server.ts': 'export const x = 1', 'src/handlers.ts': '' }
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
