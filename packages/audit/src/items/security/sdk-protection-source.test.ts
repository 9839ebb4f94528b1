import { describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import authentication from './authentication.ts'
import originValidation from './origin-validation.ts'

const statuses = async (item: Item, files: Files): Promise<string> =>
  (await judgeFiles(item, files)).verdicts
    .filter(({ proof }) => proof === 'repository')
    .map(({ status }) => status)
    .join(' ')

const pyproject = (asked: string): Files => ({
  'pyproject.toml': `[project]\nname = "a"\nversion = "1"\ndependencies = ["${asked}"]\n`,
})
const locked = (name: string, version: string): Files => ({
  ...pyproject(`${name}>=1.2`),
  'uv.lock': `version = 1\n\n[[package]]\nname = "${name}"\nversion = "${version}"\nsource = { registry = "https://pypi.org/simple" }\n`,
})
const wheel = (asked: string): Files => ({
  'a-1.dist-info/METADATA': `Metadata-Version: 2.4\nName: a\nVersion: 1\nRequires-Dist: ${asked}\n`,
})

/** FastMCP of the SDK. */
const sdk = (
  around: Files,
  made = '"a"',
  run = 'mcp.run(transport="streamable-http")',
  from = 'mcp.server.fastmcp',
) => ({
  ...around,
  'pkg/server.py': `import argparse
import os
import uvicorn
from ${from} import FastMCP
from mcp.server.transport_security import TransportSecuritySettings

mcp = FastMCP(${made})

def main():
    args = argparse.ArgumentParser().parse_args()
    ${run}
`,
})

/** FastMCP of its own package. */
const own = (run: string, around: Files = locked('fastmcp', '4.1.0'), before = ''): Files => ({
  ...around,
  'pkg/server.py': `import os
import fastmcp
from fastmcp import FastMCP

mcp = FastMCP("a")
${before}

def main():
    ${run}
`,
})
const http = (options: string): string => `mcp.run(transport="http"${options})`
const spread = (body: string): Files =>
  own(http(', host="127.0.0.1", **guards(mcp)'), undefined, `def guards(server):\n    ${body}`)

describe('what FastMCP of the SDK does by itself', () => {
  const pin = pyproject('mcp>=1.26.0')
  const security = (on: string): string =>
    `"a", transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=${on})`
  const turnedOff = (condition: string): string =>
    `if ${condition}:\n        mcp.settings.transport_security = TransportSecuritySettings(enable_dns_rebinding_protection=False)\n    mcp.run(transport="sse")`
  const cases: [string, Files, string][] = [
    ['asked for from 1.26 on', sdk(pin), 'pass pass pass'],
    ['asked for by a wheel', sdk(wheel('mcp[cli]<2,>=1.23.0')), 'pass pass pass'],
    ['by its short path', sdk(pin, undefined, undefined, 'mcp.server'), 'pass pass pass'],
    ['locked at 1.23', sdk(locked('mcp', '1.23.0')), 'pass pass pass'],
    ['locked before', sdk(locked('mcp', '1.22.0')), 'fail fail pass'],
    ['asked for before', sdk(pyproject('mcp<1.23')), 'fail fail pass'],
    ['asked for in a range that holds both', sdk(wheel('mcp>=1.9.4')), 'unknown unknown pass'],
    ['made for localhost', sdk(pin, '"a", host="localhost"'), 'pass pass pass'],
    ['made for every address', sdk(pin, '"a", host="0.0.0.0"'), 'fail not-applicable fail'],
    ['made for an address from elsewhere', sdk(pin, '"a", host=read()'), 'unknown unknown unknown'],
    [
      'made for loopback, and listening elsewhere',
      sdk(pin, undefined, 'mcp.settings.host = "0.0.0.0"\n    mcp.run(transport="sse")'),
      'pass not-applicable fail',
    ],
    ['without its lists', sdk(pin, security('False')), 'fail fail pass'],
    ['with lists of its own', sdk(pin, security('True')), 'pass pass pass'],
    ['turned off when asked', sdk(pin, undefined, turnedOff('args.behind_proxy')), 'unknown unknown pass'],
    [
      'a class that extends it',
      {
        ...pin,
        'pkg/server.py': `from mcp.server.fastmcp import FastMCP\nclass Own(FastMCP):\n    pass\nmcp = Own("a")\nmcp.run(transport="sse")\n`,
      },
      'pass pass pass',
    ],
    [
      'a class that makes it for every address',
      {
        ...pin,
        'pkg/server.py': `from mcp.server.fastmcp import FastMCP\nclass Own(FastMCP):\n    def __init__(self):\n        super().__init__("a", host="0.0.0.0")\nmcp = Own()\nmcp.run(transport="sse")\n`,
      },
      'fail fail pass',
    ],
    [
      'a transport of its own beside it',
      sdk(
        pin,
        undefined,
        'from mcp.server.sse import SseServerTransport\n    serve(SseServerTransport("/messages/"))\n    uvicorn.run(app, host="127.0.0.1")',
      ),
      'fail fail pass',
    ],
  ]
  it.each(cases)('%s', async (_, files, wanted) => expect(await statuses(originValidation, files)).toBe(wanted))
})

describe('what FastMCP of the package fastmcp does when it is asked', () => {
  const cases: [string, Files, string][] = [
    ['it is not asked', own(http('')), 'fail fail pass'],
    ['the one version that did', own(http(''), locked('fastmcp', '3.4.3')), 'pass pass pass'],
    ['before there was anything to ask', own(http(''), locked('fastmcp', '2.1.0')), 'fail fail pass'],
    ['asked on loopback', own(http(', host_origin_protection="auto"')), 'pass pass pass'],
    [
      'asked on loopback, by the application',
      own('run(mcp.http_app(host_origin_protection=True))'),
      'pass pass unknown',
    ],
    [
      'asked on loopback alone',
      own(http(', host="0.0.0.0", host_origin_protection="auto"')),
      'fail not-applicable fail',
    ],
    ['asked everywhere', own(http(', host="0.0.0.0", host_origin_protection=True')), 'pass not-applicable fail'],
    ['turned off', own(http(', host_origin_protection=False')), 'fail fail pass'],
    ['left as it is', own(http(', host_origin_protection=None')), 'fail fail pass'],
    [
      'asked by a setting',
      own(`fastmcp.settings.http_host_origin_protection = "auto"\n    ${http('')}`),
      'pass pass pass',
    ],
    [
      'asked by a variable',
      own(`os.environ.setdefault("FASTMCP_HTTP_HOST_ORIGIN_PROTECTION", "auto")\n    ${http('')}`),
      'pass pass pass',
    ],
    [
      'asked by another variable',
      own(`os.environ.setdefault("FASTMCP_PORT", "auto")\n    ${http('')}`),
      'fail fail pass',
    ],
    ['spread', spread('return {"host_origin_protection": "auto"}'), 'pass pass pass'],
    [
      'spread at times',
      spread('if old(server):\n        return {}\n    return {"host_origin_protection": "auto"}'),
      'unknown unknown pass',
    ],
    ['spread without it', spread('return {"path": "/a"}'), 'fail fail pass'],
    ['spread from elsewhere', own(http(', host="127.0.0.1", **read()')), 'unknown unknown pass'],
  ]
  it.each(cases)('%s', async (_, files, wanted) => expect(await statuses(originValidation, files)).toBe(wanted))
})

describe('an application that is handed over', () => {
  const handed = (given: string, check = 'token != self._token', host = '0.0.0.0'): Files => ({
    ...pyproject('mcp>=1.26'),
    'pkg/server.py': `import hmac
import uvicorn
from mcp.server.fastmcp import FastMCP
from mcp.server.auth.middleware.bearer_auth import BearerAuthBackend
from starlette.middleware.authentication import AuthenticationMiddleware

class Verifier:
    def __init__(self, token):
        self._token = token
    async def verify_token(self, token):
        if ${check}:
            return None
        return AccessToken(token=token)

class Own(FastMCP):
    def streamable_http_app(self):
        app = super().streamable_http_app()
        app.add_middleware(AuthenticationMiddleware, backend=BearerAuthBackend(self._token_verifier))
        return app

mcp = Own("a", token_verifier=Verifier(read()))

def start(transport):
    if transport == "stdio":
        mcp.run(transport="stdio")
    else:
        uvicorn.run(${given}, host="${host}")
`,
  })
  const cases: [string, Files, string][] = [
    [
      'as a method, compared in constant time',
      handed('mcp.streamable_http_app', 'not hmac.compare_digest(token, self._token)'),
      'pass',
    ],
    ['as a method, compared by its characters', handed('mcp.streamable_http_app'), 'fail'],
    ['as a factory', handed('factory=True, app=mcp.streamable_http_app'), 'fail'],
    ['compared with nothing', handed('mcp.streamable_http_app', 'token is None'), 'pass'],
  ]
  it.each(cases)('%s', async (_, files, wanted) => expect(await statuses(authentication, files)).toBe(wanted))
  it('listens where it is told', async () => {
    expect(await statuses(originValidation, handed('mcp.sse_app', undefined, '127.0.0.1'))).toBe('pass pass pass')
  })
})

describe('a check on some paths', () => {
  const py = (test: string): Files => ({
    'pkg/server.py': `from fastmcp import FastMCP
mcp = FastMCP("a")
ADMIN = {"/api/connect", "/api/stop"}
ENDPOINTS = {"/mcp", "/api/stop"}
def is_in(path):
    return path.rstrip("/") in ADMIN
class Check:
    async def dispatch(self, request, call_next):
        if ${test}:
            return await call_next(request)
        if request.headers.get("authorization", "") not in KEYS:
            return JSONResponse({}, status_code=401)
        if request.headers.get("origin") not in ALLOWED:
            return JSONResponse({}, status_code=403)
        return await call_next(request)
app = mcp.http_app(middleware=[Check])
`,
  })
  const ts = (test: string): Files => ({
    'src/index.ts': `import express from 'express'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
const app = express()
const admin = ['/admin', '/stop']
app.use((req, res, next) => {
  if (${test}) return next()
  if (!keys.has(req.headers.authorization)) return res.status(401).end()
  if (!allowed.has(req.headers.origin)) return res.status(403).end()
  next()
})
app.post('/mcp', async (req, res) => {
  const transport = new StreamableHTTPServerTransport({})
  await transport.handleRequest(req, res, req.body)
})
app.listen(3000, '127.0.0.1')
`,
  })
  const cases: [string, Files, string][] = [
    ['of others', py('not is_in(request.url.path)'), 'unknown'],
    ['of others, by a list', py('request.url.path not in ADMIN'), 'unknown'],
    ['of the tools', py('not request.url.path.startswith("/mcp")'), 'pass'],
    ['of the tools, by a list', py('request.url.path not in ENDPOINTS'), 'pass'],
    ['of all but some', py('is_in(request.url.path)'), 'pass'],
    ['of others in TypeScript', ts('!admin.includes(req.path)'), 'unknown'],
    ['of the tools in TypeScript', ts(`req.path !== '/mcp'`), 'pass'],
    ['of all but some in TypeScript', ts('admin.includes(req.path)'), 'pass'],
  ]
  it.each(cases)('%s', async (_, files, wanted) => {
    expect((await statuses(originValidation, files)).split(' ')[0]).toBe(wanted)
    expect(await statuses(authentication, files)).toBe(wanted)
  })
})
