import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import errorHandling from './error-handling.ts'

const serving = (body: string, after = '', made = 'createServer(listener)'): Files => ({
  'src/index.ts': `import { createServer } from 'node:http'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { handle } from './handle.js'
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('ask', { inputSchema: {} }, async ({ q }) => work(await fetch(q)))
const listener = async (req, res) => {
  ${body}
  await handle(url, req, res)
}
${made}.listen(3000)
${after}`,
})
const base = "'http://localhost'"

describe('what error-handling says of requests that nobody can read', () => {
  it.each<[string, Files, string]>([
    ['a target', serving(`const url = new URL(req.url, ${base})`), 'new URL: a target such as //'],
    ['a target or none', serving(`const url = new URL(req.url ?? '/', ${base})`), 'new URL: a target such as //'],
    ['a host', serving('const url = new URL(`http://${req.headers.host}${req.url}`)'), 'new URL: a Host that is none'],
    [
      'a part of the path',
      serving("const url = decodeURIComponent(req.url.split('?')[0].slice(1))"),
      'decodeURIComponent: a lone %',
    ],
    ['a body', serving('const url = JSON.parse(await bodyOf(req))'), 'JSON.parse: a body that is none'],
    [
      'a target in a function',
      serving('const url = pathOf(1, req)', `const pathOf = (n, request) => new URL(request.url, ${base}).pathname`),
      'new URL: a target such as //',
    ],
    [
      'a target of a listener that is added',
      serving(`const url = new URL(req.url, ${base})`, '', "createServer().on('request', listener)"),
      'new URL: a target such as //',
    ],
  ])('fails for %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(errorHandling, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(`${saw} ends the process`)])
  })

  it.each<[string, Files]>([
    ['a try', serving(`let url\n  try { url = new URL(req.url, ${base}) } catch { return res.writeHead(400).end() }`)],
    [
      'a look at it first',
      serving(`if (!URL.canParse(req.url, ${base})) return res.end()\n  const url = new URL(req.url, ${base})`),
    ],
    [
      'a try before the function that reads it again',
      serving(
        `try { new URL(req.url, ${base}) } catch { return res.end() }\n  const url = pathOf(req)`,
        `const pathOf = request => new URL(request.url, ${base}).pathname`,
      ),
    ],
    [
      'a catch of what it calls',
      serving('act(req).catch(report)', `const act = async req => new URL(req.url, ${base})`),
    ],
    [
      'a handler of the process',
      serving(`const url = new URL(req.url, ${base})`, "process.on('uncaughtException', report)"),
    ],
    ['an address of its own', serving('const url = new URL(process.env.BASE_URL)')],
    ['a target behind a host that is written down', serving('const url = new URL(`http://localhost${req.url}`)')],
    [
      'a function around it that catches',
      serving(
        `const url = new URL(req.url, ${base})`,
        'function safe(of) { return async (req, res) => { try { await of(req, res) } catch { res.end() } } }',
        'createServer(safe(listener))',
      ),
    ],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(errorHandling, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['pass', JSON.stringify(verdicts)])
  })
})
