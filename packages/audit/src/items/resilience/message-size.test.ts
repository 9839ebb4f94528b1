import { describe, expect, it } from 'vitest'
import type { BigMessage } from '../../gather/overload.ts'
import { answerTo } from '../../testing/judging.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import messageSize from './message-size.ts'

const served: BigMessage = {
  megabytes: 12,
  answer: 'error -32600: too large',
  answered: true,
  refusedWithoutId: false,
  afterwards: 'a result',
  serves: true,
  exit: null,
}
const judge = (seen: Partial<BigMessage>) => answerTo(messageSize, { overload: { big: { ...served, ...seen } } })

describe('message-size', () => {
  it.each([
    ['an answer', {}],
    ['a refusal without an id', { answered: false, refusedWithoutId: true }],
  ])('passes %s', (_, seen) => {
    expect(judge(seen).status).toBe('pass')
  })

  it.each([
    ['an end with exit code 0', { answered: false, serves: false, exit: { code: 0, signal: null, ms: 9 } }],
    ['a deaf process', { answered: false, serves: false }],
    ['a message that is lost without a word', { answered: false }],
  ])('fails %s', (_, seen) => {
    expect(judge(seen).status).toBe('fail')
  })
})

const ts = (reading: string, handle = 'const body = await bodyOf(request)', before = ''): Files => ({
  'src/index.ts': `import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import getRawBody from 'raw-body'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { bodyOf } from './body.js'
${before}
const server = new McpServer({ name: 'a', version: '1' })
const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
await server.connect(transport)
createServer(async (request, response) => {
  ${handle}
  await transport.handleRequest(request, response, body)
}).listen(3000, '0.0.0.0')`,
  'src/body.ts': `export const bodyOf = request => new Promise((resolve, reject) => {
  let body = ''
  let size = 0
  const parts = []
  ${reading}
  request.on('end', () => resolve(JSON.parse(body)))
})`,
})
const inLoop = (inside: string, first = ''): Files => {
  const files = ts('')
  return {
    ...files,
    'src/body.ts': `export async function bodyOf(request) {
  ${first}
  const parts = []
  let size = 0
  for await (const part of request) { ${inside} }
  return JSON.parse(Buffer.concat(parts))
}`,
  }
}
const route = (body: string, more = '', arguments_ = 'request: Request'): Files => ({
  'pkg/server.py': `from fastmcp import FastMCP
from starlette.requests import Request
from starlette.responses import JSONResponse

mcp = FastMCP("a")
${more}

@mcp.custom_route("/hook", methods=["POST"])
async def hook(${arguments_}):
${body.replaceAll(/^/gm, '    ')}
    return JSONResponse({})

mcp.run(transport="http", host="0.0.0.0", port=3000)
`,
})
const handler = (body: string): Files => ({
  'pkg/server.py': `from http.server import BaseHTTPRequestHandler, HTTPServer
from fastmcp import FastMCP

mcp = FastMCP("a")
MAX = 1000

class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
${body.replaceAll(/^/gm, '        ')}

HTTPServer(("0.0.0.0", 3001), Hook)
mcp.run(transport="http", host="0.0.0.0", port=3000)
`,
})
const readOf = async (files: Files): Promise<string | undefined> => (await judgeFiles(messageSize, files)).status

describe('message-size by reading', () => {
  it.each<[string, Files]>([
    ['a body that is joined', ts(`request.on('data', chunk => { body += chunk.toString() })`)],
    ['parts of a body', ts(`request.on('data', chunk => parts.push(chunk)).on('end', () => resolve(parts))`)],
    ['parts in a loop', inLoop('parts.push(part)')],
    ['parts in a loop that are counted', inLoop('size += part.length; parts.push(part)')],
    [
      'a body that comes in a record',
      ts(
        '',
        'let body = ""\n  await read({ request, response })',
        'const read = async ({ request }) => { let all = ""; for await (const part of request) all += part }',
      ),
    ],
    ['a reader of Node', ts('', 'const body = JSON.parse(await text(request))')],
    ['a reader without a limit', ts('', 'const body = await getRawBody(request)')],
    [
      'a look at who calls that comes too late',
      ts(
        `request.on('data', chunk => { body += chunk })`,
        'const body = await bodyOf(request)\n  if (!request.headers.authorization) return response.writeHead(401).end()',
      ),
    ],
    ['parts of a stream in Python', route('parts = []\nasync for part in request.stream():\n    parts.append(part)')],
    ['a handler of http.server', handler('length = int(self.headers["Content-Length"])\nself.rfile.read(length)')],
  ])('fails %s', async (_, files) => expect(await readOf(files)).toBe('fail'))

  it.each<[string, Files]>([
    [
      'a body of which the size is looked at',
      ts(
        `request.on('data', chunk => { size += chunk.length; if (size > 4096) { request.destroy(); return reject(new Error()) } body += chunk })`,
      ),
    ],
    [
      'parts of which the size is looked at',
      inLoop('size += part.length\n    if (size > 4096) throw new Error()\n    parts.push(part)'),
    ],
    [
      'a length that is told',
      inLoop('parts.push(part)', `if (Number(request.headers['content-length']) > 4096) throw new Error()`),
    ],
    ['what Starlette reads as its endpoint for MCP does', route('data = await request.json()')],
    ['what is only counted', ts(`request.on('data', chunk => { size += chunk.length })`)],
    ['what is handed on', ts(`request.on('data', chunk => { upstream.write(chunk) })`)],
    ['a reader with a limit', ts('', `const body = await getRawBody(request, { limit: '1mb' })`)],
    [
      'a body of those who may come in',
      ts(
        `request.on('data', chunk => { body += chunk })`,
        'if (!isKnown(request)) return response.writeHead(401).end()\n  const body = await bodyOf(request)',
      ),
    ],
    [
      'an answer that the server asked for',
      ts(
        '',
        'const body = await new Promise(resolve => get("http://other", answer => { let all = ""; answer.on("data", part => { all += part }) }))',
        `import { get } from 'node:https'`,
      ),
    ],
    [
      'a server on the loopback interface',
      {
        'src/index.ts': (ts('')['src/index.ts'] ?? '').replace('0.0.0.0', '127.0.0.1'),
        'src/body.ts': ts(`request.on('data', chunk => { body += chunk })`)['src/body.ts'] ?? '',
      },
    ],
    [
      'a route that looks at the length',
      route(
        'if int(request.headers["content-length"]) > 4096:\n    return JSONResponse({}, 413)\ndata = await request.json()',
      ),
    ],
    [
      'a route that asks who calls',
      route('if not known(request):\n    return JSONResponse({}, 401)\ndata = await request.json()'),
    ],
    [
      'a route behind something',
      route('data = await request.json()', 'app = mcp.http_app()\napp.add_middleware(LimitBody)'),
    ],
    ['a function of another request', route('data = await request.json()', '', 'request')],
    [
      'a request of aiohttp, which has a limit',
      route('data = await request.json()', 'from aiohttp import web', 'request: web.Request'),
    ],
    [
      'a route that depends on who calls',
      route('data = await request.json()', 'from fastapi import Depends', 'request: Request, user=Depends(known)'),
    ],
    ['a route without a body', route('data = request.query_params')],
    [
      'a handler of http.server with a largest length',
      handler('length = min(int(self.headers["Content-Length"]), MAX)\nself.rfile.read(length)'),
    ],
    ['a handler of http.server that reads a part', handler('self.rfile.read(1024)')],
  ])('leaves %s open', async (_, files) => expect(await readOf(files)).toBe('unknown'))
})
