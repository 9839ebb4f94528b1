import { describe, expect, it } from 'vitest'
import authentication from '../../items/security/authentication.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'

const fails = async (files: Files): Promise<boolean> =>
  (await judgeFiles(authentication, files)).verdicts.some(
    ({ proof, status, evidence = [] }) =>
      proof === 'repository' && status === 'fail' && evidence.some(({ saw }) => saw.includes('without a credential')),
  )

const server = (sse: string, mcp: string, before = ''): Files => ({
  'src/index.ts': `import { timingSafeEqual } from 'node:crypto'
import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
const build = () => new McpServer({ name: 'a', version: '1' })
const expected = Buffer.from(process.env.TOKEN)
const protect = (request, response, next) => {
  const given = Buffer.from(request.headers.authorization ?? '')
  if (!timingSafeEqual(given, expected)) return response.status(401).end()
  next()
}
const app = express()
app.use(express.json())
${before}
app.get('/sse', ${sse}async (request, response) => {
  const transport = new SSEServerTransport('/messages', response)
  await build().connect(transport)
})
app.post('/mcp', ${mcp}async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  await build().connect(transport)
  await transport.handleRequest(request, response, request.body)
})
app.listen(3000, '127.0.0.1')`,
})

describe('ways to the tools over HTTP', () => {
  it.each<[string, Files]>([
    ['a check before one of two', server('', 'protect, ')],
    ['a check that stands after the route', server('', 'protect, ', `app.use(express.urlencoded())`)],
  ])('have an open door with %s', async (_, files) => {
    expect(await fails(files)).toBe(true)
  })

  it.each<[string, Files]>([
    ['a check before both', server('protect, ', 'protect, ')],
    ['a check before all', server('', '', 'app.use(protect)')],
    ['no check at all on this machine', server('', '')],
    ['something of another package before it', server('guard(), ', 'protect, ', `import { guard } from 'some-guard'`)],
  ])('have none with %s', async (_, files) => {
    expect(await fails(files)).toBe(false)
  })
})
