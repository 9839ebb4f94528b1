import { describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import accessControl from './access-control.ts'
import authentication from './authentication.ts'
import originValidation from './origin-validation.ts'

const of = async (item: Item, files: Files) =>
  (await judgeFiles(item, files)).verdicts.filter(({ proof }) => proof === 'repository')
/** Of the Origin, of the Host, and of the address. */
const origin = async (files: Files): Promise<string> =>
  (await of(originValidation, files)).map(({ status }) => status).join(' ')
const nothing = 'not-applicable not-applicable not-applicable'
const open = 'unknown unknown fail'
const unread = 'unknown unknown unknown'

const ts = (opening: string, imports = `import http from 'node:http'`, rest = ''): Files => ({
  'src/index.ts': `${imports}
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
${rest}
async function main() {
  const server = new McpServer({ name: 'a', version: '1' })
  ${opening}
  await server.connect(new StdioServerTransport())
}
main().catch(() => process.exit(1))`,
})
const py = (
  opening: string,
  imports = 'from http.server import HTTPServer, BaseHTTPRequestHandler',
  rest = '',
): Files => ({
  'pkg/server.py': `import os
import threading
from mcp.server.fastmcp import FastMCP
${imports}

mcp = FastMCP("a")
${rest}

def main():
    ${opening.replaceAll('\n', '\n    ')}
    mcp.run()

if __name__ == "__main__":
    main()
`,
})

describe('a port beside stdio', () => {
  it.each([
    ['http', ts('const port = http.createServer(answer)\nport.listen(3001, () => console.error("up"))')],
    ['assigned', ts('let port\ntry { port = http.createServer()\nport.listen(3001) } catch {}')],
    ['not in tests', ts(`if (process.env.NODE_ENV !== 'test') { http.createServer(answer).listen(3001) }`)],
    ['express', ts('express().listen(3001)', `import express from 'express'`)],
    ['WebSocket', ts('new WebSocketServer({ port: 9 })', `import { WebSocketServer } from 'ws'`)],
    [
      'in a class',
      ts(
        'new Monitor().start()',
        `import express from 'express'`,
        'class Monitor { constructor() { this.app = express() }\nstart() { this.app.listen(9090) } }',
      ),
    ],
    [
      'until the end',
      ts(`const port = http.createServer(answer).listen(3001)\nprocess.on('SIGTERM', () => port.close())`),
    ],
    [
      'until the end, by name',
      ts(
        `const port = http.createServer(answer).listen(3001)\nconst end = () => port.close()\nprocess.on('SIGTERM', end)`,
      ),
    ],
    ['HTTPServer', py('web = HTTPServer(("", 8000), Answer)\nthreading.Thread(target=web.serve_forever).start()')],
    [
      'HTTPServer until the end',
      py('web = HTTPServer(("", 8000), Answer)\ntry:\n    web.serve_forever()\nfinally:\n    web.server_close()'),
    ],
    ['uvicorn', py('uvicorn.run(app, host="0.0.0.0", port=8000)', 'import uvicorn')],
    ['aiohttp', py('web.run_app(app, port=8000)', 'from aiohttp import web')],
    ['websockets', py('websockets.serve(answer, "0.0.0.0", 8765)', 'import websockets')],
    [
      'named by the package',
      {
        'pkg/server.py': `from http.server import HTTPServer
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("a")

def main():
    HTTPServer(("0.0.0.0", 8000), Answer).serve_forever()
    mcp.run()
`,
      },
    ],
  ])('%s on all addresses is open to the network', async (_, files) => {
    expect(await origin(files)).toBe(open)
    expect((await of(accessControl, files)).map(({ status }) => status)).toContain('unknown')
    const [asked] = await of(authentication, files)
    expect(asked?.status).toBe('unknown')
    expect(JSON.stringify(asked)).toContain('listens beside stdio; what it serves is not read')
  })

  it.each([
    ['http', ts(`http.createServer(answer).listen(3001, '127.0.0.1')`)],
    ['HTTPServer', py('HTTPServer(("127.0.0.1", 8000), Answer).serve_forever()')],
    ['uvicorn', py('uvicorn.run(app, port=8000)', 'import uvicorn')],
  ])('%s on loopback is for this machine', async (_, files) => {
    expect(await origin(files)).toBe('unknown unknown pass')
    expect((await of(accessControl, files)).map(({ status }) => status)).toContain('unknown')
    expect((await of(authentication, files)).map(({ status }) => status)).toEqual(['not-applicable'])
  })

  it.each([
    ['only where it is asked for', ts('if (process.env.MONITOR) http.createServer(answer).listen(3001)')],
    ['unless told', ts('if (!process.env.MONITOR) return\nhttp.createServer(answer).listen(3001)')],
    ['an option that is not read', ts('if (options.monitor) http.createServer(answer).listen(3001)')],
    ['an address that is not read', ts('http.createServer(answer).listen(3001, options.host)')],
    [
      'one that asks for a credential',
      ts(`http.createServer((req, res) => {
      if (req.headers.authorization !== expected) { res.writeHead(401).end(); return }
      res.end()
    }).listen(3001)`),
    ],
    [
      'what a tool opens',
      ts(
        `server.registerTool('a', {}, async () => { http.createServer(answer).listen(3001); return { content: [] } })`,
      ),
    ],
    [
      'a login',
      ts(
        `http.createServer((req, res) => { const code = new URL(req.url, 'http://a').searchParams.get('code')\nres.end() }).listen(3001)`,
      ),
    ],
    [
      'what is closed again',
      ts('const port = http.createServer((req, res) => { res.end()\nport.close() })\nport.listen(3001)'),
    ],
    ['only bytes', ts('net.createServer(answer).listen(3001)', `import net from 'node:net'`)],
    ['asked for, in Python', py('if os.environ.get("MONITOR"):\n    HTTPServer(("", 8000), Answer).serve_forever()')],
    ['one request, in Python', py('web = HTTPServer(("", 8000), Answer)\nweb.handle_request()')],
  ])('of %s nothing more is said', async (_, files) => {
    expect(await origin(files)).toBe(unread)
  })

  it.each([
    [
      'a login on loopback',
      ts(`http.createServer((req, res) => { const { code } = req.query\nres.end() }).listen(3001, 'localhost')`),
    ],
    [
      'closed again on loopback',
      ts(`const port = http.createServer((req, res) => { res.end()\nport.close() })\nport.listen(3001, '127.0.0.1')`),
    ],
    [
      'a free port',
      ts('const port = net.createServer()\nport.listen(0, () => { port.close() })', `import net from 'node:net'`),
    ],
    ['a file', ts(`net.createServer(answer).listen({ path: '/tmp/a.sock' })`, `import net from 'node:net'`)],
    ['another file', ts(`http.createServer(answer).listen(socketPath)`)],
    ['a client', ts(`new WebSocket('ws://localhost:9')`, `import { WebSocket } from 'ws'`)],
    ['a server of others', ts('new WebSocketServer({ noServer: true })', `import { WebSocketServer } from 'ws'`)],
    ['what listens to events', ts(`bus.listen('change', answer)`, `import bus from './bus.js'`)],
    [
      'what nobody calls',
      ts('', `import http from 'node:http'`, 'function preview() { http.createServer(answer).listen(3001) }'),
    ],
    [
      'a file that nobody imports',
      { ...ts(''), 'src/preview.ts': `import http from 'node:http'\nhttp.createServer(answer).listen(3001)` },
    ],
    ['a login in Python', py('web = HTTPServer(("localhost", 8000), Answer)\nweb.handle_request()')],
    [
      'what nobody calls, in Python',
      py(
        'pass',
        'from http.server import HTTPServer',
        'def preview():\n    HTTPServer(("", 8000), Answer).serve_forever()',
      ),
    ],
  ])('%s is none', async (_, files) => {
    expect(await origin(files)).toBe(nothing)
  })
})
