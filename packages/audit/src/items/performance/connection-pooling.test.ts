import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './connection-pooling.ts'

type Files = Record<string, string>
const ts = (source: string, extra: Files = {}): Files => ({
  'package.json': '{"name":"a","dependencies":{"@modelcontextprotocol/server":"^2.4.0"}}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\nconst server = new McpServer({ name: 'a', version: '1' })\n${source}\n`,
  ...extra,
})
const py = (source: string, extra: Files = {}): Files => ({
  'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp"]\n',
  'src/a/server.py': `import os\nfrom fastmcp import FastMCP\nmcp = FastMCP("a")\n${source}\n`,
  ...extra,
})
const nullPool = py(
  'from sqlalchemy import create_engine\nfrom sqlalchemy.pool import NullPool\nengine = create_engine("postgresql://db/a", poolclass=NullPool)\n',
)
const handler = (body: string): string =>
  `server.registerTool('read', { description: 'x' }, async ({ id }) => {\n${body}\n})`

const row = async (files: Files, row: number) => {
  const { verdicts } = await judgeFiles(item, files)
  const found = verdicts.filter(
    ({ rows, status, proof }) => proof === 'repository' && rows?.includes(row) && status !== 'not-applicable',
  )
  return { statuses: found.map(({ status }) => status), text: JSON.stringify(found) }
}

