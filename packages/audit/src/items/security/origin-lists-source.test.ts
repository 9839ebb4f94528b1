import { describe, expect, it } from 'vitest'
import { guardedPython, guardedTypescript } from '../../testing/guarded-servers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import originValidation from './origin-validation.ts'

/** Of the Origin, of the Host, and of the address. */
const judge = async (files: Files) =>
  (await judgeFiles(originValidation, files)).verdicts.filter(({ proof }) => proof === 'repository')
const statuses = async (files: Files): Promise<(string | undefined)[]> =>
  (await judge(files)).map(({ status }) => status)

const decided = (pass: string, list: string, look = 'config.allowed.some(one => one === origin)'): Files => ({
  ...guardedTypescript({
    host: '127.0.0.1',
    top: `import { isAllowed } from './origins.js'\nimport { load } from './load.js'\nload()\nlet settings\nexport const configure = given => { settings = given }`,
    before: `app.use((req, res, next) => {
  if (!isAllowed(req, res, { allowed: ${list} })) return
  next()
})`,
  }),
  'src/origins.ts': `export function isAllowed(req, res, config) {
  const origin = req.headers['origin']
  if (!origin) return true
  ${pass}
  if (!(${look})) {
    res.writeHead(403).end()
    return false
  }
  return true
}`,
})
const without = 'if (!config.allowed || config.allowed.length === 0) { return true }'
const inline = (list: string, body: string): Files =>
  guardedTypescript({
    host: '127.0.0.1',
    top: `const allowed = ${list}`,
    before: `app.use((req, res, next) => {\n  const origin = req.headers.origin\n  ${body}\n  next()\n})`,
  })
const refuse = 'return res.status(403).end()'
const python = (list: string, body: string): Files =>
  guardedPython(`origin = request.headers.get("origin")\n${body}\nreturn await call_next(request)`, `ALLOWED = ${list}`)
const refusePython = '    return JSONResponse({}, status_code=403)'

describe('a list of origins', () => {
  it.each([
    ['a field that nobody sets', decided(without, 'settings.cors?.allowed')],
    ['nothing', decided(without, 'undefined')],
    ['an empty list', decided(without, '[]')],
    ['a variable', decided(without, "process.env.ORIGINS?.split(',')")],
    [
      'a field that a variable sets',
      {
        ...decided(without, 'settings.allowed'),
        'src/load.ts': `export const load = () => ({ allowed: (process.env.ORIGINS ?? '').split(',').filter(Boolean) })`,
      },
    ],
    ['an answer', decided('', '[]', 'config.allowed.length === 0 || config.allowed.includes(origin)')],
    [
      'a variable of the file',
      inline(
        `(process.env.ORIGINS ?? '').split(',').filter(Boolean)`,
        `if (!allowed.length) return next()\n  if (!allowed.includes(origin)) ${refuse}`,
      ),
    ],
    [
      'asked where there is one',
      inline(`process.env.ORIGINS?.split(',')`, `if (allowed && !allowed.includes(origin)) ${refuse}`),
    ],
    [
      'a length that is asked',
      inline(`new Set([])`, `if (allowed.length > 0) { if (!allowed.has(origin)) ${refuse} }`),
    ],
    [
      'Python',
      python('os.environ.get("ORIGINS", "").split()', `if ALLOWED and origin not in ALLOWED:\n${refusePython}`),
    ],
    [
      'Python, without',
      python('[]', `if not ALLOWED:\n    return await call_next(request)\nif origin not in ALLOWED:\n${refusePython}`),
    ],
  ])('that is empty by default refuses nobody: %s', async (_, files) => {
    const [first] = await judge(files)
    expect(first?.status, JSON.stringify(first)).toBe('fail')
    expect(JSON.stringify(first)).toContain('it refuses nothing by default, only where')
  })

  it.each([
    ['a list that is written down', decided(without, "['http://localhost:3000']")],
    ['a default', decided(without, "process.env.ORIGINS?.split(',') ?? ['http://localhost:3000']")],
    ['none lets nobody pass', decided('if (!config.allowed) { res.writeHead(403).end(); return false }', 'undefined')],
    ['it is not asked whether it is empty', decided('', '[]')],
    [
      'the header may be missing',
      inline(`['http://localhost']`, `if (!origin) return next()\n  if (!allowed.includes(origin)) ${refuse}`),
    ],
    [
      'a part of the header is looked for',
      inline(
        `/^http:\\/\\/localhost$/`,
        `if (!origin || origin.length === 0) return next()\n  if (origin.includes('evil') || !allowed.test(origin)) ${refuse}`,
      ),
    ],
    ['Python', python('["http://localhost"]', `if ALLOWED and origin not in ALLOWED:\n${refusePython}`)],
    [
      'Python, a header that may be missing',
      python('{"http://localhost"}', `if origin and origin not in ALLOWED:\n${refusePython}`),
    ],
  ])('passes: %s', async (_, files) => {
    const [first] = await judge(files)
    expect(first?.status, JSON.stringify(first)).toBe('pass')
  })

  it.each([
    [
      'a field that the source sets',
      {
        ...decided(without, 'settings.allowed'),
        'src/load.ts': `export const load = () => ({ allowed: ['http://localhost:3000'] })`,
      },
    ],
    ['a function', decided(without, 'origins(settings)')],
  ])('is not decided: %s', async (_, files) => {
    const [first] = await judge(files)
    expect(first?.status, JSON.stringify(first)).toBe('unknown')
  })

  it('does no harm beside one that is always on', async () => {
    const files = inline('[]', `if (allowed.length > 0) { if (!allowed.includes(origin)) ${refuse} }`)
    const both = {
      'src/index.ts': (files['src/index.ts'] ?? '').replace(
        "app.post('/mcp'",
        `app.use((req, res, next) => {\n  if (!['http://localhost'].includes(req.headers.origin)) ${refuse}\n  next()\n})\napp.post('/mcp'`,
      ),
    }
    expect(await statuses(both)).toMatchObject(['pass', 'fail', 'pass'])
  })

  it('looks at no Host where it only makes an address of a path', async () => {
    const at = (body: string): Files =>
      guardedTypescript({
        host: '127.0.0.1',
        before: `app.use((req, res, next) => {
  const url = new URL(req.url, \`http://\${req.headers.host}\`)
  ${body}
  next()
})`,
      })
    expect(await statuses(at(`if (!['http://localhost'].includes(req.headers.origin)) ${refuse}`))).toEqual([
      'pass',
      'fail',
      'pass',
    ])
    expect(await statuses(at(`if (!['localhost'].includes(url.hostname)) ${refuse}`))).toEqual(['fail', 'pass', 'pass'])
  })
})

