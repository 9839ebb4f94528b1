import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import { transportStarts } from './transport-starts.ts'

describe('transportStarts', () => {
  it('finds the start in a file that nothing imports, which imports the server', async () => {
    const found = await gathered(transportStarts, {
      'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp"]\n',
      'a/server.py':
        'from fastmcp import FastMCP\nfrom a.conf import options\n\nmcp = FastMCP(name="a", **options())\n\n@mcp.tool()\ndef read(a: int) -> int:\n    return a\n',
      'a/main.py':
        'from .server import mcp\nfrom .conf import conf\n\ndef main():\n    mcp.run(transport=conf().transport)\n',
    })
    expect(found.map(({ kind, line }) => [kind, line])).toEqual([
      ['stdio', 5],
      ['http', 5],
    ])
  })
})
