import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './caching.ts'

type Files = Record<string, string>
const ts = (source: string, extra: Files = {}): Files => ({
  'package.json': '{"name":"a"}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\nexport const get = async (id: string) => (await fetch(\`https://a.test/\${id}\`)).json()\n${source}\n`,
  ...extra,
})
const py = (source: string): Files => ({
  'pyproject.toml': '[project]\nname = "a"\n',
  'src/a/server.py': `import httpx\nfrom fastmcp import FastMCP\nasync def get(id):\n    async with httpx.AsyncClient() as client:\n        return (await client.get(f"https://a.test/{id}")).json()\n${source}\n`,
})
const asked =
  'export const read = async (id: string) => {\n  const known = kept.get(id)\n  if (known) return known\n  const made = await get(id)\n  kept.set(id, made)\n  return made\n}'

describe('caching', () => {
  it.each<[string, Files]>([
    [
      'lru-cache',
      ts(
        `import { LRUCache } from 'lru-cache'\nconst kept = new LRUCache<string, object>({ max: 500, ttl: 60_000 })\n${asked}`,
      ),
    ],
    [
      'lru-cache that fetches by itself',
      ts(
        "import { LRUCache } from 'lru-cache'\nimport { limits } from './limits.js'\nconst kept = new LRUCache({ ...limits, fetchMethod: get })\nexport const read = (id: string) => kept.fetch(id)",
        { 'src/limits.ts': 'export const limits = { max: 10, ttl: Number(process.env.A_TTL) }' },
      ),
    ],
    [
      'a class that holds one',
      ts(
        "import TTLCache from '@isaacs/ttlcache'\nclass Api {\n  private kept = new TTLCache({ max: 10, ttl: 1000 })\n  async read(id: string) {\n    if (!this.kept.has(id)) this.kept.set(id, await get(id))\n    return this.kept.get(id)\n  }\n}\nexport const api = new Api()",
      ),
    ],
    [
      'a Map that is looked after',
      ts(
        'const cache = new Map<string, { until: number; value: unknown }>()\nexport const read = async (id: string) => {\n  const known = cache.get(id)\n  if (known && known.until > Date.now()) return known.value\n  for (const [key, { until }] of cache) if (until < Date.now()) cache.delete(key)\n  cache.set(id, { until: Date.now() + 1000, value: await get(id) })\n}',
      ),
    ],
    [
      'TTLCache',
      py(
        'from cachetools import TTLCache\nkept = TTLCache(maxsize=100, ttl=60)\nasync def read(id):\n    if id not in kept:\n        kept[id] = await get(id)\n    return kept[id]\n',
      ),
    ],
    [
      'TTLCache by position',
      py(
        'import cachetools\nkept = cachetools.TTLCache(100, 60)\n@cachetools.cached(kept)\ndef read(id):\n    return get(id)\n',
      ),
    ],
    [
      'alru_cache',
      py(
        'from async_lru import alru_cache\n@alru_cache(maxsize=32, ttl=60)\nasync def read(id):\n    return await get(id)\n',
      ),
    ],
    [
      'TTLCache beside settings that are made once',
      py(
        'from functools import lru_cache\nfrom cachetools import TTLCache\n@lru_cache\ndef settings():\n    return {}\nkept = TTLCache(maxsize=100, ttl=60)\nasync def read(id):\n    if id not in kept:\n        kept[id] = await get(id)\n    return kept[id]\n',
      ),
    ],
    [
      'a class of its own',
      py(
        'import time\nclass TTLCache:\n    def __init__(self, ttl, most):\n        self._store = {}\n        self.ttl, self.most = ttl, most\n    def get(self, key):\n        found = self._store.get(key)\n        return found[1] if found and time.monotonic() - found[0] < self.ttl else None\n    def set(self, key, value):\n        while len(self._store) >= self.most:\n            self._store.pop(next(iter(self._store)))\n        self._store[key] = (time.monotonic(), value)\nclass Api:\n    def __init__(self):\n        self.kept = TTLCache(60, 100)\n',
      ),
    ],
    [
      'TTLCache beside a function that is only computed once',
      py(
        'from functools import lru_cache\nfrom cachetools import TTLCache\n@lru_cache(maxsize=16)\ndef folded(text):\n    return text.casefold()\nkept = TTLCache(maxsize=100, ttl=60)\nasync def read(id):\n    if id not in kept:\n        kept[id] = await get(folded(id))\n    return kept[id]\n',
      ),
    ],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, verdicts]).toEqual(['pass', verdicts])
  })

  it.each<[string, Files, string]>([
    ['none', ts(''), 'no cache was found'],
    [
      'a table that is filled whole',
      py(
        'class Api:\n    def names(self):\n        self._cache = {}\n        for one in self.client.all():\n            name = one.get("name").lower()\n            self._cache[name] = one\n        return self._cache\n',
      ),
      'no cache was found',
    ],
    [
      'one that is never asked',
      ts("import { LRUCache } from 'lru-cache'\nexport const kept = new LRUCache({ max: 500, ttl: 60_000 })"),
      'nothing fills and asks it',
    ],
    [
      'one that keeps for ever',
      ts(`import { LRUCache } from 'lru-cache'\nconst kept = new LRUCache({ max: 500 })\n${asked}`),
      'for ever',
    ],
    [
      'a table of what callers name',
      py(
        'cache = {}\nasync def read(ids):\n    for id in ids:\n        cache[id] = await get(id)\n    return [cache[id] for id in ids]\n',
      ),
      'nothing limits how much cache keeps',
    ],
    [
      'a Map of which only the entry that is asked for goes',
      ts(
        'const cache = new Map<string, { until: number; value: unknown }>()\nexport const read = async (id: string) => {\n  const known = cache.get(id)\n  if (known && known.until > Date.now()) return known.value\n  cache.delete(id)\n  cache.set(id, { until: Date.now() + 1000, value: await get(id) })\n}',
      ),
      'nothing limits how much cache keeps',
    ],
    [
      'a Map that grows',
      ts(
        'const cache = new Map()\nexport const read = async (id: string) => {\n  if (!cache.has(id)) cache.set(id, await get(id))\n  return cache.get(id)\n}',
      ),
      'nothing limits how much cache keeps',
    ],
    ['none in Python', py(''), 'no cache was found'],
    [
      'lru_cache without limit',
      py('from functools import lru_cache\n@lru_cache(maxsize=None)\ndef read(id):\n    return get(id)\n'),
      'nothing limits',
    ],
    [
      'a dictionary that grows',
      py(
        '_cache = {}\nasync def read(id):\n    if id not in _cache:\n        _cache[id] = await get(id)\n    return _cache[id]\n',
      ),
      'nothing limits how much _cache keeps',
    ],
    [
      'a dictionary in an object that lives as long as the server',
      py(
        `class Tuning:\n    def __init__(self):\n        self._cost_cache = {}\n    async def cost(self, id):\n        if id not in self._cost_cache:\n            self._cost_cache[id] = await get(id)\n        return self._cost_cache[id]\nclass Advisor(Tuning):\n    pass\nadvisor = Advisor()\n@mcp.tool()\nasync def cost(id: str) -> str:\n    return await advisor.cost(id)\n`,
      ),
      'nothing limits how much Tuning._cost_cache keeps',
    ],
    [
      'a dictionary in an object that each call makes anew, which keeps nothing for the next one',
      py(
        `class Tuning:\n    def __init__(self):\n        self._cost_cache = {}\n    async def cost(self, id):\n        if id not in self._cost_cache:\n            self._cost_cache[id] = await get(id)\n        return self._cost_cache[id]\nclass Advisor(Tuning):\n    pass\n@mcp.tool()\nasync def cost(id: str) -> str:\n    return await Advisor().cost(id)\n`,
      ),
      'no cache was found',
    ],
    [
      'a WeakMap, whose entries go with what they are about',
      ts(
        'const cache = new WeakMap()\nexport const read = async (id: object) => {\n  if (!cache.has(id)) cache.set(id, await get(id))\n  return cache.get(id)\n}',
      ),
      'no cache was found',
    ],
  ])('fails with %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files, string]>([
    [
      'nothing to keep',
      { 'package.json': '{}', 'src/index.ts': "import { McpServer } from '@modelcontextprotocol/server'" },
      'not-applicable',
    ],
    [
      'a Map whose entries may be old',
      ts(
        'const cache = new Map()\nexport const read = async (id: string) => {\n  if (cache.size > 9) cache.clear()\n  cache.set(id, await get(id))\n}',
      ),
      'unknown',
    ],
    [
      'a library that may ask',
      {
        'package.json': '{"dependencies":{"notes-client":"^1.0.0"}}',
        'src/index.ts': "import { McpServer } from '@modelcontextprotocol/server'",
      },
      'unknown',
    ],
    [
      'requests that are no GET',
      {
        'package.json': '{"name":"a"}',
        'src/index.ts':
          "import { McpServer } from '@modelcontextprotocol/server'\nimport axios from 'axios'\nexport const login = (body: string) => fetch('https://a.test/token', { method: 'POST', body })\nexport const ask = (query: string) => axios.post('https://a.test/graphql', { query })",
      },
      'unknown',
    ],
    ['another language', { 'main.go': 'package main' }, 'unknown'],
  ])('says why with %s', async (_, files, status) => {
    const { verdicts } = await judgeFiles(item, files)
    expect([verdicts[0]?.status, verdicts]).toEqual([status, verdicts])
  })

  it('comes to an end where each class extends all others', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `C${index}`)
    const classes = names.map(name => `class ${name}(${names.join(', ')}):\n    _cache = {}\n`).join('')
    const used = 'def read(id):\n    C0()._cache[id] = get(id)\n'
    expect((await judgeFiles(item, py(classes + used))).status).toBe('fail')
  })

  it('takes no memo of the start for a cache of answers', async () => {
    const source = `export const schemaCache: Record<string, object> = {}
const convert = (ref: string) => (schemaCache[ref] ??= { ref })
for (const ref of ['a', 'b']) convert(ref)
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('read', {}, async () => ({ content: [{ type: 'text', text: String(await get('x')) }] }))`
    expect(JSON.stringify(await judgeFiles(item, ts(source)))).not.toContain('schemaCache')
    const asked = source.replace("String(await get('x'))", "String(convert('x'))")
    expect(JSON.stringify(await judgeFiles(item, ts(asked)))).toContain('nothing limits how much schemaCache keeps')
  })
})
