import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import { headerAddresses } from './header-addresses.ts'

type Files = Record<string, string>

const look = async (files: Files) => {
  const { found, checked } = await gathered(headerAddresses, files)
  return [...new Set(found.map(({ header }) => header)), ...(checked ? [`looked at by ${checked.by}`] : [])]
}

const ts = (handling: string, more = ''): Files => ({
  'package.json': JSON.stringify({ name: 'a', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
  'src/index.ts': `import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
${more}
const app = express()
app.post('/mcp', async (req, res) => {
  ${handling}
  const server = new McpServer({ name: 'a', version: '1' })
  server.registerTool('work', {}, async () => fetch(apiUrl + '/projects'))
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  await server.connect(transport)
  await transport.handleRequest(req, res, req.body)
})
app.listen(3000)`,
})

const py = (handling: string, more = ''): Files => ({
  'pyproject.toml': '[project]\nname = "a-server"\nversion = "1.0.0"\n',
  'a_server/__init__.py': '',
  'a_server/server.py': `import httpx
from fastmcp import FastMCP
from fastmcp.server.dependencies import get_http_headers
${more}
mcp = FastMCP("a")

@mcp.tool()
async def work(name: str) -> str:
    headers = get_http_headers()
${handling
  .split('\n')
  .map(line => `    ${line}`)
  .join('\n')}
    async with httpx.AsyncClient(base_url=base) as client:
        return (await client.get(f"/notes/{name}")).text

def main():
    mcp.run(transport="http")
`,
})

describe('addresses in headers, in TypeScript', () => {
  it.each([
    ['in brackets', `const apiUrl = req.headers['x-service-api-url']`],
    ['by a method', `const apiUrl = req.get('X-Service-Url') ?? process.env.SERVICE_URL`],
  ])('finds one that is read %s', async (_, handling) => {
    expect(await look(ts(handling))).toHaveLength(1)
  })
  it.each([
    ['what proxies write', `const apiUrl = req.headers['x-forwarded-url'] ?? req.headers['x-original-url']`],
    ['the host of the server itself', `const apiUrl = 'https://' + req.headers.host`],
    [
      'what another server answers',
      `const response = await fetch(process.env.SERVICE_URL); const apiUrl = response.headers.get('x-next-url') ?? ''`,
    ],
    [
      'what another server answers to axios',
      `const answer = await axios.get(base); const apiUrl = answer.headers['x-upload-url']`,
    ],
    [
      'what another server answers, taken apart',
      `const { headers } = await fetch(process.env.SERVICE_URL); const apiUrl = headers.get('x-next-url')`,
    ],
    ['what is only logged', `const apiUrl = process.env.SERVICE_URL; console.error(req.headers['x-page-url'])`],
    [
      'what is sent',
      `const apiUrl = process.env.SERVICE_URL; const headers = { 'x-base-url': apiUrl }; log(headers['x-base-url'])`,
    ],
    ['a token', `const apiUrl = process.env.SERVICE_URL; const token = req.headers['x-service-token']`],
  ])('finds nothing in %s', async (_, handling) => {
    expect(await look(ts(handling))).toEqual([])
  })
  it.each([
    [
      'a function with such a name',
      `const apiUrl = validateUrl(req.headers['x-service-url'])`,
      'const validateUrl = (text) => new URL(text).href',
    ],
    [
      'a condition about the host',
      `const apiUrl = resolve(req.headers['x-service-url'])`,
      `const hosts = ['a.example']\nconst resolve = (text) => { const { hostname } = new URL(text); if (!hosts.includes(hostname)) throw new Error('no'); return text }`,
    ],
  ])('tells of %s', async (_, handling, more) => {
    expect((await look(ts(handling, more))).at(-1)).toMatch(/^looked at by/)
  })
  it('does not look at a server over stdio', async () => {
    const files = ts(`const apiUrl = req.headers['x-service-url']`)
    const source = files['src/index.ts'] ?? ''
    const stdio = source.replace('new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })', 'null')
    expect(await look({ ...files, 'src/index.ts': stdio })).toEqual([])
  })
})

describe('addresses in headers, in Python', () => {
  it.each([
    ['as texts', 'base = headers.get("x-service-url")'],
    ['as bytes', 'base = headers.get(b"x-service-endpoint").decode("latin-1")'],
  ])('finds one that is read %s', async (_, handling) => {
    expect(await look(py(handling))).toHaveLength(1)
  })
  it('finds nothing in an answer', async () => {
    const source =
      'base = "https://a.example"\nasync with httpx.AsyncClient() as other:\n    r = await other.get(base)\n    print(r.headers.get("x-next-url"))'
    expect(await look(py(source))).toEqual([])
  })
  it('finds nothing in a token', async () => {
    expect(await look(py('base = "https://a.example"\ntoken = headers.get("x-service-token")'))).toEqual([])
  })
  it.each([
    ['addresses', 'ipaddress.ip_address(urlparse(text).hostname)'],
    ['a list', 'allowed_hosts(urlparse(text).netloc)'],
  ])('tells of a look at %s', async (_, made) => {
    const more = `import ipaddress\nfrom urllib.parse import urlparse\ndef keep(text):\n    ${made}\n    return text`
    expect((await look(py('base = keep(headers.get("x-service-url"))', more))).at(-1)).toMatch(/^looked at by/)
  })
})
