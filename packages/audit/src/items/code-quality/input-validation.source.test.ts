import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import inputValidation from './input-validation.ts'

const judge = async (files: Files) => (await judgeFiles(inputValidation, files)).status

const ts = (schema: string, before = ''): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
const server = new McpServer({ name: 'a', version: '1' })
${before}
server.registerTool('ask', { inputSchema: ${schema} }, async ({ q }) => ({ content: [] }))`,
})
const low = (body: string): Files => ({
  'src/index.ts': `import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
const Ask = z.object({ q: z.string() })
const server = new Server({ name: 'a', version: '1' }, {})
server.setRequestHandler(ListToolsRequestSchema, async () => ({
  tools: [{ name: 'ask', inputSchema: { type: 'object', properties: { q: { type: 'string' } } } }],
}))
server.setRequestHandler(CallToolRequestSchema, async request => {
  ${body}
})`,
})
const py = (parameters: string, before = ''): Files => ({
  'pkg/server.py': `from typing import Annotated, Any
from fastmcp import Context, FastMCP
from pydantic import BaseModel, Field
mcp = FastMCP("a")
${before}

@mcp.tool
def ask(${parameters}) -> str:
    """Ask."""
    return "x"
`,
})

const passing: [string, Files][] = [
  ['zod', ts('{ q: z.string() }')],
  ['a zod object elsewhere', ts('input', 'const input = z.object({ q: z.string() }).strict()')],
  ['a map of anything', ts('{ q: z.record(z.string(), z.any()) }')],
  ['a low-level handler that parses', low('const { q } = Ask.parse(request.params.arguments)\n  return work(q)')],
  ['annotations', py('q: str, n: int = 3')],
  ['Annotated', py('q: Annotated[str, Field(min_length=1)]')],
  ['a model', py('query: Query', 'class Query(BaseModel):\n    q: str\n')],
  ['a context', py('q: str, ctx: Context')],
  [
    'an argument that no caller sees',
    {
      ...py(''),
      'pkg/server.py':
        'from fastmcp import FastMCP\nmcp = FastMCP("a")\n@mcp.tool(exclude_args=["client"])\ndef ask(q: str, client=None) -> str:\n    return q\n',
    },
  ],
  ['a typed dict', py('q: dict[str, int]')],
]
const wrapped = (wrapping: string, after = 'pass'): Files => ({
  'pkg/server.py': `import inspect
from functools import wraps
from fastmcp import FastMCP
mcp = FastMCP("a")

def without(original, fixed):
    ${wrapping}
    def wrapper(*args, **kwargs):
        return original(**fixed, **kwargs)
    ${after}
    return wrapper

def ask(q: str, n: int = 3) -> str:
    """Ask."""
    return "x"

mcp.tool(without(ask, {"n": 3}), name="ask")
`,
})
passing.push(['a wrapper that shows the parameters of what it wraps', wrapped('@wraps(original)')])
const failing: [string, Files][] = [
  ['a wrapper that shows its own parameters', wrapped('pass')],
  ['z.any', ts('{ q: z.any() }')],
  ['z.any in a chain', ts('z.object({ q: z.any().optional().describe("x") })')],
  ['a low-level handler that does not', low('return work(request.params.arguments.q)')],
  ['no annotation', py('q')],
  ['Any', py('q: Any')],
  ['a dict of anything', py('q: dict')],
  ['whatever is given', py('**options: str')],
]
const undecided: [string, Files][] = [
  ['a schema from elsewhere', ts('schema', `import { schema } from 'schemas'`)],
  [
    'checks by hand',
    low(`const { q } = request.params.arguments\n  if (typeof q !== 'string') throw new Error('q')\n  return work(q)`),
  ],
  [
    'what is done with a setting that was validated',
    {
      'src/index.ts': `${
        low(`if (!request.params.arguments.q) throw new Error('q')\n  return work(request)`)['src/index.ts'] ?? ''
      }
const settings = Ask.parse(JSON.parse(process.env.SETTINGS))
const work = request => settings.q.trim() + request.params.arguments.q`,
    },
  ],
  [
    'a signature that is made at run time',
    wrapped('@wraps(original)', 'wrapper.__signature__ = inspect.signature(original).replace(parameters=[])'),
  ],
  ['no tool', { 'pkg/a.py': 'import requests\n' }],
]

describe('input-validation in the source', () => {
  it.each(passing)('passes: %s', async (_, files) => expect(await judge(files)).toBe('pass'))
  it.each(failing)('fails: %s', async (_, files) => expect(await judge(files)).toBe('fail'))
  it.each(undecided)('is unknown: %s', async (_, files) => expect(await judge(files)).toBe('unknown'))

  it('counts tools, and no handlers among them', async () => {
    const files = low(`if (!request.params.arguments.q) throw new Error('q')\n  return work(request)`)
    const own =
      files['src/index.ts']?.replace("{ type: 'object', properties: { q: { type: 'string' } } }", 'schema') ?? ''
    const { verdicts } = await judgeFiles(inputValidation, {
      'src/index.ts': `import { schema } from 'schemas'\n${own}`,
    })
    expect(JSON.stringify(verdicts)).toContain('"1 of 1 tools: ')
  })
})
