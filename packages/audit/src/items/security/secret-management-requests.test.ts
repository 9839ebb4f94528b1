import { describe, expect, it } from 'vitest'
import { logging, pythonServer as py, typescriptServer as ts } from '../../testing/logging.ts'
import type { Files } from '../../testing/repositories.ts'

const logger = 'class Logger { debug(text) {} error(text) {} }\nconst logger = new Logger()\n'
const client =
  "import axios from 'axios'\nconst client = axios.create({ headers: { 'X-API-Key': process.env.A_API_KEY } })\n" +
  logger

const copied = (test: string): Files =>
  ts(`const chosen = req => {
  const headers = {}
  for (const key in req.headers) {
    if (${test}) {
      const value = req.headers[key]
      if (typeof value === 'string') headers[key] = value
    }
  }
  return headers
}
app.get('/sse', (req, res) => { const headers = chosen(req); headers['Accept'] = 'a'; console.log(JSON.stringify(headers)) })`)

describe('what secret-management says of requests in logs', () => {
  it.each<[string, Files, string]>([
    [
      'options whose token another method takes out',
      ts(`${logger}class Client {
  async send(path, options) { return fetch(path, { headers: { Authorization: \`Bearer \${options.accessToken}\` } }) }
  async ask(path, options = {}) { logger.debug(\`calling \${path} with \${JSON.stringify(options)}\`); return this.send(path, options) }
}`),
      'options as a whole, accessToken among it,',
    ],
    [
      'arguments of which the password is taken, in Python',
      py(
        'def connect(host, arguments):\n    logging.info("connecting with %s", arguments)\n    return open_it(host, arguments["password"])',
      ),
      'arguments as a whole, password among it,',
    ],
    [
      'the headers of a request that is only authenticated',
      ts(
        logger +
          'class Provider { async authenticate(req) { logger.debug(`from ${req.socket.remoteAddress}`); logger.debug(`headers: ${JSON.stringify(req.headers, null, 2)}`) } }',
      ),
      'the headers of a request',
    ],
    [
      'the headers of a request of that type',
      ts(
        "import type { IncomingMessage } from 'node:http'\nconst check = (incoming: IncomingMessage) => { console.error('request', incoming.headers) }",
      ),
      'the headers of a request',
    ],
    [
      'the headers of a request under a name',
      ts('app.post("/mcp", (req, res) => { const { headers } = req; console.error({ headers }) })'),
      'the headers of a request',
    ],
    [
      'a copy of the headers without one that is none',
      ts('app.post("/mcp", (req, res) => { const { host, ...rest } = req.headers; console.error(rest) })'),
      'the headers of a request',
    ],
    [
      'the headers that a tool is told of',
      ts('server.tool("a", async (args, extra) => { console.error(extra.requestInfo?.headers); return args })'),
      'the headers of a request',
    ],
    [
      'the headers of a request in Python',
      py(
        'from starlette.requests import Request\nasync def run(request: Request):\n    logging.debug(f"headers: {dict(request.headers)}")',
      ),
      'the headers of a request',
    ],
    [
      'the headers of the present request',
      py(
        'from fastmcp.server.dependencies import get_http_headers\nasync def on_request(context, call_next):\n    headers = get_http_headers(include_all=True)\n    logging.info(headers)',
      ),
      'the headers of a request',
    ],
    [
      'the headers of a scope',
      py('async def app(scope, receive, send):\n    logging.info("headers %s", scope["headers"])'),
      'the headers of a request',
    ],
    [
      'headers that were chosen, with one that authenticates',
      copied('key.startsWith("mcp-") || key === "authorization"'),
      'all headers that were set',
    ],
    [
      'the body of a request to log in',
      ts("app.post('/login', async (req, res) => { console.log('login', req.body); res.end() })"),
      'the body of a request to log in',
    ],
    [
      'the body of a request to log in in Python',
      py(
        '@app.post("/oauth/token")\nasync def token(request):\n    form = await request.form()\n    logging.info("token %s", form)',
      ),
      'the body of a request to log in',
    ],
    [
      'what a schema makes of the environment',
      ts(
        "import { z } from 'zod'\nconst config = z.object({ A_API_KEY: z.string(), A_PORT: z.string() }).strict().parse(process.env)\nconsole.error(JSON.stringify(config))",
      ),
      'A_API_KEY is given to console.error',
    ],
    [
      'the options of a request that failed',
      ts(
        `${client}export const ask = async () => { try { return await client.get('/a') } catch (error) { logger.error(error.config) } }`,
      ),
      'with A_API_KEY in its headers',
    ],
    [
      'a request that failed as text',
      ts(
        `${client}export const ask = async () => { try { return await client.get('/a') } catch (error) { logger.error(\`failed: \${JSON.stringify(error.toJSON())}\`) } }`,
      ),
      'with A_API_KEY in its headers',
    ],
    [
      'a request that failed, in an interceptor',
      ts(
        `${client}client.interceptors.response.use(answer => answer, error => { console.error('failed', error); throw error })`,
      ),
      'with A_API_KEY in its headers',
    ],
    [
      'a request before it is made',
      ts(
        `${client}client.interceptors.request.use(config => { logger.debug({ headers: config.headers }); return config })`,
      ),
      'with A_API_KEY in its headers',
    ],
    [
      'a key in the message that an own format shows',
      ts(
        "import winston from 'winston'\nconst logger = winston.createLogger({ format: winston.format.printf(({ message }) => message) })\nlogger.info(`key ${process.env.A_API_KEY}`)",
      ),
      'A_API_KEY is given to winston',
    ],
    [
      'a key where the logger takes out what print does not',
      py('logger = logging.getLogger("a")\nlogger.addFilter(RedactingFilter())\nprint(os.environ["A_API_KEY"])'),
      'A_API_KEY is given to print',
    ],
  ])('fails where a log is given %s', async (_, files, saw) => {
    const { own, text } = await logging(files)
    expect([own, text]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files]>([
    [
      'options without the token that is taken out',
      ts(
        `${logger}const ask = (path, options) => { const { accessToken, ...safe } = options; logger.debug(JSON.stringify(safe)); return accessToken }`,
      ),
    ],
    [
      'options with a token of a lexer',
      ts(`${logger}const next = options => { logger.debug(JSON.stringify(options)); return options.token }`),
    ],
    [
      'single headers',
      ts(
        "app.use((req, res, next) => { console.log(req.headers.host, req.headers['mcp-session-id'], Object.keys(req.headers)); next() })",
      ),
    ],
    [
      'objects that show nothing in a text',
      ts(
        'const settings = { key: process.env.A_API_KEY }\napp.use((req, res, next) => { console.log(`${req.headers} ${settings} ${process.env}`); next() })',
      ),
    ],
    [
      'the headers of an answer',
      ts('app.use((req, res, next) => { console.log(res.headers, res.getHeaders()); next() })'),
    ],
    [
      'the headers of an answer to a request',
      ts(`${client}client.interceptors.response.use(response => { console.log(response.headers); return response })`),
    ],
    [
      'the headers of something that is only called so',
      ts('const tell = (request, table) => { console.log(request.headers); return table.headers }'),
    ],
    [
      'headers without those that authenticate',
      ts(
        'app.use((req, res, next) => { const { authorization, cookie, ...rest } = req.headers; console.log(rest); next() })',
      ),
    ],
    [
      'headers with one blotted out',
      ts(
        "app.use((req, res, next) => { const headers = { ...req.headers, authorization: '***' }; console.log(headers); next() })",
      ),
    ],
    [
      'headers with one deleted',
      ts(
        'app.use((req, res, next) => { const headers = { ...req.headers }; delete headers.authorization; console.log(headers); next() })',
      ),
    ],
    [
      'headers that were redacted',
      ts(
        'app.use((req, res, next) => { const headers = redact(req.headers); console.log(headers, redact(req.headers)); next() })',
      ),
    ],
    ['headers that were chosen', copied('key.startsWith("mcp-") || key === "last-event-id"')],
    ['headers of which one was left out', copied('key !== "authorization"')],
    [
      'headers of Python with one taken out',
      py(
        'async def run(request, call_next):\n    headers = dict(request.headers)\n    headers.pop("authorization", None)\n    logging.info("headers %s", headers)',
      ),
    ],
    [
      'headers of Python that are chosen',
      py(
        'async def run(request, call_next):\n    headers = {k: v for k, v in request.headers.items() if k.lower() != "authorization"}\n    logging.info("headers %s", headers)\n    logging.info("names %s", list(request.headers.keys()))',
      ),
    ],
    [
      'headers that are masked one by one',
      py(
        'async def log(request, call_next):\n    safe = {}\n    for key, value in request.headers.items():\n        safe[key] = "***" if key == "authorization" else value\n    logging.info("headers %s", safe)',
      ),
    ],
    [
      'headers of the present request that may lack it',
      py('from fastmcp.server.dependencies import get_http_headers\nlogging.info(get_http_headers())'),
    ],
    ['the body of another request', ts("app.post('/mcp', async (req, res) => { console.log(req.body); res.end() })")],
    [
      'a field of a request to log in',
      ts("app.post('/login', async (req, res) => { console.log('login', req.body.user); res.end() })"),
    ],
    [
      'what a schema without credentials makes of the environment',
      ts(
        "import { z } from 'zod'\nconst config = z.object({ A_PORT: z.string() }).parse(process.env)\nconsole.error(config)",
      ),
    ],
    [
      'the message and the status of a request that failed',
      ts(
        `${client}export const ask = async () => { try { return await client.get('/a') } catch (error) { console.error(error.message, error.response?.status, error.response?.data, error.config.url); logger.error({ error }) } }`,
      ),
    ],
    [
      'settings without the one that was taken out',
      ts(
        'const settings = { key: process.env.A_API_KEY, apiKey: 1, port: 1 }\nconst { key, apiKey, ...rest } = settings\nconsole.error(rest)',
      ),
    ],
  ])('passes where a log is given %s', async (_, files) => {
    const { own, text } = await logging(files)
    expect([own, text]).toEqual(['pass', text])
  })

  it.each<[string, Files]>([
    [
      'by pino',
      ts(
        "import pino from 'pino'\nconst log = pino({ redact: ['headers.authorization'] }).child({ a: 1 })\napp.use((req, res, next) => { log.info({ headers: req.headers }); next() })",
      ),
    ],
    [
      'by winston',
      ts(
        "import winston from 'winston'\nconst logger = winston.createLogger({ format: winston.format.combine(maskSecrets(), winston.format.json()) })\nlogger.info({ key: process.env.A_API_KEY })",
      ),
    ],
    [
      'by a format of winston that shows the message alone',
      ts(
        "import winston from 'winston'\nconst logger = winston.createLogger({ format: winston.format.printf(({ message }) => message) })\nlogger.info('a', { key: process.env.A_API_KEY })",
      ),
    ],
    [
      'by a filter of Python',
      py(
        'logger = logging.getLogger("a")\nlogger.addFilter(RedactingFilter())\nlogger.info("key %s", os.environ["A_API_KEY"])',
      ),
    ],
  ])('says nothing where a credential may be taken out %s', async (_, files) => {
    const { own, text } = await logging(files)
    expect([own, text]).toEqual(['unknown', expect.stringContaining('was not decided')])
  })
})
