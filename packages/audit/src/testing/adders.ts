import type { Files } from './repositories.ts'

/** A server that adds to what its requests share, in TypeScript. */
export const typescriptAdder = (work: string, before = ''): Files => ({
  'src/a.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { readFile, writeFile } from 'node:fs/promises'
let count = 0
${before}
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('add', { description: 'd' }, async ({ n, root }) => {
  ${work}
})`,
})
/** The same in Python. */
export const pythonAdder = (work: string, define = 'async def', from = 'fastmcp'): Files => ({
  'pyproject.toml': '[project]\nname = "a"\nversion = "1"\ndependencies = ["fastmcp>=3"]\n',
  'pkg/a.py': `import asyncio, json, os, aiofiles
from pathlib import Path
from ${from} import FastMCP
server = FastMCP("a")
lock = asyncio.Lock()
count = 0
FILE = "state.json"
def store(n):
    all = json.loads(Path(FILE).read_text())
    Path(FILE).write_text(json.dumps([*all, n]))
def store_locked(n):
    with lock:
        store(n)
@server.tool()
${define} add(n: int, root: str) -> int:
    """Adds."""
    global count
    ${work.replaceAll('\n', '\n    ')}
`,
})
