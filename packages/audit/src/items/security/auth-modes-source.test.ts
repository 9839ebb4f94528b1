import { describe, expect, it } from 'vitest'
import { guardedPython as py, refuse } from '../../testing/guarded-servers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import authentication from './authentication.ts'

const said = async (files: Files): Promise<[string[], string]> => {
  const found = (await judgeFiles(authentication, files)).verdicts.filter(({ proof }) => proof === 'repository')
  return [found.map(({ status }) => status), JSON.stringify(found)]
}

const underOption = (check: string): Files => ({
  'src/index.ts': `import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { timingSafeEqual } from 'node:crypto'
const TOKEN = Buffer.from(process.env.TOKEN)
const isWrong = req => !timingSafeEqual(Buffer.from(req.headers.authorization ?? ''), TOKEN)
export const serve = ({ stateless, port }) => {
  const app = express()
  app.post('/mcp', async (req, res) => {
    ${check}
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
    await new McpServer({ name: 'a', version: '1' }).connect(transport)
    await transport.handleRequest(req, res, req.body)
  })
  app.listen(port, '0.0.0.0')
}`,
})
const inMode = (test: string, after = ''): Files =>
  underOption(
    `if (${test}) { const given = req.headers.authorization; if (isWrong(req)) { res.status(401).end(); return } }${after}`,
  )

describe('a check that one mode asks for', () => {
  it.each<[string, Files, string]>([
    ['a mode', inMode('stateless'), 'asks for a credential only where stateless holds (src/index.ts:10)'],
    [
      'a mode beside another condition',
      inMode('stateless && req.body'),
      'only where stateless holds (src/index.ts:10)',
    ],
    ['another mode', inMode('!stateless'), 'only where not stateless holds (src/index.ts:10)'],
    [
      'a mode in Python',
      py(
        `if self.stateless:\n    if not hmac.compare_digest(request.headers.get("authorization", ""), TOKEN):\n        ${refuse}\nreturn await call_next(request)`,
      ),
      'only where self.stateless holds (a/server.py',
    ],
  ])('is undecided under %s', async (_, files, saw) => {
    const [statuses, text] = await said(files)
    expect([statuses, text]).toEqual([['unknown'], expect.stringContaining(saw)])
  })

  it.each<[string, Files]>([
    ['no mode', inMode("req.method === 'POST'")],
    ['a mode, and refused in the other', inMode('stateless', ' else { res.status(403).end(); return }')],
    ['a mode, and left in the other', inMode('stateless', ' else return')],
  ])('passes under %s', async (_, files) => {
    const [statuses, text] = await said(files)
    expect([statuses, text]).toEqual([['pass'], text])
  })
})
