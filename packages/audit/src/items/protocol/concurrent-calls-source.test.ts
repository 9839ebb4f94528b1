import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import concurrentCalls from './concurrent-calls.ts'

const status = async (files: Files): Promise<string | undefined> =>
  (await judgeFiles(concurrentCalls, files)).verdicts.find(({ proof }) => proof === 'repository')?.status

const ts = (before: string, body: string, more: Files = {}): Files => ({
  'src/index.ts': `import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
const build = () => new McpServer({ name: 'a', version: '1' })
const app = express()
${before}
app.post('/mcp', async (req, res) => {
${body}
})
app.listen(3000, '127.0.0.1')`,
  ...more,
})

const py = (before: string, body: string): Files => ({
  'pkg/server.py': `from mcp.server.lowlevel import Server
from mcp.server.streamable_http import StreamableHTTPServerTransport
server = Server("a")
${before}
async def app(scope, receive, send):
${body}
`,
})

const stateless = 'new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })'

const sse = (connect: string, post: string, before = 'let transport: SSEServerTransport'): Files => ({
  'src/index.ts': `import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
const build = () => new McpServer({ name: 'a', version: '1' })
const app = express()
${before}
app.get('/sse', async (req, res) => {
  ${connect}
})
app.post('/messages', async (req, res) => {
  await ${post}.handlePostMessage(req, res)
})`,
})
const toAll =
  'for (const [, client] of this.clients.entries()) if (!client.res.writableEnded) client.res.write(`data: ${JSON.stringify(message)}`)'
const own = (send: string, use = 'await new Server().connect(new Hub())'): Files => ({
  'src/index.ts': `import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { createServer } from 'node:http'
class Hub {
  clients = new Map()
  async start() { createServer((req, res) => { this.clients.set(req.url, { res }) }).listen(3000, '127.0.0.1') }
  async send(message) {
    ${send}
  }
  async close() {}
}
export const hub = new Hub()
${use}`,
})
const connect = `transport = new SSEServerTransport('/messages', res)\nawait build().connect(transport)`

