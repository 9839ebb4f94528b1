import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import commandInjection from './command-injection.ts'

const judge = (files: Files) => judgeFiles(commandInjection, files)

const inTypescript = (body: string, before = ''): Files => ({
  'package.json': JSON.stringify({ name: 'a-server', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
  'src/index.ts': `import { execSync } from 'node:child_process'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
const server = new Server({ name: 'a-server', version: '1.0.0' }, {})
${before}
server.setRequestHandler(CallToolRequestSchema, async request => {
${body}
})
`,
})

const inPython = (body: string, before = ''): Files => ({
  'pyproject.toml': '[project]\nname = "a-server"\nversion = "1.0.0"\n',
  'a_server/__init__.py': '',
  'a_server/server.py': `import os
import re
from mcp.server.lowlevel import Server
server = Server("a-server")
${before}

@server.call_tool()
async def call_tool(name, arguments):
${body.replaceAll(/^/gm, '    ')}
`,
})

const run = 'return execSync(`ls ${args.name}`)'

describe('one handler for all tools', () => {
  const table = (rule: string) => `const tools = [
  { name: 'count', schema: z.object({ amount: z.number() }) },
  { name: 'list', schema: z.object({ name: z.string()${rule} }) },
]`
  const body = `const tool = tools.find(one => one.name === request.params.name)
if (!tool) throw new Error('no')
const args = tool.schema.parse(request.params.arguments)
${run}`

  it('takes the schema of the tool out of a table', async () => {
    expect(evidenceOf(await judge(inTypescript(body, table(''))))).toContain('name of tool')
    expect(await judge(inTypescript(body, table('.regex(/^\\w+$/)')))).toMatchObject({ status: 'pass' })
  })

  const objects = (tool: string) => `from lib import Tool
def work(name):
    return os.popen(f"ls {name}").read()
tools = {each.name: each for each in [${tool}]}`

  it.each([
    ['the functions of the repository', objects('Tool(work)'), 'return await tools[name].run_async(args=arguments)'],
    ['what was not found', 'tools = load()', 'return await tools[name].execute(arguments)'],
  ])('is left open where an object of a library is made of %s', async (_, before, body) => {
    const result = await judge(inPython(body, before))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(result.verdicts)).toContain('hands its arguments to')
  })

  it.each([
    [
      'a client of another server',
      'from mcp import ClientSession\nsession = ClientSession()',
      'return await session.call_tool(name, arguments)',
    ],
    [
      'a model that only checks',
      'class Given(Base):\n    name: str',
      'given = Given.model_validate(arguments)\nreturn given.name',
    ],
    ['the name alone', '', 'log = registry.lookup(name)\nreturn str(arguments["name"])'],
  ])('passes with %s', async (_, before, body) => {
    const result = await judge(inPython(body, before))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('is not kept from anything by what it answered before', async () => {
    const before = `const cache = new LRUCache({ max: 10 })\n`
    const imported = (files: Files): Files => ({
      ...files,
      'src/index.ts': `import { LRUCache } from 'lru-cache'\n${files['src/index.ts']}`,
    })
    const kept = `const args = request.params.arguments
const kept = cache.get(JSON.stringify(args))
if (kept) return { content: kept }
${run}`
    expect(evidenceOf(await judge(imported(inTypescript(kept, before))))).toContain('name of tool')
    const refused = kept.replace('{ content: kept }', `{ content: 'no' }`)
    expect((await judge(imported(inTypescript(refused, before)))).status).not.toBe('fail')
    const python = `kept = cache.get(arguments["name"])
if kept is not None:
    return kept
return os.popen(f"ls {arguments['name']}").read()`
    expect(
      evidenceOf(await judge(inPython(python, 'from cachetools import TTLCache\ncache = TTLCache(9, 9)'))),
    ).toContain('name of tool')
  })

  const renamed = `const normalized = (given: Record<string, unknown>) => {
  const made: Record<string, unknown> = {}
  for (const key in given) {
    if (typeof given[key] === 'object') made[key.toLowerCase()] = normalized(given[key])
    else made[key.toLowerCase()] = given[key]
  }
  return made
}`

  it('finds parameters whose fields are renamed', async () => {
    const bad = `const args = normalized(request.params.arguments)\n${run}`
    expect(evidenceOf(await judge(inTypescript(bad, renamed)))).toContain('name of tool')
    const good = `const args = normalized(request.params.arguments)
if (!/^\\w+$/.test(args.name)) throw new Error('no')
${run}`
    expect(await judge(inTypescript(good, renamed))).toMatchObject({ status: 'pass' })
    const python = `def normalized(given):
    made = {}
    for key, value in given.items():
        made[key.lower()] = value
    return made`
    const use = `args = normalized(arguments)\nreturn os.popen(f"ls {args['name']}").read()`
    expect(evidenceOf(await judge(inPython(use, python)))).toContain('name of tool')
    const held = use.replace(
      'return',
      `if not re.fullmatch(r"\\w+", args["name"]):\n    raise ValueError("no")\nreturn`,
    )
    expect(await judge(inPython(held, python))).toMatchObject({ status: 'pass' })
  })
})

describe('what a value is, in Python', () => {
  const runner = (shell: string) => `def run(args):
    if isinstance(args, str):
        args = [args]
    if isinstance(args, (list, tuple)):
        args = ";".join(args)
    return subprocess.run(${shell}).stdout`
  const body = 'return run("kubectl " + arguments["name"])'

  it('decides which way a text takes', async () => {
    const before = `import subprocess\n${runner('args, shell=True')}`
    expect(evidenceOf(await judge(inPython(body, before)))).toContain('name of tool')
    const held = 'if not arguments["name"].isalnum():\n    raise ValueError("no")\n' + body
    expect(await judge(inPython(held, before))).toMatchObject({ status: 'pass' })
  })

  it('is the same for the whole of a parameter, and in TypeScript', async () => {
    const before = `import subprocess
def run(commands):
    if isinstance(commands, str):
        commands = [commands]
    return subprocess.run(";".join(commands), shell=True).stdout`
    expect(evidenceOf(await judge(inPython('return run(arguments["name"])', before)))).toContain('name of tool')
    const typescript = `const commands = typeof request.params.arguments.name === 'string' ? [request.params.arguments.name] : []
return execSync(commands.join(';'))`
    expect(evidenceOf(await judge(inTypescript(typescript)))).toContain('name of tool')
  })

  it('keeps a text out of what is for lists alone', async () => {
    const before = `import subprocess
def run(args):
    if not isinstance(args, list):
        raise TypeError("no")
    return subprocess.run("ls " + args[0], shell=True).stdout`
    expect((await judge(inPython('return run(arguments["name"].strip())', before))).status).not.toBe('fail')
  })
})
