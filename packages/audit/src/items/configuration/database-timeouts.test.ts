import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './database-timeouts.ts'

type Files = Record<string, string>
const ts = (source: string, extra: Files = {}): Files => ({
  'package.json': '{"name":"a","dependencies":{"@modelcontextprotocol/server":"^2.4.0"}}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\n${source}\n`,
  ...extra,
})
const py = (source: string, extra: Files = {}): Files => ({
  'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp"]\n',
  'src/a/server.py': `from fastmcp import FastMCP\nimport os\n${source}\n`,
  ...extra,
})

describe('database-timeouts', () => {
  it.each<[string, Files]>([
    [
      'pg',
      ts(
        "import { Pool } from 'pg'\nexport const pool = new Pool({ connectionString: process.env.URL, connectionTimeoutMillis: 3000, statement_timeout: 5000 })",
      ),
    ],
    [
      'pg through the default import and a function',
      ts(
        "import pg from 'pg'\nimport { options } from './options.js'\nexport const pool = new pg.Pool(options(process.env))",
        {
          'src/options.ts':
            'const limits = { query_timeout: 9000 }\nexport const options = (env: NodeJS.ProcessEnv) => ({ host: env.HOST, connectionTimeoutMillis: Number(env.WAIT), ...limits })',
        },
      ),
    ],
    [
      'pg with a statement that sets it',
      ts(
        "import { Pool } from 'pg'\nconst pool = new Pool({ host: process.env.H, connectionTimeoutMillis: 3000 })\npool.on('connect', client => client.query('SET statement_timeout = 5000'))",
      ),
    ],
    [
      'mysql2 with a timeout in each query',
      ts(
        "import { createPool } from 'mysql2/promise'\nconst pool = createPool({ host: process.env.H })\nexport const all = () => pool.query({ sql: 'SELECT id FROM notes', timeout: 4000 })",
      ),
    ],
    ['mongodb', ts("import { MongoClient } from 'mongodb'\nnew MongoClient(process.env.URL!, { timeoutMS: 5000 })")],
    [
      'asyncpg',
      py(
        'import asyncpg\nasync def pool():\n    return await asyncpg.create_pool(os.environ["URL"], command_timeout=5)',
      ),
    ],
    [
      'psycopg with keywords in a dictionary',
      py(
        'from psycopg_pool import AsyncConnectionPool\nkwargs = {"connect_timeout": 3, "options": "-c statement_timeout=5000"}\npool = AsyncConnectionPool(os.environ["URL"], kwargs=kwargs)',
      ),
    ],
    [
      'sqlalchemy',
      py(
        'from sqlalchemy.ext.asyncio import create_async_engine\nengine = create_async_engine("postgresql+asyncpg://db/notes", connect_args={"timeout": 3, "command_timeout": 5})',
      ),
    ],
    [
      'redis-py',
      py(
        'import redis.asyncio as redis\nclient = redis.from_url(os.environ["REDIS"], socket_timeout=float(os.environ["WAIT"]))',
      ),
    ],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, verdicts]).toEqual(['pass', verdicts])
  })

  it.each<[string, Files, string]>([
    [
      'neither',
      ts("import { Pool } from 'pg'\nnew Pool({ connectionString: process.env.URL })"),
      'a connection and for a statement',
    ],
    [
      'a statement without limit',
      ts(
        "import { Pool } from 'pg'\nnew Pool({ host: process.env.H, connectionTimeoutMillis: 3000, statement_timeout: 0 })",
      ),
      'for a statement',
    ],
    [
      'a limit in a comment',
      ts(
        "import { Pool } from 'pg'\n// connectionTimeoutMillis: 3000, statement_timeout: 5000\nexport const other = { statement_timeout: 5 }\nnew Pool({ host: process.env.H })",
      ),
      'a connection and for a statement',
    ],
    [
      'asyncpg without',
      py('import asyncpg\nasync def pool():\n    return await asyncpg.create_pool(os.environ["URL"])'),
      'for a statement',
    ],
    [
      'psycopg without',
      py('import psycopg\nconnection = psycopg.connect(os.environ["URL"], connect_timeout=3)'),
      'for a statement',
    ],
    [
      'a pool of psycopg, which itself waits 30 s for a connection',
      py('from psycopg_pool import AsyncConnectionPool\npool = AsyncConnectionPool(os.environ["URL"], max_size=5)'),
      'nothing limits the wait for a statement',
    ],
    [
      'None',
      py('import redis\nclient = redis.Redis(host=os.environ["REDIS"], socket_timeout=None)'),
      'a connection and for a statement',
    ],
    [
      'mysql.connector in its own words',
      py('from mysql.connector import connect\nconnection = connect(host=os.environ["H"])'),
      'connection_timeout and read_timeout',
    ],
  ])('fails with %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files, string]>([
    ['no database', ts(''), 'not-applicable'],
    [
      'an embedded one',
      ts("import { DatabaseSync } from 'node:sqlite'\nnew DatabaseSync(process.env.FILE ?? 'a.db')"),
      'not-applicable',
    ],
    [
      'an embedded one behind SQLAlchemy',
      py('from sqlalchemy import create_engine\nengine = create_engine("sqlite:///notes.db")'),
      'not-applicable',
    ],
    [
      'an address from outside',
      py('from sqlalchemy import create_engine\nengine = create_engine(os.environ["URL"])'),
      'unknown',
    ],
    [
      'options that are filled later',
      ts(
        "import { Pool } from 'pg'\nexport const open = (seconds?: number) => {\n  const options = { host: process.env.HOST }\n  if (seconds) options.connectionTimeoutMillis = seconds * 1000\n  return new Pool(options)\n}",
      ),
      'unknown',
    ],
    [
      'a driver that a file loads which starts the server',
      {
        ...ts("export const main = () => new McpServer({ name: 'a', version: '1' })"),
        'src/server.ts':
          "import { McpServer } from '@modelcontextprotocol/server'\nexport const main = () => new McpServer({ name: 'a', version: '1' })\n",
        'src/index.ts':
          "import { main } from './server.js'\nconst load = () => import('./postgres.js')\nvoid load().then(main)\n",
        'src/postgres.ts': "import { Pool } from 'pg'\nexport const pool = new Pool({ host: 'db' })\n",
      },
      'fail',
    ],
    [
      'a driver that is left to install',
      {
        ...ts(''),
        'package.json': '{"dependencies":{"@modelcontextprotocol/server":"2"},"optionalDependencies":{"pg":"^8.0.0"}}',
      },
      'unknown',
    ],
    [
      'options from elsewhere',
      ts("import { Pool } from 'pg'\nimport { load } from 'settings-of-others'\nnew Pool(load())"),
      'unknown',
    ],
    [
      'a library that is not found in the source',
      { ...ts(''), 'package.json': '{"dependencies":{"pg":"^8.0.0"}}' },
      'unknown',
    ],
    ['another language', { 'main.go': 'package main' }, 'unknown'],
  ])('does not guess with %s', async (_, files, status) => {
    const result = await judgeFiles(item, files)
    expect([result.status, result.verdicts]).toEqual([status, result.verdicts])
  })
})
