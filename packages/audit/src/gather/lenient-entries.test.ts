import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import { lenientEntries } from './lenient-entries.ts'

type Files = Record<string, string>

const look = async (files: Files): Promise<string[]> =>
  (await gathered(lenientEntries, files)).map(({ by, own }) => `${by} ${own.name}`)

const py = (
  middleware: string,
  token = 'os.environ.get("NOTES_ACCESS_TOKEN")',
  mounted = 'Middleware(Injecting)',
): Files => ({
  'pyproject.toml': '[project]\nname = "a-server"\nversion = "1.0.0"\n',
  'a_server/__init__.py': '',
  'a_server/server.py': `import os
import httpx
from contextvars import ContextVar
from fastmcp import FastMCP
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import Response

current = ContextVar("token", default=None)

def token_of(headers):
    return headers.get("Authorization") or headers.get("X-Api-Key")

class Injecting(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
${middleware
  .split('\n')
  .map(line => `        ${line}`)
  .join('\n')}

mcp = FastMCP("a")

@mcp.tool()
async def work(name: str) -> str:
    token = current.get() or ${token}
    async with httpx.AsyncClient() as client:
        return (await client.get("https://a.example/" + name, headers={"Authorization": token})).text

def main():
    mcp.run(transport="http", host="0.0.0.0", middleware=[${mounted}])
`,
})

const lenient = `token = token_of(request.headers)
if token:
    current.set(token)
else:
    print("no token")
return await call_next(request)`

describe('credentials that may be missing, in Python', () => {
  it('finds middleware that lets everybody pass', async () => {
    expect(await look(py(lenient))).toEqual(['Injecting NOTES_ACCESS_TOKEN'])
  })
  it('finds it where another address can be set', async () => {
    const files = Object.entries(py(lenient)).map(([path, text]) => [
      path,
      text.replace('"0.0.0.0"', 'os.environ.get("HOST", "127.0.0.1")'),
    ])
    expect(await look(Object.fromEntries(files))).toEqual(['Injecting NOTES_ACCESS_TOKEN'])
  })
  it.each([
    ['a refusal', py(lenient.replace('print("no token")', 'return Response("no", status_code=401)'))],
    ['an exception', py(lenient.replace('print("no token")', 'raise PermissionError("no")'))],
    ['no credential of its own', py(lenient, '""')],
    ['a secret of another use', py(lenient, 'os.environ.get("OAUTH_CLIENT_SECRET")')],
    ['a class that nothing uses', py(lenient, undefined, '')],
    ['another header', py('request.headers.get("X-Request-Id")\nreturn await call_next(request)')],
    [
      'a refusal by a function',
      {
        ...py(lenient.replace('print("no token")', 'return refused()')),
        'a_server/answers.py':
          'from starlette.responses import Response\ndef refused():\n    return Response("no", status_code=401)\n',
      },
    ],
    ['a check that raises', py(`self.authenticate(request)\n${lenient}`)],
    [
      'a credential that callers have to bring',
      py(lenient, '""; assert token == os.environ.get("NOTES_ACCESS_TOKEN")'),
    ],
    [
      'a credential over stdio alone',
      py(lenient, '(os.environ.get("NOTES_ACCESS_TOKEN") if transport == "stdio" else "")'),
    ],
    [
      'a server that no other machine reaches',
      Object.fromEntries(
        Object.entries(py(lenient)).map(([path, text]) => [path, text.replace('0.0.0.0', '127.0.0.1')]),
      ),
    ],
  ])('says nothing about %s', async (_, files) => {
    expect(await look(files)).toEqual([])
  })
})

const ts = (handling: string, token = 'process.env.NOTES_TOKEN'): Files => ({
  'package.json': JSON.stringify({ name: 'a', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
  'src/index.ts': `import { AsyncLocalStorage } from 'node:async_hooks'
import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
const current = new AsyncLocalStorage<string>()
const app = express()
app.use((req, res, next) => {
  ${handling}
})
app.post('/mcp', async (req, res) => {
  const server = new McpServer({ name: 'a', version: '1' })
  server.registerTool('work', {}, async () => fetch('https://a.example', { headers: { authorization: current.getStore() ?? ${token} } }))
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  await server.connect(transport)
  await transport.handleRequest(req, res, req.body)
})
app.listen(3000)`,
})

describe('credentials that may be missing, in TypeScript', () => {
  const lenient = 'const token = req.headers.authorization\n  if (token) current.run(token, next)\n  else next()'
  it('finds middleware that lets everybody pass', async () => {
    expect(await look(ts(lenient))).toEqual(['a function before the tools NOTES_TOKEN'])
  })
  it.each([
    ['a refusal', ts(lenient.replace('else next()', 'else res.status(401).end()\n  next()'))],
    [
      'an error that others answer',
      ts(lenient.replace('else next()', 'else next(new UnauthorizedError())\n  if (token) next()')),
    ],
    ['a helper that refuses', ts(lenient.replace('else next()', 'else Boom.unauthorized(res)\n  next()'))],
    ['a check that throws', ts(`jwt.verify(req.headers.authorization, key)\n  next()`)],
    [
      'a helper that throws',
      ts(
        `const tokenOf = r => { const { authorization } = r.headers; if (!r.headers.authorization) throw new Error('no'); return authorization }\n  current.run(tokenOf(req), next)`,
      ),
    ],
    ['a credential over stdio alone', ts(lenient, `(isStdio ? process.env.NOTES_TOKEN : undefined)`)],
    ['what callers have to bring', ts(lenient, `(current.getStore() === process.env.NOTES_TOKEN ? 'x' : '')`)],
    ['no credential of its own', ts(lenient, `''`)],
    ['another header', ts(`console.error(req.headers['x-request-id'])\n  next()`)],
  ])('says nothing about %s', async (_, files) => {
    expect(await look(files)).toEqual([])
  })
})
