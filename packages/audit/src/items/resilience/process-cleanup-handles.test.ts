import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import processCleanup from './process-cleanup.ts'

const ts = (imports: string, before: string, after = '', top = ''): Files => ({
  'src/a.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
${imports}
${top}
const main = async () => {
  ${before}
  await new McpServer({}).connect(new StdioServerTransport())
  ${after}
}
main().catch(report)`,
})
const py = (top: string, start: string): Files => ({
  'pkg/a.py': `import threading, time
from http.server import HTTPServer, BaseHTTPRequestHandler
from mcp.server.fastmcp import FastMCP
server = FastMCP("a")
${top}
def main():
    ${start}
    server.run()
if __name__ == "__main__":
    main()
`,
})
const http = `import http from 'node:http'`
const open = 'const bridge = http.createServer(answer)\nbridge.listen(3000)'
const repl = `class Repl {
  start() { this.child = spawn('cli', ['repl']) }
  run(line) { this.child?.stdin?.write(line) }
}`
const poller = (first: string) => `class Poller(threading.Thread):
    ${first}
    def run(self):
        while True:
            time.sleep(5)`
const ending = `process.stdin.on('end', () => process.exit(0))`

const status = async (files: Files) =>
  (await judgeFiles(processCleanup, files)).verdicts.find(({ proof }) => proof === 'repository')?.status

describe('process-cleanup of handles that stay open', () => {
  it.each<[string, Files]>([
    ['a server', ts(http, open)],
    ['an application', ts(`import express from 'express'`, 'const app = express()\napp.listen(3000)')],
    ['a WebSocket server', ts(`import { WebSocketServer } from 'ws'`, '', '', 'new WebSocketServer({ port: 3000 })')],
    ['a watcher', ts(`import chokidar from 'chokidar'`, '', `chokidar.watch('docs')`)],
    ['a program that is written to', ts(`import { spawn } from 'node:child_process'`, 'new Repl().start()', '', repl)],
    ['a thread of a class', py(poller('pass'), 'Poller().start()')],
    [
      'a thread that serves',
      py('httpd = HTTPServer(A, BaseHTTPRequestHandler)', 'threading.Thread(target=httpd.serve_forever).start()'),
    ],
  ])('fails %s', async (_, files) => {
    expect(await status(files)).toBe('fail')
  })

  it.each<[string, Files]>([
    ['a server', ts(http, `${open}\n${ending}`)],
    ['a program', ts(`import { spawn } from 'node:child_process'`, ending, '', repl)],
  ])('passes %s when the end of the input is noticed', async (_, files) => {
    expect(await status(files)).toBe('pass')
  })

  it.each<[string, Files]>([
    ['a server that is let go', ts(http, `${open}\nbridge.unref()`)],
    ['a server of another transport', ts(http, `if (process.env.HTTP) { ${open}\nreturn }`)],
    [
      'a WebSocket server on a server of others',
      ts(`import { WebSocketServer } from 'ws'`, 'new WebSocketServer({ server })'),
    ],
    [
      'a watcher that does not hold',
      ts(`import fs from 'node:fs'`, '', `fs.watch('docs', { persistent: false }, seen)`),
    ],
    ['a daemon of a class', py(poller('daemon = True'), 'Poller().start()')],
  ])('leaves out %s', async (_, files) => {
    expect(await status(files)).toBe('not-applicable')
  })

  it('leaves out what comes after a start that may have left', async () => {
    const files = ts(http, 'if (process.env.STDIO) { await serve()\nreturn }', open)
    expect(await status(files)).toBe('not-applicable')
  })
})