describe('concurrent-calls in the source', () => {
  it.each<[string, Files]>([
    ['one variable for the transports of all', sse(connect, 'transport')],
    [
      'one transport without sessions for all',
      ts(
        `const transport = ${stateless}\nawait build().connect(transport)`,
        'await transport.handleRequest(req, res, req.body)',
      ),
    ],
    [
      'one transport made in the function that starts the server',
      {
        'src/index.ts': `import express from 'express'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { build } from './build.js'
const main = async () => {
  const app = express()
  const http = ${stateless}
  app.post('/mcp', async (req, res) => { await http.handleRequest(req, res, req.body) })
  await build().connect(http)
  app.listen(3000)
}
main()`,
        'src/build.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
export const build = () => new McpServer({ name: 'a', version: '1' })`,
      },
    ],
    [
      'one server that is connected for each request',
      ts(
        `const server = build()`,
        `  const transport = ${stateless}\n  await server.connect(transport)\n  await transport.handleRequest(req, res, req.body)`,
      ),
    ],
    [
      'one transport that gets requests made anew',
      ts(
        `const transport = ${stateless}\nlet server`,
        `  if (!server) { server = build(); await server.connect(transport) }
  const incoming = adapt({ method: req.method, headers: Object.fromEntries(req.headers) })
  const answer = wrap(incoming)
  await transport.handleRequest(incoming, answer)`,
      ),
    ],
    [
      'one transport that gets a part of the request',
      ts(
        `const transport = ${stateless}\nawait build().connect(transport)`,
        '  return transport.handleRequest(req.raw)',
      ),
    ],
    [
      'one transport that gets requests made anew in Python',
      py(
        'transport = StreamableHTTPServerTransport(mcp_session_id=None)',
        '    given = adapt(scope)\n    await transport.handle_request(given, wrap(receive), wrap(send))',
      ),
    ],
    ['a transport of its own that sends to all', own(toAll)],
    [
      'a transport of its own that sends to each in a list',
      own(`const data = JSON.stringify(message)
    this.clients.forEach(client => client.res.write(data))`),
    ],
    [
      'a transport of its own over others',
      own(
        'const all = Object.entries(this.clients)\nfor (const [id, client] of all) { try { await client.send(message) } catch { gone.push(id) } }',
      ),
    ],
    [
      'one transport in Python',
      py(
        'transport = StreamableHTTPServerTransport(mcp_session_id=None)',
        '    await transport.handle_request(scope, receive, send)',
      ),
    ],
  ])('fails %s', async (_, files) => {
    expect(await status(files)).toBe('fail')
  })

  it.each<[string, Files]>([
    [
      'requests made anew for a transport of their own',
      ts(
        '',
        `  const transport = ${stateless}
  await build().connect(transport)
  await transport.handleRequest(adapt(req), wrap(res))`,
      ),
    ],
    [
      'a transport that is made where the program is, for requests of the program',
      ts(
        '',
        `  const serve = async options => {
    const transport = ${stateless}
    await build().connect(transport)
    await transport.handleRequest(new Request(options.url))
  }
  await serve({ url: req.url })`,
      ),
    ],
    [
      'a session that gets requests made anew',
      ts(
        'const sessions = new Map()',
        `await sessions.get(req.headers['mcp-session-id']).handleRequest(adapt(req), wrap(res))`,
      ),
    ],
    [
      'a transport that asks whom a message is for',
      own('for (const client of this.clients) if (client.pending.has(message.id)) client.res.write(message)'),
    ],
    [
      'a transport that sends what is no answer to all',
      own(`if (isResponse(message)) return this.answer(message)
    for (const client of this.clients) client.res.write(JSON.stringify(message))`),
    ],
    ['a transport of one client', own('this.res.write(JSON.stringify(message))')],
    ['a transport that sends in parts', own('for (const part of split(message)) this.res.write(part)')],
    ['a hub of events that is no transport', own(toAll, '')],
    ['one variable for one client', sse(`if (transport) return res.status(409).end()\n${connect}`, 'transport')],
    [
      'a table of transports',
      sse(
        `const transport = new SSEServerTransport('/messages', res)\ntransports[transport.sessionId] = transport`,
        'transports[req.query.sessionId]',
        'const transports = {}',
      ),
    ],
    [
      'a transport and a server for each request',
      ts(
        '',
        `  const server = build()\n  const transport = ${stateless}\n  await server.connect(transport)\n  await transport.handleRequest(req, res, req.body)`,
      ),
    ],
    [
      'a transport for each session',
      ts(
        'const sessions = new Map()',
        `  let transport = sessions.get(req.headers['mcp-session-id'])
  if (!transport) {
    transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => crypto.randomUUID() })
    await build().connect(transport)
  }
  await transport.handleRequest(req, res, req.body)`,
      ),
    ],
    [
      'one transport that keeps its session',
      ts(
        `const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => crypto.randomUUID() })`,
        'await transport.handleRequest(req, res, req.body)',
      ),
    ],
    [
      'a function around each request',
      ts(
        `const serve = async (req, res) => {
  const transport = ${stateless}
  await build().connect(transport)
  await new Promise(resolve => { transport.handleRequest(req, res).then(resolve) })
}`,
        'await serve(req, res)',
      ),
    ],
    [
      'a transport for each request in Python',
      py(
        '',
        `    transport = StreamableHTTPServerTransport(mcp_session_id=None)
    await transport.handle_request(scope, receive, send)`,
      ),
    ],
  ])('does not fail %s', async (_, files) => {
    expect(await status(files)).toBe('unknown')
  })
})

describe('concurrent-calls where a class of the source hands messages on', () => {
  it('says that nothing is shared only where nothing is', async () => {
    const because = async (files: Files): Promise<string> =>
      JSON.stringify((await judgeFiles(concurrentCalls, files)).verdicts.find(({ proof }) => proof === 'repository'))
    expect(await because(own(toAll, ''))).toContain('whether it carries answers of MCP was not decided')
    expect(await because(own('this.res.write(message)'))).toContain('no transport is shared')
  })
})
