import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './database-efficiency.ts'

type Files = Record<string, string>
const ts = (body: string, extra: Files = {}): Files => ({
  'package.json': '{"name":"a","dependencies":{"@modelcontextprotocol/server":"^2.4.0"}}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'
import { Pool } from 'pg'
const server = new McpServer({ name: 'a', version: '1' })
const pool = new Pool({ host: process.env.H })
server.registerTool('read', { description: 'x' }, async ({ ids, id }) => {
${body}
})
`,
  ...extra,
})
const py = (body: string, extra: Files = {}): Files => ({
  'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp"]\n',
  'src/a/server.py': `import os
import asyncio
import asyncpg
from fastmcp import FastMCP
mcp = FastMCP("a")
pool = asyncpg.create_pool(os.environ["URL"])
@mcp.tool()
async def read(ids: list[int]) -> list[str]:
${body.replaceAll(/^/gm, '    ')}
`,
  ...extra,
})
const table = {
  'migrations/1.sql':
    'CREATE TABLE IF NOT EXISTS app.notes (\n  id bigint PRIMARY KEY, -- the key\n  name text NOT NULL,\n  size numeric(10, 2),\n  UNIQUE (name)\n);\n',
}

describe('database-efficiency', () => {
  it.each<[string, Files]>([
    ['one statement for all', ts("return pool.query('SELECT id, name FROM notes WHERE id = ANY($1)', [ids])")],
    [
      'another try',
      ts(
        "for (const attempt of [1, 2, 3]) {\n  try { return await pool.query('SELECT name FROM notes WHERE id = $1', [id]) } catch { continue }\n}",
      ),
    ],
    [
      'batches',
      ts(
        "for (const chunk of inChunks(ids, 500)) await pool.query('SELECT name FROM notes WHERE id = ANY($1)', [chunk])",
      ),
    ],
    [
      'a loop over what was found',
      ts(
        "const { rows } = await pool.query('SELECT id, name FROM notes')\nfor (const row of rows) console.error(row.name)",
      ),
    ],
    ['a name of its own', ts("return pool.query('WITH found AS (SELECT id FROM notes) SELECT * FROM found')")],
    ['EXISTS', ts("return pool.query('SELECT EXISTS (SELECT * FROM notes WHERE id = $1)', [id])")],
    ['a key', ts("return pool.query('SELECT size FROM notes WHERE name = $1', [id])", table)],
    ['a comment', ts("// SELECT * FROM notes\nreturn pool.query('SELECT id FROM notes')")],
    [
      'migrations one after the other',
      ts("return pool.query('SELECT 1')", {
        'src/migrate.ts':
          "import { Pool } from 'pg'\nconst pool = new Pool()\nexport const migrate = async (all: string[]) => {\n  for (const name of all) await pool.query('INSERT INTO migrations (name) VALUES ($1)', [name])\n}",
      }),
    ],
    ['one statement of Python', py('return await pool.fetch("SELECT name FROM notes WHERE id = ANY($1)", ids)')],
    ['many rows', py('await pool.executemany("INSERT INTO notes (id) VALUES ($1)", [(id,) for id in ids])\nreturn []')],
    [
      'an index',
      py('return await pool.fetch("SELECT name FROM notes WHERE size > $1 ORDER BY name", 5)', {
        'db/schema.sql': `${table['migrations/1.sql']}CREATE INDEX by_size ON app.notes USING btree (size);`,
      }),
    ],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, verdicts]).toEqual(['pass', verdicts])
  })

  it.each<[string, Files, string]>([
    [
      'a loop',
      ts("for (const id of ids) await pool.query('SELECT name FROM notes WHERE id = $1', [id])"),
      'once for each element',
    ],
    [
      'Promise.all',
      ts("return Promise.all(ids.map(id => pool.query('SELECT name FROM notes WHERE id = $1', [id])))"),
      'once for each element',
    ],
    [
      'a function that a loop calls',
      {
        ...ts('const found = []\nfor (const each of ids) found.push(await nameOf(each))\nreturn found'),
        'src/names.ts': '',
        'src/index.ts':
          ts('const found = []\nfor (const each of ids) found.push(await nameOf(each))\nreturn found')['src/index.ts'] +
          "\nconst nameOf = async (id: number) => pool.query('SELECT name FROM notes WHERE id = $1', [id])\n",
      },
      'once for each element',
    ],
    ['every column', ts("return pool.query('SELECT * FROM notes WHERE id = $1', [id])"), 'reads every column'],
    [
      'every column, tagged',
      {
        ...ts(''),
        'src/index.ts':
          "import { McpServer } from '@modelcontextprotocol/server'\nimport postgres from 'postgres'\nconst sql = postgres('postgres://db/a')\nexport const all = (id: number) => sql`select * from notes where id = ${id}`\n",
      },
      'reads every column',
    ],
    ['no index', ts("return pool.query('SELECT name FROM notes WHERE size = $1', [id])", table), 'no index begins'],
    [
      'a loop of Python',
      py('return [await pool.fetchval("SELECT name FROM notes WHERE id = $1", id) for id in ids]'),
      'once for each element',
    ],
    [
      'a loop with a text made of it',
      py(
        'found = []\nfor id in ids:\n    found.append(await pool.fetchval(f"SELECT name FROM notes WHERE id = {id}"))\nreturn found',
      ),
      'once for each element',
    ],
    [
      'every column of Python',
      py('return await pool.fetch("""\n    SELECT n.*\n    FROM notes n\n""")'),
      'reads every column',
    ],
    [
      'no index of Python',
      py('return await pool.fetch("SELECT name FROM notes WHERE size = $1 LIMIT 5", 5)', table),
      'no index begins',
    ],
  ])('fails with %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files, string]>([
    ['no statement', ts('return []'), 'unknown'],
    ['a text from elsewhere', ts('return pool.query(id)'), 'unknown'],
    [
      'an embedded database',
      {
        'package.json': '{"name":"a"}',
        'src/index.ts':
          "import { McpServer } from '@modelcontextprotocol/server'\nimport Database from 'better-sqlite3'\nconst db = new Database('a.db')\nexport const all = () => db.prepare('SELECT * FROM notes').all()",
      },
      'not-applicable',
    ],
    [
      'no database',
      { 'package.json': '{"name":"a"}', 'src/index.ts': "import { McpServer } from '@modelcontextprotocol/server'" },
      'not-applicable',
    ],
  ])('says why with %s', async (_, files, status) => {
    const result = await judgeFiles(item, files)
    expect([result.status, result.verdicts]).toEqual([status, result.verdicts])
  })
})
