import { describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import { bearer, guardedPython as py, guardedTypescript as ts, refuse } from '../../testing/guarded-servers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import authentication from './authentication.ts'
import originValidation from './origin-validation.ts'

const said = async (item: Item, files: Files): Promise<[string[], string]> => {
  const found = (await judgeFiles(item, files)).verdicts.filter(({ proof }) => proof === 'repository')
  return [found.map(({ status }) => status), JSON.stringify(found)]
}

const right = `const TOKEN = process.env.TOKEN
if (!TOKEN) process.exit(1)
const same = (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
const requireAuth = (req, res, next) => {
  if (!same((req.headers.authorization ?? '').slice(7), TOKEN)) { res.status(401).end(); return }
  next()
}`
const tokens = (read: string, imports = '', caught = 'res.status(401).end()'): Files =>
  ts({
    top: `${imports}
const requireAuth = async (req, res, next) => {
  const token = req.headers.authorization?.slice(7)
  if (!token) { res.status(401).end(); return }
  try {
    const claims = ${read}
    if (!claims) { res.status(401).end(); return }
    next()
  } catch (error) {
    ${caught}
  }
}`,
    before: 'app.use(requireAuth)',
  })
const jsonwebtoken = "import jwt from 'jsonwebtoken'"
const verified = "jwt.verify(token, KEY, { algorithms: ['HS256'], audience: 'a' })"
const sse = (get: string, post: string): Files => ({
  'src/index.ts': `import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { timingSafeEqual } from 'node:crypto'
${right}
const app = express()
app.get('/sse', ${get} async (req, res) => {
  const transport = new SSEServerTransport('/messages', res)
  transports[transport.sessionId] = transport
  await new McpServer({ name: 'a', version: '1' }).connect(transport)
})
app.post('/messages', ${post} async (req, res) => {
  await transports[req.query.sessionId].handlePostMessage(req, res)
})
app.listen(3000, '0.0.0.0')`,
})

describe('ways past a check of credentials', () => {
  it.each<[string, Files, string]>([
    [
      'helpers that nobody heeds',
      ts({
        top: `const tokenOf = req => req.header('authorization')
const served = async (req, res, next) => {
  console.error(tokenOf(req))
  next()
}`,
        before: 'app.use(served)',
      }),
      'nothing asks for a credential',
    ],
    ['a check behind the routes', ts({ top: right, after: 'app.use(requireAuth)' }), 'stands behind the routes'],
    ['a check that nobody mounts', ts({ top: right }), 'nothing asks for a credential'],
    ['a check of another path', ts({ top: right, before: "app.use('/admin', requireAuth)" }), 'is not put before it'],
    ['a check of the stream alone', sse('requireAuth,', ''), 'post /messages serves without a credential'],
    ['a check of the messages alone', sse('', 'requireAuth,'), 'get /sse serves without a credential'],
    [
      'a check of those who bring one',
      ts({
        top: right.replace('  if (!same', '  if (req.headers.authorization && !same'),
        before: 'app.use(requireAuth)',
      }),
      'who sends no credential is never asked',
    ],
    [
      'the same in Python',
      py(
        `header = request.headers.get("authorization")\nif header and not hmac.compare_digest(header, TOKEN):\n    ${refuse}\nreturn await call_next(request)`,
      ),
      'who sends no credential is never asked',
    ],
    ['an exception that lets pass', tokens(verified, jsonwebtoken, 'next()'), 'an exception in the check'],
    [
      'the same in Python',
      py(
        `try:\n    given = request.headers["authorization"]\n    if not hmac.compare_digest(given, TOKEN):\n        ${refuse}\nexcept Exception:\n    pass\nreturn await call_next(request)`,
      ),
      'an exception in the check',
    ],
    ['claims that are believed', tokens('jwt.decode(token)', jsonwebtoken), 'verifies no signature'],
    [
      'claims that are read by hand',
      tokens("JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())"),
      'verifies no signature',
    ],
    [
      'claims that are believed in Python',
      py(
        `header = request.headers.get("authorization", "")\nif not header:\n    ${refuse}\nclaims = jwt.decode(header[7:], options={"verify_signature": False})\nreturn await call_next(request)`,
      ),
      'verifies no signature',
    ],
    [
      'tokens without a signature',
      tokens("jwt.verify(token, KEY, { algorithms: ['HS256', 'none'] })", jsonwebtoken),
      'of the algorithm «none»',
    ],
    [
      'a variable that is not set',
      ts({
        before:
          "app.use((req, res, next) => {\n  if (req.headers['x-api-key'] === process.env.API_KEY) return next()\n  res.status(401).end()\n})",
      }),
      'while API_KEY is not set, it lets pass who sends nothing',
    ],
    [
      'a variable that is not set, behind a word',
      ts({
        before:
          'app.use((req, res, next) => {\n  if (req.headers.authorization !== `Bearer ${process.env.API_KEY}`) return res.status(401).end()\n  next()\n})',
      }),
      'it lets «undefined» pass',
    ],
    [
      'a verifier that accepts all',
      bearer("async token => ({ token, clientId: 'a', scopes: [] })"),
      'accepts every token',
    ],
  ])('fails %s', async (_, files, saw) => {
    expect(await said(authentication, files)).toEqual([['fail'], expect.stringContaining(saw)])
  })

  it.each<[string, Files]>([
    ['a check before the routes', ts({ top: right, before: 'app.use(requireAuth)' })],
    ['a check of the route', ts({ top: right, beside: 'requireAuth,' })],
    ['a check of the path', ts({ top: right, before: "app.use('/mcp', requireAuth)" })],
    ['both doors', sse('requireAuth,', 'requireAuth,')],
    ['claims that are verified', tokens(verified, jsonwebtoken)],
    [
      'a variable that is asked for',
      ts({
        top: 'if (!process.env.API_KEY) throw new Error("API_KEY")',
        before:
          "app.use((req, res, next) => {\n  if (req.headers['x-api-key'] === process.env.API_KEY) return next()\n  res.status(401).end()\n})",
      }),
    ],
    [
      'who brings none is refused behind it',
      ts({
        top: right.replace(
          /  if \(!same[^]*next\(\)/,
          '  if (req.headers.authorization) {\n    if (!same(req.headers.authorization.slice(7), TOKEN)) { res.status(401).end(); return }\n    return next()\n  }\n  res.status(401).end()',
        ),
        before: 'app.use(requireAuth)',
      }),
    ],
    [
      'a verifier that asks',
      bearer(
        'async token => {\n  const { payload } = await jwtVerify(token, KEY)\n  return { token, clientId: payload.sub, scopes: [] }\n}',
      ),
    ],
    [
      'a handler that asks a function',
      ts({
        top: `const authenticate = async req => (req.headers.authorization === undefined ? null : verify(req.headers.authorization))
const handle = async (req, res) => {
  const user = await authenticate(req)
  if (!user) { res.status(401).end(); return }
  await serve(req, res)
}
app.post('/other', handle)`,
        before: 'app.use(handle)',
      }),
    ],
    [
      'a handler that asks two functions',
      ts({
        top: `const tokenOf = req => /^Bearer (.+)$/.exec(req.header('authorization') ?? '')?.[1]
const refuse = res => { res.status(401).json({}) }
const served = async (req, res, next) => {
  const token = tokenOf(req)
  if (!token || !verify(token)) { refuse(res); return }
  next()
}`,
        before: 'app.use(served)',
      }),
    ],
    [
      'a check in Python',
      py(
        `given = request.headers.get("authorization", "")\nif not hmac.compare_digest(given, TOKEN):\n    ${refuse}\nreturn await call_next(request)`,
      ),
    ],
    [
      'two applications of one name',
      ts({
        top: `${right}\nconst other = () => {\n  const app = express()\n  app.post('/other', requireAuth, async (req, res) => { new StreamableHTTPServerTransport({}) })\n}`,
        before: 'app.use(requireAuth)',
      }),
    ],
  ])('passes %s', async (_, files) => {
    const [statuses, text] = await said(authentication, files)
    expect([statuses, text]).toEqual([['pass'], text])
  })
})

const names = (test: (header: string) => string, host = '127.0.0.1'): Files =>
  ts({
    host,
    before: `app.use((req, res, next) => {
  if (req.headers.origin && !(${test('req.headers.origin')})) return res.status(403).end()
  if (!(${test("(req.headers.host ?? '')")})) return res.status(403).end()
  next()
})`,
  })

describe('names that are looked at in part', () => {
  it.each<[string, Files, string]>([
    ['anywhere', names(header => `${header}.includes('localhost')`), 'anywhere in the header'],
    ['at the beginning', names(header => `${header}.startsWith('http://localhost')`), 'the beginning'],
    ['by a pattern without an end', names(header => `/localhost|127.0.0.1/.test(${header})`), 'has no end'],
  ])('fails a look %s', async (_, files, saw) => {
    const [statuses, text] = await said(originValidation, files)
    expect([statuses.slice(0, 2), text]).toEqual([['fail', 'fail'], expect.stringContaining(saw)])
  })

  it.each<[string, Files]>([
    ['with its port', names(header => `${header}.startsWith('http://localhost:')`)],
    ['by a whole pattern', names(header => `/^(https?:\\/\\/)?(localhost|127\\.0\\.0\\.1)(:\\d+)?$/.test(${header})`)],
    ['in a list', names(header => `['http://localhost:3000', 'localhost:3000'].includes(${header})`)],
    [
      'by a function of a function',
      ts({
        host: '127.0.0.1',
        top: `const hosts = new Set(['localhost:3000'])
const isHost = host => hosts.has(host)
const isOrigin = origin => !origin || new Set(['http://localhost:3000']).has(origin)
const isOurs = req => isHost(req.header('host')) && isOrigin(req.header('origin'))`,
        before: 'app.use((req, res, next) => {\n  if (!isOurs(req)) return res.status(403).end()\n  next()\n})',
      }),
    ],
    ['by a text', names(header => `${header} === 'http://localhost:3000'`)],
  ])('passes a name %s', async (_, files) => {
    const [statuses, text] = await said(originValidation, files)
    expect([statuses, text]).toEqual([['pass', 'pass', 'pass'], text])
  })

  it('leaves open what an SDK of unknown version does', async () => {
    const files: Files = {
      'pyproject.toml': '[project]\nname = "a"\nversion = "1"\ndependencies = ["mcp>=1.9"]\n',
      'a/server.py':
        'from mcp.server.fastmcp import FastMCP\nmcp = FastMCP("a")\nmcp.run(transport="streamable-http")\n',
    }
    expect((await said(originValidation, files))[0]).toEqual(['unknown', 'unknown', 'pass'])
    const old = { ...files, 'pyproject.toml': files['pyproject.toml']?.replace('>=1.9', '>=1.9,<1.20') ?? '' }
    expect((await said(originValidation, old))[0]).toEqual(['fail', 'fail', 'pass'])
  })
})
