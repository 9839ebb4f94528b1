import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import toolRegistration from './tool-registration.ts'

const judge = (files: Files) => judgeFiles(toolRegistration, files)
const namesIn = async (files: Files): Promise<string[]> => {
  const [verdict] = (await judge(files)).verdicts
  return (verdict?.evidence ?? []).flatMap(({ saw }) => /^tool ([^,]+)/.exec(saw)?.[1] ?? [])
}

const v1 = `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
const server = new McpServer({ name: 'x', version: '1' })
`
const low = `import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
const server = new Server({ name: 'x', version: '1' }, {})
`
const fast = 'from mcp.server.fastmcp import FastMCP\nmcp = FastMCP("x")\n'

const found: [idiom: string, files: Files, names: string[]][] = [
  ['tool()', { 'a.ts': `${v1}server.tool('add', 'Adds', {}, () => {})` }, ['add']],
  ['registerTool()', { 'a.ts': `${v1}server.registerTool('add', { description: 'd' }, f)` }, ['add']],
  [
    'the second SDK',
    {
      'a.ts': `import { McpServer } from '@modelcontextprotocol/server'
        const s = new McpServer({ name: 'x', version: '1' })
        s.registerTool('add', {}, f)
        s.server.setRequestHandler('tools/list', async () => ({ tools: [{ name: 'sub' }] }))`,
    },
    ['add', 'sub'],
  ],
  [
    'a server that a library wraps',
    {
      'a.ts': `${v1}import * as Sentry from '@sentry/node'\nSentry.wrapMcpServerWithSentry(server).registerTool('add', {}, f)`,
    },
    ['add'],
  ],
  [
    'CommonJS',
    { 'a.js': `const m = require('@modelcontextprotocol/sdk/server/mcp.js')\nnew m.McpServer({}).tool('add', f)` },
    ['add'],
  ],
  [
    'fastmcp',
    {
      'a.ts': `import { FastMCP } from 'fastmcp'\nconst server = new FastMCP({})\nserver.addTool({ name: 'add', execute: f })`,
    },
    ['add'],
  ],
  [
    'a list handler',
    { 'a.ts': `${low}server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: [{ name: 'add' }] }))` },
    ['add'],
  ],
  [
    'an imported list',
    {
      'a.ts': `${low}import { all } from './tools/index.js'
        server.setRequestHandler(ListToolsRequestSchema, () => { return { tools: all.filter(isOn) } })`,
      'tools/index.ts': `export * from './all.js'`,
      'tools/all.ts': `import { NAMES } from '../names'\nconst add = { name: NAMES.add }\nexport const all = [add, ...[{ name: 'sub' }]]`,
      'names.ts': `export const NAMES = { add: 'add' } as const`,
    },
    ['add', 'sub'],
  ],
  [
    'a list that grows',
    {
      'a.ts': `${low}const list = []\nlist.push({ name: 'add' })\nserver.setRequestHandler(ListToolsRequestSchema, () => ({ tools: list }))`,
    },
    ['add'],
  ],
  [
    'a loop',
    { 'a.ts': `${v1}for (const t of [{ name: 'add' }, { name: 'sub' }]) server.tool(t.name, t.run)` },
    ['add', 'sub'],
  ],
  [
    'forEach',
    { 'a.ts': `${v1}const tools = [{ name: 'add' }]\ntools.forEach(t => server.tool(t.name, t.run))` },
    ['add'],
  ],
  [
    'a function that is given the server',
    {
      'a.ts': `${v1}import { register } from './b'\nregister(server, 'add')`,
      'b.ts': `export function register(s, name = 'x') { s.registerTool(\`my_\${name}\`, {}, f) }`,
    },
    ['my_add'],
  ],
  [
    'a typed parameter',
    {
      'a.ts': `import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'\nexport const f = (s: McpServer) => s.tool('add', g)`,
    },
    ['add'],
  ],
  [
    'a field of a class',
    {
      'a.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
        class A { private mcp = new McpServer({}); setUp() { this.mcp.tool('add', f) } }`,
    },
    ['add'],
  ],
  [
    'a callback of a library',
    { 'a.ts': `import { createMcpHandler } from 'mcp-handler'\ncreateMcpHandler(server => { server.tool('add', f) })` },
    ['add'],
  ],
  ['@mcp.tool()', { 'a.py': `${fast}@mcp.tool()\ndef add(a: int) -> int:\n    """Adds."""\n    return a\n` }, ['add']],
  [
    '@mcp.tool',
    { 'a.py': 'from fastmcp import FastMCP\nmcp = FastMCP("x")\n@mcp.tool\nasync def add(a: int): ...\n' },
    ['add'],
  ],
  ['@mcp.tool(name=)', { 'a.py': `${fast}N = "sum"\n@mcp.tool(name=N)\ndef add(): ...\n` }, ['sum']],
  [
    'one of two functions under one name',
    {
      'a.py': `${fast}def add(): ...\ndef add_all(): ...\nchosen = add\nif settings.all:\n    chosen = add_all\nmcp.tool(chosen, name="sum")\n`,
    },
    ['sum'],
  ],
  [
    'a function that is wrapped before, under the name that is given',
    {
      'a.py': `${fast}def wrap(name):
    def around(fn):
        def inner(*args):
            return fn(*args)
        return inner
    return around
def add(): ...
mcp.tool(name="sum")(wrap("sum")(add))
`,
    },
    ['sum'],
  ],
  ['add_tool()', { 'a.py': `${fast}def add(): ...\nmcp.add_tool(add)\nmcp.tool(name="sub")(add)\n` }, ['add', 'sub']],
  [
    'add_tool(fn=...)',
    { 'a.py': `${fast}def add(): ...\nmcp.add_tool(fn=add)\nmcp.add_tool(fn=add, name="sub")\n` },
    ['add', 'sub'],
  ],
  [
    'a function that is given the server, in Python',
    {
      'pkg/server.py': `from fastmcp import FastMCP\nfrom .tools import register\nmcp = FastMCP("x")\nregister(mcp)\n`,
      'pkg/tools.py': `def register(mcp):\n    @mcp.tool\n    def add(): ...\n`,
    },
    ['add'],
  ],
  [
    'a subclass and an imported server',
    {
      'pkg/app.py': `from fastmcp import FastMCP\nclass Mine(FastMCP): ...\nmcp = Mine("x")\nfrom . import tools\n`,
      'pkg/tools.py': `from .app import mcp\n@mcp.tool\ndef add(): ...\n`,
    },
    ['add'],
  ],
  [
    'mounted servers',
    {
      'a.py': `${fast}sub = FastMCP("y")\n@sub.tool\ndef add(): ...\n@mcp.tool\ndef add(): ...\nmcp.mount(sub, namespace="y")\n`,
    },
    ['y_add', 'add'],
  ],
  [
    'a low-level server',
    {
      'a.py': `from enum import Enum
from mcp.server import Server
from mcp.types import Tool
class Names(str, Enum):
    ADD = "add"
server = Server("x")
TOOLS = [Tool(name=Names.ADD.value, description="d", inputSchema={})]
@server.list_tools()
async def list_tools() -> list[Tool]:
    return TOOLS + [Tool(name="sub", inputSchema={})]
`,
    },
    ['add', 'sub'],
  ],
  [
    'a handler given to the constructor',
    {
      'a.py': `from mcp.server import Server
from mcp import types
async def listed(ctx, params):
    return types.ListToolsResult(tools=[types.Tool(name="add", input_schema={})])
server = Server("x", on_list_tools=listed)
`,
    },
    ['add'],
  ],
]

describe('tool-registration', () => {
  it.each(found)('finds %s', async (_, files, names) => {
    expect(await judge(files)).toMatchObject({ status: 'pass', proof: 'repository' })
    expect((await namesIn(files)).toSorted()).toEqual(names.toSorted())
  })

  it.each([
    ['no server', { 'a.ts': `import { app } from './app'\napp.tool('add', f)\nregistry.registerTool('x', {}, f)` }],
    ['another class of that name', { 'a.ts': `import { Server } from 'socket.io'\nnew Server().tool('add', f)` }],
    ['no server in Python', { 'a.py': 'from click import group\n@group.tool()\ndef add(): ...\n' }],
    ['computed names', { 'a.ts': `${v1}server.tool(process.env.NAME, f)` }],
    ['a computed list', { 'a.ts': `${low}server.setRequestHandler(ListToolsRequestSchema, async () => load())` }],
    ['tests', { 'a.test.ts': `${v1}server.tool('add', f)` }],
    ['the same name in two branches', { 'a.ts': `${v1}if (isNew) server.tool('add', f)\nelse server.tool('add', g)` }],
  ])('does not decide: %s', async (_, files) => {
    expect(await judge(files as Files)).toMatchObject({ status: 'unknown' })
  })

  it.each([
    ['a name twice', { 'a.ts': `${v1}server.tool('add', f)\nserver.tool('add', g)` }, 4],
    [
      'a name twice in a list',
      {
        'a.ts': `${low}server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [{ name: 'a' },\n{ name: 'a' }] }))`,
      },
      5,
    ],
    [
      'a name twice in Python',
      { 'a.py': `${fast}@mcp.tool()\ndef add(): ...\n@mcp.tool(name="add")\ndef more(): ...\n` },
      6,
    ],
    ['an invalid name', { 'a.ts': `${v1}server.tool('add numbers', f)` }, 3],
    ['an invalid name in Python', { 'a.py': `${fast}@mcp.tool(name="add/numbers")\ndef add(): ...\n` }, 4],
    ['a name that is too long', { 'a.ts': `${v1}server.tool('${'a'.repeat(129)}', f)` }, 3],
    [
      'a function that nothing calls',
      {
        'package.json': '{"bin":"a.js"}',
        'a.ts': `${v1}import { addLate } from './b'\nserver.tool('add', f)`,
        'b.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'\nexport const addLate = (server: McpServer) => server.tool('late', f)`,
      },
      2,
    ],
    [
      'a file that nothing imports',
      {
        'pyproject.toml': '[project]\nname="x"\n[project.scripts]\nx="pkg.app:main"\n',
        'pkg/app.py': `from fastmcp import FastMCP\nmcp = FastMCP("x")\n@mcp.tool\ndef add(): ...\n`,
        'pkg/later.py': `from .app import mcp\n@mcp.tool\ndef late(): ...\n`,
      },
      3,
    ],
  ])('fails with %s', async (_, files, line) => {
    const result = await judge(files)
    expect(result).toMatchObject({ status: 'fail' })
    expect(result.verdicts[0]?.evidence?.[0]?.line).toBe(line)
  })

  it('does not call a file unused that may be loaded by its name', async () => {
    const files = {
      'pyproject.toml': '[project]\nname="x"\n[project.scripts]\nx="pkg.app:main"\n',
      'pkg/app.py': `import importlib\nfrom fastmcp import FastMCP\nmcp = FastMCP("x")\n@mcp.tool\ndef add(): ...\n`,
      'pkg/later.py': `from .app import mcp\n@mcp.tool\ndef late(): ...\n`,
    }
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it('says what a registration lacks', async () => {
    const [verdict] = (await judge({ 'a.ts': `${v1}server.tool('add', f)` })).verdicts
    expect(verdict?.evidence?.[0]?.saw).toBe('tool add, no description, no annotations')
  })

  it('may stand in several lists, of which one is offered', async () => {
    const lists = `const add = { name: 'add' }\nconst some = [add]\nconst all = [add, { name: 'sub' }]`
    const chosen = `const base = isReading ? some : all\nreturn { tools: base.filter(isOn) }`
    const files = { 'a.ts': `${low}${lists}\nserver.setRequestHandler(ListToolsRequestSchema, () => {\n${chosen}\n})` }
    expect((await judge(files)).verdicts[0]?.status).not.toBe('fail')
  })
})
