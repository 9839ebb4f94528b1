import { describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import asyncIo from '../performance/async-io.ts'
import boundedRegex from './bounded-regex.ts'
import commandInjection from './command-injection.ts'
import pathTraversal from './path-traversal.ts'
import ssrf from './ssrf.ts'

const inPython = (before: string, body: string): Files => ({
  'pyproject.toml': '[project]\nname = "a-server"\nversion = "1.0.0"\n',
  'a_server/__init__.py': '',
  'a_server/server.py': `import asyncio
import copy
import os
from functools import partial
from mcp.server.lowlevel import Server
from pydantic import BaseModel
server = Server("a-server")
${before}

@server.call_tool()
async def call_tool(name, arguments):
    return await run(name, arguments)


async def run(name, arguments):
${body.replaceAll(/^/gm, '    ')}
`,
})
const inTypescript = (before: string, body: string): Files => ({
  'package.json': JSON.stringify({ name: 'a-server', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
  'src/index.ts': `import { execSync } from 'node:child_process'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema } from '@modelcontextprotocol/sdk/types.js'
const server = new Server({ name: 'a-server', version: '1.0.0' }, {})
${before}
const run = async (name: string, args: any) => {
${body}
}
server.setRequestHandler(CallToolRequestSchema, async request => run(request.params.name, request.params.arguments))
`,
})

const judge = async (item: Item, files: Files) => {
  const result = await judgeFiles(item, files)
  return { status: result.status, told: JSON.stringify(result.verdicts) }
}

const pythonTable = (work: string): string => `class Given(BaseModel):
    path: str

async def work(given):
    return ${work}

REGISTRY = {
    "Work": {"description": "Works", "input_schema": Given.model_json_schema(), "function": work, "args_model": Given},
}

def customized(registry):
    made = copy.deepcopy(registry)
    return {key: entry for key, entry in made.items() if entry.get("on", True)}

tools = customized(REGISTRY)`
const typescriptTable = (work: string): string => `const REGISTRY: Record<string, any> = {
  work: { description: 'Works', inputSchema: {}, function: async (given: any) => ${work} },
}
const customized = (registry: Record<string, any>) => {
  const made: Record<string, any> = {}
  for (const key of Object.keys(registry)) made[key] = structuredClone(registry[key])
  return made
}
const tools = customized(REGISTRY)`

const pythonWays: [string, string][] = [
  ['an entry of a registry', 'tool = tools[name]\ngiven = arguments\nreturn await tool["function"](given)'],
  ['an entry that get finds', 'tool = tools.get(name)\nreturn await tool["function"](dict(arguments))'],
  [
    'a checked argument',
    'tool = tools[name]\ngiven = tool["args_model"](**arguments)\nreturn await tool["function"](given)',
  ],
  ['another thread', 'tool = tools[name]\nreturn await asyncio.to_thread(tool["function"], arguments)'],
]
const typescriptWays: [string, string][] = [
  ['an entry of a registry', 'const tool = tools[name]\nconst given = { ...args }\nreturn tool.function(given)'],
  ['a field by its name', "const given = { ...args }\nreturn tools[name]['function'](given)"],
  [
    'an entry of a list',
    'const tool = Object.values(tools).find((one: any) => one.name === name)\nreturn tool.function({ ...args })',
  ],
]

describe('functions that stand in a registry', () => {
  it.each(pythonWays)('are read in Python: %s', async (_, body) => {
    const bad = await judge(commandInjection, inPython(pythonTable('os.popen("ls " + given["path"]).read()'), body))
    expect(bad.status, bad.told).not.toBe('pass')
    expect(bad.told).toContain('os.popen')
    const good = await judge(commandInjection, inPython(pythonTable('given["path"]'), body))
    expect(good.status, good.told).toBe('pass')
  })

  it.each(typescriptWays)('are read in TypeScript: %s', async (_, body) => {
    const bad = await judge(commandInjection, inTypescript(typescriptTable('execSync(`ls ${given.path}`)'), body))
    expect(bad.status, bad.told).not.toBe('pass')
    expect(bad.told).toContain('execSync')
    const good = await judge(commandInjection, inTypescript(typescriptTable('given.path'), body))
    expect(good.status, good.told).toBe('pass')
  })

  it('hold the event loop where they do', async () => {
    const body = 'tool = tools[name]\nreturn await tool["function"](arguments)'
    const bad = await judge(asyncIo, inPython(`import time\n${pythonTable('time.sleep(1)')}`, body))
    expect(bad.status, bad.told).toBe('fail')
    const good = await judge(asyncIo, inPython(pythonTable('"done"'), body))
    expect(good.status, good.told).toBe('pass')
  })

  it('are read where they stand in a map', async () => {
    const map = (work: string): string =>
      `const kinds = new Map([['a', (given: any) => ${work}], ['b', (given: any) => given]])`
    const body = 'const work = kinds.get(name)\nif (work) return work({ ...args })'
    const bad = await judge(commandInjection, inTypescript(map('execSync(`ls ${given.path}`)'), body))
    expect(bad.status, bad.told).not.toBe('pass')
    expect(bad.told).toContain('execSync')
    const good = await judge(commandInjection, inTypescript(map('given.path'), body))
    expect(good.status, good.told).toBe('pass')
    const filled = `import { more } from 'lib'\n${map('given.path')}\nfor (const one of more) kinds.set(one.name, one.work)`
    expect((await judge(commandInjection, inTypescript(filled, body))).status).toBe('unknown')
  })

  it('are read where the table is filled when it runs', async () => {
    const before = `REGISTRY = {}

def make(name):
    async def work(given):
        return os.popen("ls " + given["path"]).read()
    return {"display_name": name, "description": "d", "function": work}

for name in ["a", "b"]:
    REGISTRY[name] = make(name)`
    const bad = await judge(commandInjection, inPython(before, 'return await REGISTRY[name]["function"](arguments)'))
    expect(bad.told).toContain('os.popen')
    expect(bad.status).not.toBe('pass')
  })
})

const lostInPython: [string, string][] = [
  ['a table of functions', 'given = dict(arguments)\nreturn await load()[name](given)'],
  ['a variable', 'work = load()[name]\ngiven = dict(arguments)\nreturn await work(given)'],
  ['an entry', 'tool = load()[name]\ngiven = dict(arguments)\nreturn await tool["function"](given)'],
  ['without arguments', 'tool = load().get(name)\nreturn await tool["function"]()'],
  ['an attribute of an entry', 'tool = tools.get(name)\ngiven = dict(arguments)\nreturn await tool.execute(given)'],
  ['another thread', 'tool = tools[name]\nreturn await asyncio.to_thread(tool["function"], dict(arguments))'],
  [
    'a parameter',
    'async def call(work, given):\n    return await work(given)\nreturn await call(tools[name], dict(arguments))',
  ],
  ['what is loaded by a name', 'work = getattr(tools, name)\nreturn await work(dict(arguments))'],
  ['what is called at once', 'return await getattr(tools, name)(dict(arguments))'],
  ['what another function made', 'work = choose(name)\nreturn await work(dict(arguments))'],
]
const lostInTypescript: [string, string][] = [
  ['a table of functions', 'const given = { ...args }\nreturn load()[name](given)'],
  ['a variable', 'const work = load()[name]\nconst given = { ...args }\nreturn work(given)'],
  [
    'an entry',
    'const tool = tools.find((one: any) => one.name === name)\nconst given = { ...args }\nreturn tool.handler(given)',
  ],
  ['an entry of a map', 'const given = { ...args }\nreturn tools.get(name).execute(given)'],
  ['a part of an entry', 'const { handler } = tools.get(name)\nreturn handler({ ...args })'],
  ['without arguments', 'return tools.get(name)?.execute()'],
  ['a parameter', 'const call = (work: any, given: any) => work(given)\nreturn call(tools[name], { ...args })'],
  ['a loop', 'for (const tool of tools) if (tool.name === name) return tool.handler({ ...args })'],
  ['what another function made', 'const work = choose(name)\nreturn work({ ...args })'],
]

describe('what is called and was not found', () => {
  const python =
    'from lib import load\ntools = fill(load)\ndef fill(by):\n    for one in by:\n        return one.all\ndef choose(name):\n    return tools[name]'
  const typescript = `import { load } from 'lib'\nconst fill = (by: any): any => { for (const one of by) return one.all }\nconst tools = fill(load)\nconst choose = (name: string) => tools[name]`
  const items: [string, Item][] = [
    ['command-injection', commandInjection],
    ['path-traversal', pathTraversal],
    ['bounded-regex', boundedRegex],
    ['ssrf', ssrf],
    ['async-io', asyncIo],
  ]

  it.each(lostInPython)('leaves the verdict open in Python: %s', async (_, body) => {
    const { status, told } = await judge(commandInjection, inPython(python, body))
    expect(status, told).toBe('unknown')
    expect(told).toContain('a_server/server.py:')
  })

  it.each(lostInTypescript)('leaves the verdict open in TypeScript: %s', async (_, body) => {
    const { status, told } = await judge(commandInjection, inTypescript(typescript, body))
    expect(status, told).toBe('unknown')
    expect(told).toContain('src/index.ts:')
  })

  it.each(items)('leaves %s open', async (_, item) => {
    const [, inPy] = lostInPython[2] ?? ['', '']
    expect((await judge(item, inPython(python, inPy))).status).toBe('unknown')
    const [, inTs] = lostInTypescript[2] ?? ['', '']
    expect((await judge(item, inTypescript(typescript, inTs))).status).toBe('unknown')
  })

  it.each([
    [
      'a client of a library',
      'from lib import Client\nclient = Client()',
      'return await client.execute(arguments["path"])',
    ],
    [
      'a function that is handed on',
      'def each(work, list):\n    return [work(one) for one in list]\ndef up(text):\n    return text.upper()',
      'return each(up, [arguments["path"]])',
    ],
    [
      'one that is written in place',
      'def each(work, list):\n    return [work(one) for one in list]',
      'return each(lambda one: one.upper(), [arguments["path"]])',
    ],
    [
      'a request of a library that gives it to a thread',
      'def folder(service, id):\n    return asyncio.to_thread(service.files().get(fileId=id).execute)',
      'return await folder(arguments["service"], arguments["path"])',
    ],
    [
      'an entry that is taken out',
      'def drop(root):\n    for fn in root.xpath("//footnote"):\n        root.remove(fn)',
      'drop(parse(arguments["path"]))',
    ],
    ['an entry of data', 'names = {"a": "b"}', 'return names.get(name).upper()'],
    ['a class of a table', 'class A(BaseModel):\n    path: str\nKINDS = {"a": A}', 'return KINDS[name](**arguments)'],
  ])('passes in Python with %s', async (_, before, body) => {
    const { status, told } = await judge(commandInjection, inPython(before, body))
    expect(status, told).toBe('pass')
  })

  it.each([
    [
      'a promise',
      '',
      'return new Promise((resolve, reject) => { setTimeout(() => args ? resolve(args) : reject(args), 10) })',
    ],
    [
      'a function that is handed on',
      'const each = (work: (one: string) => string, list: string[]) => list.map(one => work(one))',
      'return each(one => one.trim(), [args.path])',
    ],
    ['what disposes of itself', 'const open = (guard: any) => guard[Symbol.dispose]()', 'open(args)\nreturn args.path'],
    [
      'a method of a class',
      'class A { work(x: string) { return x } }',
      "const a = new A()\nreturn a['work'](args.path)",
    ],
    [
      'a log by its level',
      "const level = args => args.level as 'info'",
      'console[level(args)](args.path)\nreturn args.path',
    ],
  ])('passes in TypeScript with %s', async (_, before, body) => {
    const { status, told } = await judge(commandInjection, inTypescript(before, body))
    expect(status, told).toBe('pass')
  })
})
