import { describe, expect, it } from 'vitest'
import type { AbandonedSessions } from '../../gather/abandoned-sessions.ts'
import { answerTo } from '../../testing/judging.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import sessionExpiry from './session-expiry.ts'

const megabyte = 1024 * 1024
const gone = {
  idleMs: 500,
  each: 20,
  goneAfterMs: 520 as number | null,
  answer: 'HTTP 404',
  waitedMs: 520,
  perSession: 40_000,
  after: [60, 61, 61].map(mb => mb * megabyte),
}
const judge = (abandonedSessions: AbandonedSessions) => answerTo(sessionExpiry, { abandonedSessions })
const judgeFound = (seen: Partial<typeof gone>) => judge({ none: null, found: { ...gone, ...seen } })

describe('session-expiry', () => {
  it.each([
    ['a session that is gone', {}],
    ['one whose memory cannot be known', { after: [] }],
    ['memory that rises once', { after: [60, 80, 80].map(mb => mb * megabyte) }],
  ])('passes %s', (_, seen) => {
    expect(judgeFound(seen).status).toBe('pass')
  })

  it.each([
    ['a session that is served on and on', { goneAfterMs: null, answer: 'HTTP 200, served as before' }],
    ['what each session leaves behind', { after: [60, 80, 100, 120, 140].map(mb => mb * megabyte) }],
  ])('fails %s', (_, seen) => {
    expect(judgeFound(seen).status).toBe('fail')
  })

  it('leaves open what the settings do not tell', () => {
    expect(judge({ none: null, found: null }).status).toBe('unknown')
  })

  it('does not concern a server without sessions', () => {
    expect(judge({ none: 'it gives no client a session', found: null }).status).toBe('not-applicable')
  })
})

const ts = (body: string, outside = ''): Files => ({
  'src/index.ts': `import express from 'express'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
const sessions = new Map()
const app = express()
${outside}
app.post('/mcp', async (request, response) => {
  const server = new McpServer({ name: 'a', version: '1' })
  ${body}
  await server.connect(transport)
  await transport.handleRequest(request, response, request.body)
})
app.listen(3000, '127.0.0.1')`,
})
const kept = `const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => crypto.randomUUID(),
    onsessioninitialized: id => { sessions.set(id, { transport, used: Date.now() }) },
  })`
const made = kept.replace('sessions.set(id, { transport, used: Date.now() })', '')

const py = (body: string): Files => ({
  'pkg/server.py': `from uuid import uuid4
from mcp.server.lowlevel import Server
from mcp.server.streamable_http import StreamableHTTPServerTransport

sessions = {}
server = Server("a")

async def handle(scope, receive, send):
${body}
    transport = StreamableHTTPServerTransport(mcp_session_id=uuid4().hex)
    sessions[transport.mcp_session_id] = transport
    await transport.handle_request(scope, receive, send)
`,
})

/** Who sends no credential is refused, where that is asked for. */
const locked = (required: string): Files => {
  const check = `const isAuthorized = given => {
  if (!required) return true
  return timingSafeEqual(given, process.env.TOKEN)
}
const required = ${required}
app.use((request, response, next) => {
  if (!isAuthorized(request.headers.authorization)) return response.status(401).end()
  next()
})`
  return ts(kept, check)
}

const readOf = async (files: Files): Promise<string | undefined> =>
  (await judgeFiles(sessionExpiry, files)).verdicts.find(({ asks }) => asks.startsWith('Does something'))?.status

/** Sessions go to a store that another file makes, unless an option gives one. */
const storedElsewhere = (set: string, more = ''): Files => ({
  'src/index.ts': (ts(kept)['src/index.ts'] ?? '').replace(
    'const sessions = new Map()',
    "import { createStore } from './store.js'\nconst options = JSON.parse(process.argv[2])\nconst sessions = options?.sessions ?? createStore()",
  ),
  'src/store.ts': `export const createStore = (max = 1000) => {
  const cache = new Map()
  ${more}
  return { get: id => cache.get(id), set: (id, transport) => { ${set} }, delete: id => cache.delete(id) }
}`,
})
const pyKept = (made: string, after = ''): Files => ({
  'pkg/server.py': (py('    pass')['pkg/server.py'] ?? '')
    .replace('sessions = {}', made)
    .replace('] = transport\n', `] = transport\n${after}`),
})

