import { describe, expect, it } from 'vitest'
import type { Origins } from '../../gather/origins.ts'
import { answerTo } from '../../testing/judging.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import originValidation from './origin-validation.ts'

const refused = (at: string) => ({ at, status: 'HTTP 403', served: false, refused: true })
const served = (at: string) => ({ at, status: 'HTTP 200', served: true, refused: false })
const strict: Origins = {
  url: 'http://127.0.0.1:1/mcp',
  loopback: true,
  origins: [refused('POST with Origin: http://evil.example'), refused('GET with Origin: http://evil.example')],
  hosts: [refused('POST with Host: evil.example')],
  outside: { address: '10.0.0.2', reachable: false, withoutCredentials: false },
}
const judge = (seen: Partial<Origins>) =>
  [0, 1, 2].map(question => answerTo(originValidation, { origins: { ...strict, ...seen } }, question).status)

describe('origin-validation', () => {
  it('passes a strict server', () => {
    expect(judge({})).toEqual(['pass', 'pass', 'pass'])
  })

  it('does not take silence for a refusal', () => {
    const silent = { at: 'POST', status: 'no answer (TIMEOUT)', served: false, refused: false }
    expect(judge({ origins: [silent], hosts: [silent] })).toEqual(['unknown', 'unknown', 'pass'])
  })

  it('fails each of the three on its own', () => {
    expect(judge({ origins: [refused('POST'), served('GET')] })).toEqual(['fail', 'pass', 'pass'])
    expect(judge({ hosts: [served('POST')] })).toEqual(['pass', 'fail', 'pass'])
    const open = { address: '10.0.0.2', reachable: true, withoutCredentials: true }
    expect(judge({ outside: open })).toEqual(['pass', 'pass', 'fail'])
  })

  it('lets a server that asks for credentials listen outside', () => {
    expect(judge({ outside: { address: '10.0.0.2', reachable: true, withoutCredentials: false } })[2]).toBe('pass')
  })

  it('leaves the host names of a remote server to its proxy', () => {
    expect(judge({ loopback: false, hosts: [], outside: null })).toEqual(['pass', 'not-applicable', 'not-applicable'])
  })
})

const listens = async (files: Files): Promise<string | undefined> =>
  (await judgeFiles(originValidation, files)).verdicts.find(({ asks }) => asks.startsWith('Does the source listen'))
    ?.status

const ts = (mounted: string, listen = `app.listen(3000, '0.0.0.0')`): Files => ({
  'src/index.ts': `import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
const settings = readSettings()
const token = process.env.TOKEN
const app = express()
const protect = (request, response, next) => {
  if (!isRight(request.headers.authorization, token)) return response.status(401).end()
  next()
}
${mounted}
app.post('/mcp', async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  await new McpServer({ name: 'a', version: '1' }).connect(transport)
  await transport.handleRequest(request, response, request.body)
})
${listen}`,
})

const py = (mounted: string, host = '"0.0.0.0"'): Files => ({
  'pkg/server.py': `import os
import uvicorn
from fastmcp import FastMCP
from starlette.responses import JSONResponse

mcp = FastMCP("a")
app = mcp.http_app()

class Protect:
    async def dispatch(self, request, call_next):
        if not is_right(request.headers.get("authorization")):
            return JSONResponse({}, status_code=401)
        return await call_next(request)

def main(no_auth: bool):
    ${mounted}
    uvicorn.run(app, host=${host}, port=8000)
`,
})

describe('the address in the source', () => {
  it.each<[string, Files]>([
    ['a check that a setting leaves out', ts(`if (!settings.disableAuth) app.use('/mcp', protect)`)],
    ['the same as a minifier writes it', ts(`settings.disableAuth || app.use('/mcp', protect)`)],
    ['a check in Python that a setting leaves out', py('if not no_auth:\n        app.add_middleware(Protect)')],
  ])('is open with %s', async (_, files) => expect(await listens(files)).toBe('fail'))

  it.each<[string, Files]>([
    ['a check that is always there', ts(`app.use('/mcp', protect)`)],
    ['a check that is left out for a path alone', ts(`if (!settings.prefix) app.use('/mcp', protect)`)],
    [
      'a check that is there at least once',
      ts(`if (!settings.disableAuth) app.use('/a', protect)\napp.use('/mcp', protect)`),
    ],
    ['a check in Python', py('app.add_middleware(Protect)')],
    [
      'a check that can be left out, on this machine',
      ts(`if (!settings.disableAuth) app.use('/mcp', protect)`, `app.listen(3000, '127.0.0.1')`),
    ],
    [
      'an address that can be set',
      ts(`if (!settings.disableAuth) app.use('/mcp', protect)`, `app.listen(3000, process.env.HOST || '0.0.0.0')`),
    ],
  ])('is not with %s', async (_, files) => expect(await listens(files)).toBe('pass'))
})
