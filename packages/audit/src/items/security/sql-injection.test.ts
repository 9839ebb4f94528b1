import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import sqlInjection from './sql-injection.ts'

const judge = (files: Files) => judgeFiles(sqlInjection, files)
const takes = '{ name: z.string(), table: z.string(), sql: z.string() }'
const before = `import pg from 'pg'
import Database from 'better-sqlite3'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const db = new Database('notes.db')`

describe('SQL in TypeScript', () => {
  it.each([
    ['a template', "return pool.query(`SELECT * FROM notes WHERE name = '${args.name}'`)"],
    ['a sum', `return pool.query("SELECT * FROM notes WHERE id = " + args.name)`],
    [
      'a text that grows',
      `let sql = 'SELECT * FROM notes'\nif (args.name) sql += " WHERE name = '" + args.name + "'"\nreturn pool.query(sql)`,
    ],
    [
      'a list that is joined',
      `const parts = [\`name = '\${args.name}'\`]\nreturn pool.query('SELECT * FROM notes WHERE ' + parts.join(' AND '))`,
    ],
    ['a name of a table', 'return db.prepare(`SELECT * FROM ${args.table}`).all()'],
    ['quotes that can be left', 'return db.prepare(`SELECT * FROM "${args.table}"`).all()'],
    ['a record', "return pool.query({ text: `SELECT * FROM notes WHERE name = '${args.name}'` })"],
    ['any statement', 'return pool.query(args.sql)'],
    [
      'a block-list of one word',
      `if (args.name.includes('--')) throw new Error('no')\nreturn pool.query("SELECT * FROM notes WHERE name = '" + args.name + "'")`,
    ],
  ])('fails with %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['bound parameters', `return pool.query('SELECT * FROM notes WHERE name = $1', [args.name])`],
    ['a prepared statement', `return db.prepare('SELECT * FROM notes WHERE name = ?').all(args.name)`],
    [
      'placeholders that are put together',
      `const marks = [args.name].map(() => '?').join(', ')\nreturn db.prepare(\`SELECT * FROM notes WHERE name IN (\${marks})\`).all(args.name)`,
    ],
    [
      'a list of tables',
      `if (!['notes', 'tags'].includes(args.table)) throw new Error('no')\nreturn db.prepare(\`SELECT * FROM \${args.table}\`).all()`,
    ],
    ['doubled quotes', 'return db.prepare(`SELECT * FROM "${args.table.replace(/"/g, \'""\')}"`).all()'],
    ['a number', 'return pool.query(`SELECT * FROM notes LIMIT ${Number.parseInt(args.name, 10)}`)'],
    [
      'a pattern',
      `if (!/^\\w+$/.test(args.table)) throw new Error('no')\nreturn db.prepare('SELECT * FROM ' + args.table).all()`,
    ],
    [
      'a column from a table',
      `const columns = { name: 'name', date: 'created_at' }\nreturn pool.query(\`SELECT * FROM notes ORDER BY \${columns[args.name] ?? 'name'}\`)`,
    ],
  ])('passes with %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('passes a tagged template', async () => {
    const result = await judge(
      typescriptHandler({
        before: `import postgres from 'postgres'\nconst sql = postgres(process.env.DATABASE_URL!)`,
        takes,
        body: 'const rows = await sql`SELECT * FROM notes WHERE name = ${args.name}`\nreturn rows',
      }),
    )
    expect(result.status, JSON.stringify(result.verdicts)).not.toBe('fail')
  })

  it('leaves a tool for any query open where a setting makes it read only, and sees through a weak check', async () => {
    const readOnly = (words: string, asked = '{ text: args.sql, name: "one" }'): Files =>
      typescriptHandler({
        before: `${before}\nconst words = ${words}\nconst isReading = (sql: string) => words.includes(sql.trim().toLowerCase().split(' ')[0])`,
        takes,
        body: `if (process.env.READ_ONLY && !isReading(args.sql)) throw new Error('read only')\nreturn pool.query(${asked})`,
      })
    expect(await judge(readOnly("['select', 'show']"))).toMatchObject({ status: 'unknown' })
    expect(evidenceOf(await judge(readOnly("['select', 'show']", 'args.sql')))).toContain('SELECT 1; DROP')
    const weak = await judge(readOnly("['select', 'with']"))
    expect(weak.status).toBe('fail')
    expect(evidenceOf(weak)).toContain('WITH a AS (DELETE')
  })

  it.each([
    ['readonly: true', 'pass'],
    ['readonly: !process.env.WRITES', 'unknown'],
    ['readonly: false', 'fail'],
  ])('takes a tool for any query with { %s } for a %s', async (option, status) => {
    const opened = `import Database from 'better-sqlite3'\nconst db = new Database('notes.db', { ${option} })`
    const result = await judge(typescriptHandler({ before: opened, takes, body: 'return db.prepare(args.sql).all()' }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
    const joined = await judge(
      typescriptHandler({ before: opened, takes, body: 'return db.prepare(`SELECT * FROM ${args.table}`).all()' }),
    )
    expect(joined.status).toBe('fail')
  })

  it('does not take a setting that the library does not know for one that holds', async () => {
    const opened = `import pg from 'pg'\nconst db = new pg.Pool({ readOnly: true })`
    const result = await judge(typescriptHandler({ before: opened, takes, body: 'return db.query(args.sql)' }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it('shows the connection that only reads', async () => {
    const opened = "import Database from 'better-sqlite3'\nconst db = new Database('notes.db', { readonly: true })"
    const result = await judge(typescriptHandler({ before: opened, takes, body: 'return db.prepare(args.sql).all()' }))
    expect(evidenceOf(result)).toContain('better-sqlite3 is opened to read only')
  })

  it('does not apply without a database', async () => {
    expect(await judge(typescriptHandler({ body: 'return args.path' }))).toMatchObject({ status: 'not-applicable' })
  })
})

describe('SQL in Python', () => {
  const imports =
    'import sqlite3\nfrom sqlalchemy import text, create_engine\nconn = sqlite3.connect("notes.db")\nengine = create_engine("sqlite://")'
  const parameters = 'name: str, table: str'

  it.each([
    ['an f-string', `return str(conn.execute(f"SELECT * FROM notes WHERE name = '{name}'").fetchall())`],
    ['a percent sign', `return str(conn.execute("SELECT * FROM notes WHERE name = '%s'" % name).fetchall())`],
    ['format', `return str(conn.cursor().execute("SELECT * FROM {}".format(table)).fetchall())`],
    ['a cursor that is handed on', `return str(load(conn.cursor(), name))`],
    [
      'a text of SQLAlchemy',
      `with engine.connect() as connection:\n    return str(connection.execute(text("SELECT * FROM notes WHERE name = '" + name + "'")).all())`,
    ],
  ])('fails with %s', async (_, body) => {
    const before = `${imports}\ndef load(cursor, wanted):\n    cursor.execute(f"SELECT * FROM notes WHERE name = '{wanted}'")\n    return cursor.fetchall()`
    const result = await judge(pythonHandler({ before, takes: parameters, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['bound parameters', 'return str(conn.execute("SELECT * FROM notes WHERE name = ?", (name,)).fetchall())'],
    [
      'named parameters',
      'return str(conn.execute("SELECT * FROM notes WHERE name = :name", {"name": name}).fetchall())',
    ],
    [
      'placeholders',
      `marks = ", ".join("?" for _ in [name])\nreturn str(conn.execute(f"SELECT * FROM notes WHERE name IN ({marks})", [name]).fetchall())`,
    ],
    [
      'a list of tables',
      'if table not in {"notes", "tags"}:\n    raise ValueError(table)\nreturn str(conn.execute(f"SELECT * FROM {table}").fetchall())',
    ],
    [
      'an identifier',
      'if not table.isidentifier():\n    raise ValueError(table)\nreturn str(conn.execute(f"SELECT * FROM {table}").fetchall())',
    ],
  ])('passes with %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: parameters, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['settings', 'unknown'],
    ['{}', 'fail'],
    ['{"readonly": 0}', 'fail'],
  ])('asks whether a call that takes a whole statement is told to read only: %s', async (given, status) => {
    const files = {
      'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp", "clickhouse-connect"]\n',
      'src/a/server.py': `import clickhouse_connect\nfrom fastmcp import FastMCP\nmcp = FastMCP("a")\ndef limits(client):\n    level = "1" if client.writes in (None, "0") else client.writes\n    if level is not None:\n        return {"readonly": level}\n    return {}\n@mcp.tool()\ndef run_query(query: str) -> list:\n    client = clickhouse_connect.get_client()\n    settings = limits(client)\n    return client.query(query, settings=${given}).result_rows\n`,
    }
    const result = await judge(files)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })
})
