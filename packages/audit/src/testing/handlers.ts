import type { Files } from './repositories.ts'

interface Parts {
  /** Imports and functions at the top of the file. */
  before?: string
  /** The schema of the parameters; their types in Python. */
  takes?: string
  /** Statements of the handler. */
  body: string
  /** Other files. */
  files?: Files
}

const indented = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n')

/** A server in TypeScript with one tool, `work`. */
export const typescriptHandler = ({ before = '', takes = '{ path: z.string() }', body, files }: Parts): Files => ({
  'package.json': JSON.stringify({ name: 'a-server', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
${before}
const server = new McpServer({ name: 'a-server', version: '1.0.0' })
server.registerTool('work', { inputSchema: ${takes} }, async args => {
${indented(body)}
})
`,
  ...files,
})

/** A server in Python with one tool, `work`. */
export const pythonHandler = ({ before = '', takes = 'path: str', body, files }: Parts): Files => ({
  'pyproject.toml': '[project]\nname = "a-server"\nversion = "1.0.0"\n',
  'a_server/__init__.py': '',
  'a_server/server.py': `from mcp.server.fastmcp import FastMCP
${before}
mcp = FastMCP("a-server")


@mcp.tool()
def work(${takes}) -> str:
    """Work."""
${indented(body)}
`,
  ...files,
})