describe('session-expiry by reading', () => {
  const store = `class Store {
  sessions = {}
  async open({ id, transport }) { CHECK this.sessions[id] = { transport } }
}
const store = new Store()`
  const opened = `${made}\n  await store.open({ id: 1, transport })`

  it.each<[string, Files]>([
    ['a map that takes every session', ts(kept)],
    ['a store that takes every session', ts(opened, store.replace('CHECK', ''))],
    ['a number that is another one', ts(kept, 'if (process.argv.length > 5) throw new Error()')],
    ['a dict that takes every session', py('    pass')],
    ['a store of another file that takes every session', storedElsewhere('cache.set(id, transport)')],
    [
      'an OrderedDict that takes every session',
      pyKept('from collections import OrderedDict\nsessions = OrderedDict()'),
    ],
    [
      'a class that takes every session',
      pyKept(
        'class Store:\n    def __init__(self):\n        self.kept = {}\n    def __setitem__(self, key, value):\n        self.kept[key] = value\n    def remove(self, key):\n        self.kept.pop(key)\nsessions = Store()',
      ),
    ],
    ['a credential that is asked for once a variable says so', locked("process.env.HARDEN === 'true'")],
  ])('fails %s', async (_, files) => {
    expect(await readOf(files)).toBe('fail')
  })

  it.each<[string, Files]>([
    ['a map with a largest size', ts(`if (sessions.size >= 100) return response.status(503).end()\n  ${kept}`)],
    ['a store with one', ts(opened, store.replace('CHECK', 'if (Object.keys(this.sessions).length > 9) return;'))],
    ['a count of its own', ts(`if (openSessions() >= MAX_SESSIONS) return\n  ${kept}`)],
    ['a limit of requests', ts(kept, `import { rateLimit } from 'express-rate-limit'\napp.use(rateLimit())`)],
    ['a credential that is asked for unless a variable says no', locked("process.env.AUTH !== 'off'")],
    ['a credential of which nothing is known', locked('settings.locked')],
    [
      'a map that forgets',
      { 'src/index.ts': ts(kept)['src/index.ts']?.replace('new Map()', 'new LRUCache({ max: 9 })') ?? '' },
    ],
    [
      'a store of another file that drops the oldest',
      storedElsewhere(
        'if (cache.has(id)) cache.delete(id)\nelse if (cache.size >= max) cache.delete(cache.keys().next().value)\ncache.set(id, transport)',
      ),
    ],
    [
      'a store of another file that looks at times',
      storedElsewhere('cache.set(id, transport)', 'setInterval(sweep, 9)'),
    ],
    [
      'a store that an option may give and that cannot be read',
      {
        'src/index.ts': (ts(kept)['src/index.ts'] ?? '').replace(
          'new Map()',
          "options?.sessions ?? createStore()\nimport { createStore } from 'a-store'",
        ),
      },
    ],
    [
      'a cache with a largest size',
      { 'src/index.ts': (ts(kept)['src/index.ts'] ?? '').replace('new Map()', 'new QuickLRU({ maxSize: 9 })') },
    ],
    ['a dict that forgets', pyKept('from cachetools import TTLCache\nsessions = TTLCache(maxsize=9, ttl=60)')],
    [
      'an OrderedDict of which the oldest goes',
      pyKept(
        'from collections import OrderedDict\nsessions = OrderedDict()',
        '    while len(sessions) > 9:\n        sessions.popitem(last=False)\n',
      ),
    ],
    ['a dict with a largest size', py('    if len(sessions) >= 100:\n        return')],
  ])('does not decide %s', async (_, files) => {
    expect(await readOf(files)).toBe('unknown')
  })

  it.each<[string, Files]>([
    [
      'a server without sessions',
      ts('const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })'),
    ],
    ['a transport that is kept for one request', ts(`${made}\n  const mine = new Map()\n  mine.set(1, transport)`)],
  ])('does not concern %s', async (_, files) => {
    expect(await readOf(files)).toBe('not-applicable')
  })
})
