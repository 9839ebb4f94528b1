import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import boundedRegex from './bounded-regex.ts'

const ts = (before: string, schema = 'z.string()'): Files => ({
  'src/server.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
const MAX = 24
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('run', { description: 'd', inputSchema: { a: ${schema} } }, async ({ a }) => {
  ${before}
  return { content: [{ type: 'text', text: String(/^(a+)+$/.test(a)) }] }
})
`,
})
const py = (before: string, type = 'str'): Files => ({
  'pkg/server.py': `import re
from typing import Annotated
from pydantic import Field
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("a")

@mcp.tool()
async def run(a: ${type}) -> str:
    ${before}
    return str(re.match(r"^(a+)+$", a))
`,
})

describe('bounded-regex and the size of a text', () => {
  it.each<[string, Files]>([
    ['a limit', ts(`if (a.length > MAX) throw new Error('too long')`)],
    ['a limit in the schema', ts('', 'z.string().max(24)')],
    ['a limit in the schema of Python', py('', 'Annotated[str, Field(max_length=24)]')],
    ['a limit in Python', py('if len(a) > 24:\n        raise ValueError("too long")')],
  ])('passes %s', async (_, files) => {
    expect((await judgeFiles(boundedRegex, files)).status).toBe('pass')
  })
  it.each<[string, Files]>([
    ['no limit', ts('')],
    ['a limit of thousands', ts(`if (a.length > 5000) throw new Error('too long')`)],
    ['a limit of something else', ts(`if (names.length > MAX) throw new Error('too many')`)],
    ['a limit of thousands in Python', py('if len(a) > 5000:\n        raise ValueError("too long")')],
  ])('fails %s', async (_, files) => {
    expect((await judgeFiles(boundedRegex, files)).status).toBe('fail')
  })
})