describe('a default beside a field', () => {
  const listen = (host: string, more = '', files: Files = {}): Files => ({
    'src/index.ts': (guardedTypescript({ after: more })['src/index.ts'] ?? '').replace(
      /listen\(3000, .*\)/,
      () => `listen(3000, ${host})`,
    ),
    ...files,
  })
  const py = (host: string, more = ''): Files => ({
    'pkg/server.py': `from fastmcp import FastMCP
mcp = FastMCP("a")
${more}

class Runner:
    def __init__(self, config):
        self.config = config

    def main(self):
        mcp.run(transport="http", host=${host})
`,
  })
  const address = async (files: Files): Promise<string | undefined> => (await statuses(files))[2]

  it.each([
    ['loopback', listen(`config.host ?? '127.0.0.1'`), 'pass'],
    ['loopback, handed on', listen(`config.host ?? '127.0.0.1'`, 'report({ host: config.host })'), 'pass'],
    ['every address', listen(`config.host || '0.0.0.0'`), 'fail'],
    [
      'loopback, and the same elsewhere',
      listen(`config.host ?? '127.0.0.1'`, `const other = { host: process.env.HOST ?? '127.0.0.1' }`),
      'pass',
    ],
    [
      'another elsewhere',
      listen(`config.host ?? '127.0.0.1'`, `import * as other from './config.js'`, {
        'src/config.ts': `export const config = { host: '0.0.0.0' }`,
      }),
      'unknown',
    ],
    [
      'another variable elsewhere',
      listen(`config.host ?? '127.0.0.1'`, `const other = { host: process.env.HOST ?? '0.0.0.0' }`),
      'unknown',
    ],
    ['another that is assigned', listen(`config.host ?? '127.0.0.1'`, `config.host = '0.0.0.0'`), 'unknown'],
    [
      'a schema',
      listen(`config.host ?? '127.0.0.1'`, `const schema = z.object({ host: z.string().default('0.0.0.0') })`),
      'unknown',
    ],
    [
      'an option of the command line',
      listen(`options.host ?? '127.0.0.1'`, `program.option('--host <host>', 'where', '0.0.0.0')`),
      'fail',
    ],
    ['no default', listen('config.host'), 'unknown'],
    ['loopback in Python', py('self.config.host or "127.0.0.1"'), 'pass'],
    ['a key in Python', py('self.config.get("host", "127.0.0.1")'), 'pass'],
    ['getattr in Python', py('getattr(self.config, "host", "0.0.0.0")'), 'fail'],
    ['another in Python', py('self.config.get("host", "127.0.0.1")', 'DEFAULTS = {"host": "0.0.0.0"}'), 'unknown'],
    ['a class in Python', py('self.config.host or "127.0.0.1"', 'class Config:\n    host: str = "0.0.0.0"'), 'unknown'],
  ])('%s: %s', async (_, files, status) => {
    expect(await address(files)).toBe(status)
  })
})

describe('a second address', () => {
  const second = (host: string, imported = `import './monitor.js'`, own = '127.0.0.1'): Files => ({
    ...guardedTypescript({ host: own, top: imported }),
    'src/monitor.ts': `import { createServer } from 'node:http'\nexport const monitor = createServer(answer).listen(9090${host})`,
  })

  it('is named beside the first', async () => {
    const [, , found] = await judge(second('', `import { monitor } from './monitor.js'`, '0.0.0.0'))
    expect(JSON.stringify(found)).toContain('src/monitor.ts')
    expect(found?.status).toBe('fail')
  })

  it.each([
    ['on all addresses', second('', `import { monitor } from './monitor.js'`), 'unknown'],
    ['on loopback', second(`, '127.0.0.1'`, `import { monitor } from './monitor.js'`), 'pass'],
    ['that nobody imports', second('', ''), 'pass'],
  ])('%s: %s', async (_, files, status) => {
    expect((await statuses(files))[2]).toBe(status)
  })
})