describe('connection-pooling', () => {
  it.each<[string, Files]>([
    [
      'a pool of the module',
      ts(
        `import { Pool } from 'pg'\nconst pool = new Pool({ max: 5 })\n${handler("await pool.query('SELECT id FROM a')")}`,
      ),
    ],
    [
      'a pool made when it is first needed',
      ts(
        `import pg from 'pg'\nlet pool\nconst connect = () => (pool ??= new pg.Pool({ max: 5 }))\n${handler('await connect().query("SELECT 1")')}`,
      ),
    ],
    [
      'a pool behind an if',
      ts(
        `import pg from 'pg'\nlet pool = null\nconst connect = () => {\n  if (!pool) pool = new pg.Pool({ max: 5 })\n  return pool\n}\n${handler('await connect().query("SELECT 1")')}`,
      ),
    ],
    [
      'a pool of a class',
      ts(
        `import { createPool } from 'mysql2/promise'\nclass Store {\n  pool = createPool({ connectionLimit: 4 })\n}\nconst store = new Store()\n${handler('await store.pool.query("SELECT 1")')}`,
      ),
    ],
    [
      'a pool inside a promise that is kept',
      ts(
        `import pg from 'pg'\nlet opened\nconst connect = () => {\n  if (!opened) {\n    opened = new Promise(resolve => {\n      const pool = new pg.Pool({ max: 5 })\n      resolve(pool)\n    })\n  }\n  return opened\n}\n${handler('const pool = await connect()\nreturn pool.query("SELECT 1")')}`,
      ),
    ],
    [
      'a connection beside the pool',
      ts(
        `import { Client, Pool } from 'pg'\nconst pool = new Pool({ max: 5 })\nconst listener = new Client()\n${handler('await pool.query("SELECT 1")')}`,
      ),
    ],
    [
      'a pool of the lifespan',
      py(
        'import asyncpg\nfrom contextlib import asynccontextmanager\n@asynccontextmanager\nasync def lifespan(app):\n    async with asyncpg.create_pool(os.environ["URL"], max_size=4) as pool:\n        yield {"pool": pool}\n',
      ),
    ],
    [
      'a global of Python',
      py(
        'import asyncpg\n_pool = None\nasync def pool():\n    global _pool\n    if _pool is None:\n        _pool = await asyncpg.create_pool(os.environ["URL"])\n    return _pool\n@mcp.tool()\nasync def read(id: int) -> str:\n    return await (await pool()).fetchval("SELECT name FROM a WHERE id = $1", id)\n',
      ),
    ],
    [
      'a cached engine',
      py(
        'from functools import lru_cache\nfrom sqlalchemy import create_engine\n@lru_cache\ndef engine():\n    return create_engine("postgresql://db/a", pool_size=4)\n@mcp.tool()\ndef read(id: int) -> str:\n    with engine().connect() as connection:\n        return connection.execute("SELECT 1")\n',
      ),
    ],
    [
      'a pool that mysql.connector keeps by its name',
      py(
        'import mysql.connector\n@mcp.tool()\ndef read(id: int) -> str:\n    with mysql.connector.connect(host="db.test", pool_name="a", pool_size=4) as connection:\n        return connection.cursor()\n',
      ),
    ],
    [
      'a pool of mysql.connector by options',
      py(
        'from mysql.connector import connect\nOPTIONS = {"host": os.environ["DB"], "pool_size": int(os.environ["POOL"])}\n@mcp.tool()\ndef read(id: int) -> str:\n    return connect(**OPTIONS).cursor()\n',
      ),
    ],
    [
      'MySQLConnectionPool',
      py(
        'from mysql.connector import pooling\npool = pooling.MySQLConnectionPool(pool_name="a", pool_size=4, host="db.test")\n@mcp.tool()\ndef read(id: int) -> str:\n    return pool.get_connection().cursor()\n',
      ),
    ],
    [
      'a pool of aiomysql',
      py(
        'import aiomysql\npool = None\nasync def open_pool():\n    global pool\n    if pool is None:\n        pool = await aiomysql.create_pool(host="db.test", maxsize=4)\n    return pool\n@mcp.tool()\nasync def read(id: int) -> str:\n    return (await open_pool()).acquire()\n',
      ),
    ],
    [
      'a pool of psycopg',
      py(
        'from psycopg_pool import AsyncConnectionPool\npool = AsyncConnectionPool("postgresql://db.test/a", max_size=4)\n',
      ),
    ],
  ])('passes with %s', async (_, files) => {
    const [pool, limit] = [await row(files, 40), await row(files, 89)]
    expect([pool.statuses, limit.statuses, pool.text]).toEqual([['pass'], ['pass'], pool.text])
  })

  it.each<[string, Files, string]>([
    [
      'a pool in the handler',
      ts(`import { Pool } from 'pg'\n${handler("const pool = new Pool({ max: 5 })\nreturn pool.query('SELECT 1')")}`),
      'anew for each call',
    ],
    [
      'a function that makes one each time',
      ts(
        `import { Pool } from 'pg'\nconst connect = () => new Pool({ max: 5 })\n${handler("const pool = connect()\nreturn pool.query('SELECT 1')")}`,
      ),
      'anew for each call',
    ],
    [
      'one connection',
      ts(`import { Client } from 'pg'\nconst client = new Client()\n${handler("return client.query('SELECT 1')")}`),
      'one connection without a pool',
    ],
    [
      'psycopg.connect',
      py(
        'import psycopg\n@mcp.tool()\ndef read(id: int) -> str:\n    with psycopg.connect(os.environ["URL"]) as connection:\n        return connection.execute("SELECT 1")\n',
      ),
      'anew for each call',
    ],
    [
      'an engine in a tool',
      py(
        'from sqlalchemy import create_engine\n@mcp.tool()\ndef read(id: int) -> str:\n    engine = create_engine("postgresql://db/a")\n    return engine.connect().execute("SELECT 1")\n',
      ),
      'anew for each call',
    ],
    [
      'mysql.connector',
      py(
        'import mysql.connector\n@mcp.tool()\ndef read(id: int) -> str:\n    with mysql.connector.connect(host="db.test", connection_timeout=4) as connection:\n        return connection.cursor()\n',
      ),
      'anew for each call',
    ],
    [
      'a pool of aiomysql in a tool',
      py(
        'import aiomysql\n@mcp.tool()\nasync def read(id: int) -> str:\n    pool = await aiomysql.create_pool(host="db.test", maxsize=4)\n    return pool.acquire()\n',
      ),
      'anew for each call',
    ],
    [
      'a pool of mysql2 in the handler',
      ts(
        `import { createPool } from 'mysql2/promise'\n${handler("const pool = createPool({ host: 'db.test' })\nreturn pool.query('SELECT 1')")}`,
      ),
      'anew for each call',
    ],
  ])('fails with %s', async (_, files, saw) => {
    const { statuses, text } = await row(files, 40)
    expect([statuses, text]).toEqual([['fail'], expect.stringContaining(saw)])
  })

  it.each<[string, Files]>([
    ['NullPool', nullPool],
    [
      'NullConnectionPool',
      py(
        'from psycopg_pool import NullConnectionPool\npool = NullConnectionPool("postgresql://db.test/a", max_size=4)\n',
      ),
    ],
  ])('leaves open whether a pooler stands in front of %s', async (_, files) => {
    const { statuses, text } = await row(files, 40)
    expect([statuses, text]).toEqual([['unknown'], expect.stringContaining('keeps no connection')])
  })

  it.each<[string, Files]>([
    ['a pool without limit', ts(`import { Pool } from 'pg'\nexport const pool = new Pool({ max: Infinity })`)],
    ['NullPool', nullPool],
    [
      'endless overflow',
      py('from sqlalchemy import create_engine\nengine = create_engine("postgresql://db/a", max_overflow=-1)\n'),
    ],
    ['redis without a limit', py('import redis\nclient = redis.Redis(host=os.environ["REDIS"])\n')],
  ])('fails row 89 with %s', async (_, files) => {
    expect((await row(files, 89)).statuses).toEqual(['fail'])
  })

  it.each<[string, Files, string[]]>([
    [
      'a client of the module',
      py(
        'import httpx\nclient = httpx.AsyncClient()\n@mcp.tool()\nasync def read(id: int) -> str:\n    return (await client.get("https://a.test")).text\n',
      ),
      ['pass', 'pass'],
    ],
    [
      'a request that sets something up beside a client of the module',
      py(
        'import httpx\nimport requests\nclient = httpx.AsyncClient()\ndef log_in():\n    return requests.post("https://a.test/token", timeout=3)\nif __name__ == "__main__":\n    log_in()\n',
      ),
      ['unknown', 'unknown'],
    ],
    [
      'a client of an instance that is made for each call',
      py(
        'import httpx\nclass Api:\n    def __init__(self):\n        self.client = httpx.AsyncClient()\n@mcp.tool()\nasync def read(id: int) -> str:\n    api = Api()\n    return (await api.client.get("https://a.test")).text\n',
      ),
      ['fail', 'fail'],
    ],
    [
      'a client for each call',
      py(
        'import httpx\n@mcp.tool()\nasync def read(id: int) -> str:\n    async with httpx.AsyncClient() as client:\n        return (await client.get("https://a.test")).text\n',
      ),
      ['fail', 'fail'],
    ],
    [
      'no client',
      py(
        'import requests\n@mcp.tool()\ndef read(id: int) -> str:\n    return requests.get("https://a.test", timeout=3).text\n',
      ),
      ['fail', 'fail'],
    ],
    [
      'a limit that is taken away',
      py('import httpx\nclient = httpx.AsyncClient(limits=httpx.Limits(max_connections=None))\n'),
      ['pass', 'fail'],
    ],
    ['fetch', ts(handler('return fetch("https://a.test")')), ['pass', 'unknown']],
    [
      'fetch with a limit',
      ts(
        `import { Agent, setGlobalDispatcher } from 'undici'\nsetGlobalDispatcher(new Agent({ connections: 8 }))\n${handler('return fetch("https://a.test")')}`,
      ),
      ['pass', 'pass'],
    ],
  ])('judges requests: %s', async (_, files, statuses) => {
    expect([...(await row(files, 40)).statuses, ...(await row(files, 89)).statuses]).toEqual(statuses)
  })

  it('does not decide about a pool that is shared on one way and made anew on another', async () => {
    const files = py(
      'from psycopg_pool import AsyncConnectionPool\n\nclass Pool:\n    async def connect(self, url):\n        self.pool = AsyncConnectionPool(conninfo=url, max_size=5)\n        return self.pool\n\nshared = Pool()\n\nclass Driver:\n    def __init__(self, pool=None, url=None):\n        self.pool = pool\n        self.url = url\n\n    async def run(self, sql):\n        if self.pool is None:\n            self.pool = Pool()\n        pool = await self.pool.connect(self.url)\n        return pool\n\n@mcp.tool()\nasync def read(id: int) -> str:\n    await shared.connect("postgresql://db.test/a")\n    return str(await Driver(pool=shared).run("SELECT 1"))\n',
    )
    expect((await row(files, 40)).statuses).toEqual(['unknown'])
  })

  it('does not decide whether settings that were not followed name a pool', async () => {
    const files = py(
      'from mysql.connector import connect\nfrom settings import options\n@mcp.tool()\ndef read(id: int) -> str:\n    return connect(**options).cursor()\n',
    )
    expect((await row(files, 40)).statuses).toEqual(['unknown'])
  })

  it.each<[string, Files, string]>([
    ['nothing to connect to', ts(''), 'not-applicable'],
    [
      'a client of an application in the same process',
      py(
        'import httpx\nfrom a.app import app\n@mcp.tool()\nasync def read(id: int) -> str:\n    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:\n        return str(client)\n',
      ),
      'not-applicable',
    ],
    ['an embedded database', py('import sqlite3\nconnection = sqlite3.connect("a.db")\n'), 'not-applicable'],
    ['another language', { 'main.go': 'package main' }, 'unknown'],
  ])('says why with %s', async (_, files, status) => {
    expect((await judgeFiles(item, files)).status).toBe(status)
  })

  it.each([
    ['connections.set("a", made)', 'unknown'],
    ['print("a", made)', 'fail'],
  ])('does not decide of a pool that is handed to a map of the server: %s', async (kept, status) => {
    const files = {
      'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp", "psycopg-pool"]\n',
      'src/a/server.py': `from fastmcp import FastMCP\nfrom psycopg_pool import AsyncConnectionPool\nmcp = FastMCP("a")\nclass Kept:\n    def __init__(self):\n        self.map = {}\n    def set(self, key, made):\n        self.map[key] = made\nconnections = Kept()\nclass Pooled:\n    def __init__(self):\n        self.pool = None\n    async def query(self, text):\n        self.pool = AsyncConnectionPool("host=a.test", open=False)\n        async with self.pool.connection() as one:\n            return await one.execute(text)\n@mcp.tool()\nasync def count(table: str) -> int:\n    made = Pooled()\n    ${kept}\n    return await made.query("SELECT 1")\n`,
    }
    const { verdicts } = await judgeFiles(item, files)
    expect(verdicts[0], JSON.stringify(verdicts)).toMatchObject({ status })
  })
})
