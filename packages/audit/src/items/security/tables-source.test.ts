import { describe, expect, it } from 'vitest'
import asyncIo from '../performance/async-io.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import commandInjection from './command-injection.ts'
import sqlInjection from './sql-injection.ts'

/** A server that looks the function of a tool up in a list of objects of its own. */
const files = (picked: string, work: string, more = ''): Files => ({
  'pyproject.toml': `[project]\nname = "a-server"\nversion = "1.0.0"\n${more}`,
  'a_server/__init__.py': '',
  'a_server/server.py': `import os
import time
from mcp.server.lowlevel import Server
from pydantic import BaseModel
from lib import load

class Tool(BaseModel):
    name: str
    description: str
    handler: object

async def work(arguments, db):
    ${work}

server = Server("a-server")
tools = [Tool(name="work", description="Works", handler=work)]

@server.call_tool()
async def call_tool(name, arguments):
    handler = ${picked}
    if not handler:
        raise ValueError(name)
    return await handler(arguments, None)
`,
})
const picked = 'next((tool.handler for tool in tools if tool.name == name), None)'

describe('a function that is taken out of a list of tools', () => {
  it.each([
    ['a command', commandInjection, 'return os.popen(f"ls {arguments[\'path\']}").read()', 'fail'],
    ['no command', commandInjection, 'return arguments["path"]', 'pass'],
    ['what holds the event loop', asyncIo, 'time.sleep(1)', 'fail'],
    ['nothing that holds it', asyncIo, 'return "done"', 'pass'],
  ])('is read: %s', async (_, item, work, status) => {
    const result = await judgeFiles(item, files(picked, work))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })

  const inTypescript = (work: string): Files => ({
    'package.json': JSON.stringify({ name: 'a-server', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
    'src/index.ts': `import { execSync } from 'node:child_process'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, GetPromptRequestSchema } from '@modelcontextprotocol/sdk/types.js'
interface Tool { name: string; description: string; handler: (args: Record<string, string>) => Promise<unknown> }
const prompts = new Map([['ask', { name: 'ask', description: 'Asks', arguments: [], handler: async () => ({ messages: [] }) }]])
const createTool = (config: Tool): Tool => ({ ...config, handler: async args => config.handler(args) })
const work = createTool({ name: 'work', description: 'Works', handler: async args => { ${work} } })
class Notes {
  private tools: Map<string, Tool> = new Map()
  constructor(private server: Server) {
    for (const tool of [work]) this.tools.set(tool.name, tool)
    this.server.setRequestHandler(CallToolRequestSchema, async request => {
      const tool = this.tools.get(request.params.name)
      if (!tool) throw new Error('no')
      return tool.handler(request.params.arguments)
    })
    this.server.setRequestHandler(GetPromptRequestSchema, async request =>
      prompts.get(request.params.name)?.handler(request.params.arguments))
  }
}
new Notes(new Server({ name: 'a-server', version: '1.0.0' }, {}))
`,
  })

  it('is read where it is kept in a map', async () => {
    const bad = await judgeFiles(asyncIo, inTypescript("return execSync('ls')"))
    expect(bad, JSON.stringify(bad.verdicts)).toMatchObject({ status: 'fail' })
    expect(JSON.stringify(bad.verdicts)).not.toContain('prompt')
    const good = await judgeFiles(asyncIo, inTypescript('return args.name'))
    expect(good, JSON.stringify(good.verdicts)).toMatchObject({ status: 'pass' })
    const carried = await judgeFiles(commandInjection, inTypescript('return execSync(`ls ${args.name}`)'))
    expect(carried.status, JSON.stringify(carried.verdicts)).not.toBe('pass')
  })

  it.each([commandInjection, asyncIo])('leaves open what is taken from elsewhere', async item => {
    const result = await judgeFiles(item, files('next(iter(load(name)))', 'return "done"'))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
  })

  it('does not pass where a database is declared and none is found', async () => {
    const declared = 'dependencies = ["snowflake-connector-python"]\n'
    const result = await judgeFiles(sqlInjection, files(picked, 'return "done"', declared))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
    const without = await judgeFiles(sqlInjection, files(picked, 'return "done"', 'dependencies = ["qdrant-client"]\n'))
    expect(without, JSON.stringify(without.verdicts)).toMatchObject({ status: 'not-applicable' })
  })
})
