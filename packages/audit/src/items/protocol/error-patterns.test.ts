import { describe, expect, it } from 'vitest'
import { worstOf } from '../../testing/judging.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import errorPatterns from './error-patterns.ts'

const judge = async (files: Files) => (await judgeFiles(errorPatterns, files)).status

const ts = (body: string, before = ''): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
const server = new McpServer({ name: 'a', version: '1' })
${before}
server.registerTool('ask', { inputSchema: {} }, async ({ q }) => {
${body}
})`,
})
const low = (body: string): Files => ({
  'src/index.ts': `import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema } from '@modelcontextprotocol/sdk/types.js'
const server = new Server({ name: 'a', version: '1' }, {})
server.setRequestHandler(CallToolRequestSchema, async request => {
${body}
})`,
})
const py = (body: string): Files => ({
  'pkg/server.py': `from fastmcp import FastMCP
from fastmcp.exceptions import ToolError
mcp = FastMCP("a")

@mcp.tool
async def ask(q: str) -> str:
    """Ask."""
${body}
`,
})
const lowPy = (body: string): Files => ({
  'pkg/server.py': `from mcp.server import Server
from mcp.types import TextContent
server = Server("a")

@server.call_tool()
async def call(name: str, arguments: dict):
${body}
`,
})

const passing: [string, Files][] = [
  ['isError', ts(`  return { content: [{ type: 'text', text: 'Error: no such thing' }], isError: true }`)],
  [
    'isError of a function of its own',
    ts(
      `  try { return await work(q) } catch (error) { return failed(error) }`,
      `const failed = error => ({ isError: true, content: [{ type: 'text', text: \`Error: \${error}\` }] })`,
    ),
  ],
  ['an exception', ts(`  if (!q) throw new Error('Ask something')\n  return work(q)`)],
  [
    'a text about error logs',
    ts(`  if (!q) throw new Error('x')\n  return { content: [{ type: 'text', text: 'Error logs of today' }] }`),
  ],
  [
    'a low-level handler',
    low(`  try { return await work(request) } catch (e) { return { content: [], isError: true } }`),
  ],
  ['ToolError', py('    if not q:\n        raise ToolError("Ask something")\n    return await work(q)')],
  [
    'ToolError made elsewhere',
    py('    try:\n        return await work(q)\n    except OSError as error:\n        raise failed(error) from error'),
  ],
  ['an exception in a low-level handler', lowPy('    raise ValueError(f"Unknown tool: {name}")')],
]

const failing: [string, Files][] = [
  ['a text', ts(`  return { content: [{ type: 'text', text: \`Error: \${q}\` }] }`)],
  ['isError is false', ts(`  return { content: [{ type: 'text', text: 'Failed to ask' }], isError: false }`)],
  [
    'a text of a function of its own',
    ts(`  return reply(\`Error: \${q}\`)`, `const reply = text => ({ content: [{ type: 'text', text }] })`),
  ],
  [
    'isError at another place',
    ts(`  if (q) return { content: [{ type: 'text', text: 'Error: no' }] }\n  return { content: [], isError: true }`),
  ],
  ['a low-level handler that catches nothing', low('  return work(request.params.arguments)')],
  [
    'a text in Python',
    py('    try:\n        return await work(q)\n    except Exception as error:\n        return f"Error: {error}"'),
  ],
  ['a text without a try', py('    if not q:\n        return "Error: ask something"\n    return await work(q)')],
  ['TextContent', lowPy('    return [TextContent(type="text", text=f"Error: {name}")]')],
]

const own = (answer: string, after = 'return result'): Files => ({
  'pkg/server.py': `from mcp.server import Server
from mcp.types import CallToolResult, TextContent
server = Server("a")

def told(error, doing=""):
    text = f"Error {doing}: {error}" if doing else f"Error: {error}"
    return ${answer}

async def ask(arguments):
    try:
        return work(arguments)
    except Exception as error:
        return told(error, "asking")

TOOLS = {"Ask": {"description": "Asks", "input_schema": {}, "function": ask}}

def enabled():
    return {key: tool for key, tool in TOOLS.items()}

tools = enabled()

@server.call_tool()
async def call(name: str, arguments: dict):
    return await execute(name, arguments)

async def execute(name, arguments):
    tool = tools[name]
    result = await tool["function"](arguments)
    ${after}
`,
})
passing.push(
  ['isError of a tool that stands in a table', own('CallToolResult(content=[], isError=True)')],
  ['what a tool of a table raises', own('[]', 'if not result:\n        raise ValueError("no")\n    return result')],
)
failing.push(
  ['a field of its own in a content', own('[{"type": "text", "text": text, "is_error": True}]')],
  ['a text of a tool that stands in a table', own('[TextContent(type="text", text=text)]')],
  [
    'a field of its own in a content in TypeScript',
    ts(`  return { content: [{ type: 'text', text: q, isError: true }] }`),
  ],
  [
    'a text that a function of its own puts together',
    py(
      '    def told(e):\n        return f"Error: {e}"\n    try:\n        return await work(q)\n    except Exception as e:\n        return told(e)',
    ),
  ],
  [
    'a text of a function that a tool hands on',
    py(
      '    return work(q)\n\ndef work(q):\n    try:\n        return more(q)\n    except Exception as e:\n        return f"Error working: {e}"',
    ),
  ],
)

const gate = (check: string, test = 'said(result)'): Files => ({
  'pkg/server.py': `from mcp.server import Server
from mcp.types import TextContent
server = Server("a")

def said(result):
    ${check}

async def work(arguments):
    if not arguments:
        return [TextContent(type="text", text="Error: nothing was asked")]
    return [TextContent(type="text", text="ok")]

@server.call_tool()
async def call(name: str, arguments: dict):
    try:
        result = await work(arguments)
        if message := ${test}:
            raise RuntimeError(message)
        return result
    except Exception:
        raise
`,
})
const gateTs = (check: string): Files =>
  ts(
    `  const result = work(q)\n  ${check}\n  return result`,
    `const work = q => ({ content: [{ type: 'text', text: q ? 'ok' : 'no' }, { type: 'text', text: 'Error: no' }] })`,
  )
failing.push(
  ['a text that another check lets through', gate('return len(result) > 3')],
  ['a text that is only counted', gate('', 'len(result) > 3')],
  ['a text that is looked at and returned', gateTs(`if (result.content[0].text.startsWith('Error')) log(q)`)],
)

const undecided: [string, Files][] = [
  [
    'a field of its own that is looked at',
    own(
      '[{"type": "text", "text": text, "is_error": True}]',
      'failed = bool(result and result[0].get("is_error"))\n    return CallToolResult(content=result, isError=failed)',
    ),
  ],
  ['a central check of texts', gate('return result[0].text if result[0].text.startswith("Error:") else None')],
  ['a check of texts', gateTs(`if (result.content[0].text.startsWith('Error')) throw new Error('no')`)],
  [
    'a check that makes an error result',
    gateTs(`if (result.content[0].text.startsWith('Error')) return { ...result, isError: true }`),
  ],
  ['nothing fails', ts(`  return { content: [{ type: 'text', text: 'ok' }] }`)],
  ['no tool', { 'pkg/a.py': 'import requests\n' }],
]

describe('error-patterns', () => {
  it.each(passing)('passes: %s', async (_, files) => expect(await judge(files)).toBe('pass'))
  it.each(failing)('fails: %s', async (_, files) => expect(await judge(files)).toBe('fail'))
  it.each(undecided)('is unknown: %s', async (_, files) => expect(await judge(files)).toBe('unknown'))
})

describe('error-patterns, live', () => {
  const value = 'none-0a1b2c3d4e'
  const asked = (fate: string, text: string, inResult = true): string =>
    worstOf(errorPatterns, { missingThings: [{ tool: 'read', field: 'path', value, fate, text, inResult, ms: 1 }] })

  it.each([
    ['an error result', asked('refused', 'There is no such note.'), 'pass'],
    ['a text that begins like an error', asked('worded', 'Error: no such note'), 'fail'],
    ['an object that says so', asked('accepted', '{"success": false}'), 'fail'],
    ['an empty list', asked('accepted', 'No results.'), 'unknown'],
    ['a text about errors', asked('accepted', 'Errors of today: none'), 'unknown'],
    ['a long answer that names it', asked('worded', `Error: ${'no such '.repeat(50)}${value}`), 'fail'],
    ['an error with a number', asked('worded', 'Error 404: nothing'), 'fail'],
    ['found texts about errors', asked('worded', 'Error handling in Go\nError values'), 'unknown'],
    ['a long text that is found', asked('worded', `Error: cannot find module. ${'Answer. '.repeat(50)}`), 'unknown'],
    ['what was asked', asked('accepted', '{"ok": false, "status": 0}'), 'unknown'],
    ['a failure with its reason', asked('accepted', '{"ok": false, "error": "nothing there"}'), 'fail'],
    ['an error of the protocol', asked('refused', 'boom', false), 'unknown'],
  ])('judges %s', (_, status, wanted) => expect(status).toBe(wanted))
})
