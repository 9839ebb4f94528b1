import { describe, expect, it } from 'vitest'
import { typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import ssrf from './ssrf.ts'

const python = (test: string): Files => ({
  'pyproject.toml': '[project]\nname = "a-server"\nversion = "1.0.0"\n',
  'a_server/__init__.py': '',
  'a_server/server.py': `import httpx
from mcp.server import Server
server = Server("a-server")
HOSTS = {"https://a.example/"}


@server.get_prompt()
async def get_prompt(name: str, arguments: dict | None):
    if ${test}:
        raise ValueError("url is required")
    url = arguments["url"]
    return httpx.get(url).text
`,
})

describe('whether arguments are there', () => {
  it.each([
    ['not arguments', 'fail'],
    ['not arguments or "url" not in arguments', 'fail'],
    ['not arguments or "token" not in arguments', 'fail'],
    ['not arguments or "url" in arguments', 'pass'],
    ['not arguments or arguments["url"] not in HOSTS', 'pass'],
  ])('Python: refused where %s: %s', async (test, status) => {
    const result = await judgeFiles(ssrf, python(test))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })

  it.each([
    ["!args || !('url' in args)", 'fail'],
    ["!args || !('token' in args)", 'fail'],
    ["!args || !('url' in args) || new URL(args.url).host !== 'a.example'", 'pass'],
  ])('TypeScript: refused where %s: %s', async (test, status) => {
    const body = `if (${test}) throw new Error('no')\nreturn fetch(args.url)`
    const result = await judgeFiles(ssrf, typescriptHandler({ takes: '{ url: z.string() }', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })
})
