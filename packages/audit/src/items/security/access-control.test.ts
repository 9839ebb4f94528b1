import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import accessControl from './access-control.ts'

const server = (handling: string, token = 'process.env.NOTES_TOKEN', host = '0.0.0.0'): Files => ({
  'package.json': JSON.stringify({ name: 'a', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
  'src/index.ts': `import { AsyncLocalStorage } from 'node:async_hooks'
import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
const current = new AsyncLocalStorage<string>()
const app = express()
app.use((req, res, next) => {
  const token = req.headers.authorization
  ${handling}
})
app.post('/mcp', async (req, res) => {
  const server = new McpServer({ name: 'a', version: '1' })
  server.registerTool('work', {}, async () =>
    fetch('https://a.example', { headers: { authorization: current.getStore() ?? ${token} } }))
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  await server.connect(transport)
  await transport.handleRequest(req, res, req.body)
})
app.listen(3000, '${host}')`,
})

const lenient = 'if (token) current.run(token, next)\n  else next()'

describe('rights of a request without a credential', () => {
  it('fails where they are those of the server', async () => {
    const result = await judgeFiles(accessControl, server(lenient))
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain('gets the rights of NOTES_TOKEN')
  })
  it.each([
    ['a refusal', server(`if (!token) return res.status(401).end()\n  current.run(token, next)`)],
    ['no credential of the server', server(lenient, "''")],
    ['a server that no other machine reaches', server(lenient, undefined, '127.0.0.1')],
    ['a credential over stdio alone', server(lenient, '(isStdio ? process.env.NOTES_TOKEN : undefined)')],
  ])('does not fail with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(accessControl, files)
    expect(status, JSON.stringify(verdicts)).not.toBe('fail')
  })
})
