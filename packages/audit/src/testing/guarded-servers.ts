import type { Files } from './repositories.ts'

interface Parts {
  top?: string
  before?: string
  beside?: string
  after?: string
  host?: string
}

/** A server over HTTP: statements at its top, before its route, beside its handler and after it. */
export const guardedTypescript = ({
  top = '',
  before = '',
  beside = '',
  after = '',
  host = '0.0.0.0',
}: Parts): Files => ({
  'src/index.ts': `import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { timingSafeEqual } from 'node:crypto'
${top}
const app = express()
app.use(express.json())
${before}
app.post('/mcp', ${beside} async (req, res) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  await new McpServer({ name: 'a', version: '1' }).connect(transport)
  await transport.handleRequest(req, res, req.body)
})
${after}
app.listen(3000, '${host}')`,
})

/** Its tokens are verified by this function. */
export const bearer = (verifier: string): Files =>
  guardedTypescript({
    top: `import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'\nimport { createRemoteJWKSet, jwtVerify } from 'jose'\nconst keys = createRemoteJWKSet(new URL(process.env.ISSUER + '/jwks'))\nconst verifier = { verifyAccessToken: ${verifier} }`,
    beside: 'requireBearerAuth({ verifier }),',
  })
/** A server over HTTP; the body is that of the middleware before it. */
export const guardedPython = (body: string, before = ''): Files => ({
  'a/server.py': `import hmac
import os
import jwt
import uvicorn
from mcp.server.fastmcp import FastMCP
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse

mcp = FastMCP("a")
TOKEN = os.environ["TOKEN"]
${before}

class Protect(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
${body
  .split('\n')
  .map(line => `        ${line}`)
  .join('\n')}

def main():
    app = mcp.streamable_http_app()
    app.add_middleware(Protect)
    uvicorn.run(app, host="0.0.0.0", port=8000)
`,
})
/** What such a middleware refuses with. */
export const refuse = 'return JSONResponse({}, status_code=401)'
