import { describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import accessControl from './access-control.ts'
import authentication from './authentication.ts'
import originValidation from './origin-validation.ts'

/** The statuses of what is decided by reading. */
const statuses = async (item: Item, files: Files): Promise<string[]> =>
  (await judgeFiles(item, files)).verdicts.filter(({ proof }) => proof === 'repository').map(({ status }) => status)

const ts = (
  before: string,
  listen = `app.listen(3000, '127.0.0.1')`,
  options = '{ sessionIdGenerator: undefined }',
): Files => ({
  'src/index.ts': `import { createHash, timingSafeEqual } from 'node:crypto'
import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
const app = express()
${before}
app.post('/mcp', async (req, res) => {
  const server = new McpServer({ name: 'a', version: '1' })
  const transport = new StreamableHTTPServerTransport(${options})
  await server.connect(transport)
  await transport.handleRequest(req, res, req.body)
})
${listen}`,
})
const py = (made = '', run = 'transport="http"', before = ''): Files => ({
  'pkg/server.py': `import argparse
import os
from fastmcp import FastMCP
${before}
mcp = FastMCP("a"${made})

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="0.0.0.0")
    args = parser.parse_args()
    mcp.run(${run})
`,
})
const stdio: Files = {
  'src/index.ts': `import { serveStdio } from '@modelcontextprotocol/server/stdio'\nserveStdio(() => build())`,
}

const middleware = (test: string): string => `app.use((req, res, next) => {
  const token = (req.headers.authorization ?? '').slice(7)
  if (${test}) return res.status(401).end()
  next()
})`

const optional = `const token = process.env.TOKEN
if (token) {
  ${middleware('!timingSafeEqual(Buffer.from(token), expected)')}
}`
const lenient = `const expected = process.env.TOKEN
app.use((req, res, next) => {
  if (!expected) return next()
  if (!timingSafeEqual(Buffer.from(req.headers.authorization), Buffer.from(expected))) return res.status(401).end()
  next()
})`

/** The same route, with a check in one branch and without it in the other. */
const branched = (test: string, other = "app.post('/mcp', serve)"): Files => ({
  'src/index.ts': `import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
const app = express()
const serve = async (req, res) => {
  const server = new McpServer({ name: 'a', version: '1' })
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  await server.connect(transport)
  await transport.handleRequest(req, res, req.body)
}
const isLocked = ${test}
if (isLocked) {
  app.post('/mcp', requireBearerAuth({ verifier }), serve)
} else {
  ${other}
}
app.listen(3000)`,
})

describe('authentication in the source', () => {
  const cases: [string, Files, string][] = [
    ['a middleware of its own', ts(middleware('!timingSafeEqual(Buffer.from(token), expected)')), 'pass'],
    [
      'hashes that are compared',
      ts(middleware(`createHash('sha256').update(token).digest('hex') !== secretHash`)),
      'pass',
    ],
    ['requireBearerAuth', ts('app.use(requireBearerAuth({ verifier }))', 'app.listen(3000)'), 'pass'],
    ['auth= of FastMCP', py(', auth=provider', 'transport="http", host="0.0.0.0"'), 'pass'],
    ['compared by !==', ts(middleware('token !== secretToken')), 'fail'],
    ['a middleware that is mounted once a token is set', ts(optional, 'app.listen(3000)'), 'fail'],
    ['a middleware that lets pass while no token is set', ts(lenient, 'app.listen(3000)'), 'fail'],
    ['the same on loopback', ts(optional), 'not-applicable'],
    [
      'a check in one branch, which an option asks for',
      branched("process.argv.includes('--http') && process.argv.includes('--auth')"),
      'fail',
    ],
    ['a check in one branch, which a variable takes away', branched("process.env.AUTH !== 'off'"), 'pass'],
    ['a check in one branch of which nothing is known', branched('settings.locked'), 'unknown'],
    [
      'a check in both branches',
      branched('settings.locked', "app.post('/mcp', requireBearerAuth(other), serve)"),
      'pass',
    ],
    ['every address', ts('', 'app.listen(3000)'), 'fail'],
    ['every address unless set', ts('', `app.listen(3000, process.env.HOST || '0.0.0.0')`), 'fail'],
    ['imported and not used', ts('', 'app.listen(3000)'), 'fail'],
    ['an option whose default is every address', py('', 'transport="sse", host=args.host'), 'fail'],
    ['an environment variable', py('', 'transport="http", host=os.getenv("HOST", "0.0.0.0")'), 'fail'],
    ['loopback', ts(''), 'not-applicable'],
    ['loopback unless set', py('', 'transport="http", host=os.environ.get("HOST", "localhost")'), 'not-applicable'],
    ['stdio', stdio, 'not-applicable'],
    ['an address from elsewhere', ts('', 'app.listen(3000, config().host)'), 'unknown'],
    ['a transport from elsewhere', py('', '**options'), 'unknown'],
  ]
  it.each(cases)('%s', async (_, files, status) => expect(await statuses(authentication, files)).toEqual([status]))
})

describe('origin-validation in the source', () => {
  const both = `{ enableDnsRebindingProtection: true, allowedHosts: ['localhost'], allowedOrigins: ['http://localhost'] }`
  const own = `const allowed = new Set(['http://localhost:3000'])
app.use((req, res, next) => {
  if (req.headers.origin && !allowed.has(req.headers.origin)) return res.status(403).end()
  if (!['localhost'].includes(req.headers.host)) return res.status(403).end()
  next()
})`
  const mutual = `app.use((req, res, next) => {
  if (new URL(req.headers.origin).host !== req.headers.host) return res.status(403).end()
  next()
})`
  const cases: [string, Files, string[]][] = [
    ['the transport looks', ts('', undefined, both), ['pass', 'pass', 'pass']],
    ['a middleware of its own', ts(own), ['pass', 'pass', 'pass']],
    ['a check in one branch', branched("process.argv.includes('--auth')"), ['unknown', 'not-applicable', 'fail']],
    ['an address from elsewhere', ts('', 'app.listen(3000, config().host)'), ['fail', 'unknown', 'unknown']],
    ['nothing looks', ts(''), ['fail', 'fail', 'pass']],
    ['on without lists', ts('', undefined, '{ enableDnsRebindingProtection: true }'), ['fail', 'fail', 'pass']],
    [
      'on unless turned off',
      ts(
        `const on = process.env.P !== 'false'`,
        undefined,
        `{ enableDnsRebindingProtection: on, allowedHosts: ['a'], allowedOrigins: ['b'] }`,
      ),
      ['pass', 'pass', 'pass'],
    ],
    [
      'off unless set',
      ts('', undefined, `{ enableDnsRebindingProtection: process.env.P === 'true', allowedHosts: ['a'] }`),
      ['fail', 'fail', 'pass'],
    ],
    ['Origin is compared with Host', ts(mutual), ['fail', 'fail', 'pass']],
    [
      'Origin is compared with a Host of certain characters',
      ts(
        mutual.replace(
          '  if (',
          "  if (/[\\s/@?#]/.test(req.headers.host ?? '')) return res.status(400).end()\n  if (",
        ),
      ),
      ['fail', 'fail', 'pass'],
    ],
    ['every address', ts('', 'app.listen(3000)'), ['fail', 'not-applicable', 'fail']],
    [
      'behind credentials',
      ts('app.use(requireBearerAuth({ verifier }))', 'app.listen(3000)'),
      ['unknown', 'not-applicable', 'pass'],
    ],
    ['stdio', stdio, ['not-applicable', 'not-applicable', 'not-applicable']],
  ]
  it.each(cases)('%s', async (_, files, wanted) => expect(await statuses(originValidation, files)).toEqual(wanted))
})

describe('access-control in the source', () => {
  const low = (list: string, call: string): Files => ({
    'src/index.ts': `import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
const allowedTools = process.env.ALLOWED_TOOLS?.split(',') ?? []
const all = [{ name: 'read', inputSchema: { type: 'object' } }]
const server = new Server({ name: 'a', version: '1' }, {})
const refuse = name => { if (!allowedTools.includes(name)) throw new Error('not allowed') }
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: ${list} }))
server.setRequestHandler(CallToolRequestSchema, async request => { ${call} return work(request) })
await server.connect(new StdioServerTransport())`,
  })
  const filter = 'all.filter(({ name }) => allowedTools.includes(name))'
  const lowPy = (call: string): Files => ({
    'pkg/server.py': `from mcp.server import Server
from mcp.server.stdio import stdio_server
server = Server("a")
READ_ONLY = True

@server.list_tools()
async def visible():
    return [tool for tool in TOOLS if not READ_ONLY or tool.name in SAFE]

@server.call_tool()
async def call(name, arguments):
    ${call}
    return await work(name, arguments)

async def main():
    async with stdio_server() as streams:
        await server.run(*streams)
`,
  })
  const cases: [string, Files, string][] = [
    [
      'asked at the call',
      low(filter, `if (!allowedTools.includes(request.params.name)) throw new Error('no')`),
      'pass',
    ],
    ['asked in a function', low(filter, 'refuse(request.params.name)'), 'pass'],
    [
      'asked at the call in Python',
      lowPy('if READ_ONLY and name not in SAFE:\n        raise ValueError(name)'),
      'pass',
    ],
    [
      'asked at the call in two steps',
      low(filter, `if (allowedTools.length > 0) { if (!allowedTools.includes(request.params.name)) return refused }`),
      'pass',
    ],
    ['hidden only', low(filter, ''), 'fail'],
    [
      'told to the log alone',
      low(filter, `if (!allowedTools.includes(request.params.name)) console.error('no')`),
      'fail',
    ],
    [
      'hidden by a list of another name',
      { 'src/index.ts': (low(filter, '')['src/index.ts'] ?? '').replaceAll('allowedTools', 'selected') },
      'fail',
    ],
    [
      'hidden by a function',
      {
        'src/index.ts': (low('visible()', '')['src/index.ts'] ?? '')
          .replace('const refuse', `const visible = () => ${filter}\nconst refuse`)
          .replaceAll('allowedTools', 'selected'),
      },
      'fail',
    ],
    ['hidden by a choice', low('allowedTools.length > 0 ? [] : all', ''), 'fail'],
    ['hidden only in Python', lowPy('pass'), 'fail'],
    ['stdio', low('all', ''), 'not-applicable'],
    ['one principal over HTTP', ts(''), 'not-applicable'],
    ['principals whose rights nobody asks', ts('app.use(requireBearerAuth({ verifier }))'), 'unknown'],
    ['no start', { 'src/a.ts': 'fetch(u)' }, 'unknown'],
  ]
  it.each(cases)('%s', async (_, files, status) => expect(await statuses(accessControl, files)).toEqual([status]))
})
