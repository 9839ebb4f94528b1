import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import sqlInjection from './sql-injection.ts'

const leaving = 'COMMIT; DROP TABLE'

describe('whole statements in a transaction that only reads, in TypeScript', () => {
  const judge = (body: string, before: string) =>
    judgeFiles(sqlInjection, typescriptHandler({ before, takes: '{ sql: z.string() }', body }))
  const pg = `import pg from 'pg'\nconst pool = new pg.Pool()`
  const connected = 'const client = await pool.connect()'

  it.each([
    ['one text', `${connected}\nawait client.query('BEGIN TRANSACTION READ ONLY')\nreturn client.query(args.sql)`],
    [
      'no values',
      `${connected}\nawait client.query('BEGIN READ ONLY')\nreturn client.query({ text: args.sql, values: [] })`,
    ],
  ])('may be several with %s', async (_, body) => {
    expect(evidenceOf(await judge(body, pg))).toContain(leaving)
  })

  it.each([
    [
      'a prepared statement',
      `${connected}\nawait client.query('BEGIN TRANSACTION READ ONLY')\nreturn client.query({ name: 'one', text: args.sql })`,
      pg,
    ],
    [
      'values',
      `${connected}\nawait client.query('START TRANSACTION READ ONLY')\nreturn client.query(args.sql, [args.limit])`,
      pg,
    ],
    [
      'a database that takes one at a time',
      `const connection = await pool.getConnection()\nawait connection.query('SET TRANSACTION READ ONLY')\nreturn connection.query(args.sql)`,
      `import mysql from 'mysql2/promise'\nconst pool = mysql.createPool({})`,
    ],
  ])('are left open with %s', async (_, body, before) => {
    expect(await judge(body, before)).toMatchObject({ status: 'unknown' })
  })

  it.each([
    [
      'a transaction that writes',
      `${connected}\nawait client.query('BEGIN')\nreturn client.query({ name: 'one', text: args.sql })`,
    ],
    [
      'a branch of its own',
      `${connected}\nif (args.safe) {\n  await client.query('BEGIN TRANSACTION READ ONLY')\n}\nreturn client.query({ name: 'one', text: args.sql })`,
    ],
  ])('fail with %s', async (_, body) => {
    expect(evidenceOf(await judge(body, pg))).toContain('a statement that changes data')
  })

  it('says nothing for a text that is only a part of the statement', async () => {
    const body = `${connected}
await client.query('BEGIN TRANSACTION READ ONLY')
return client.query({ name: 'one', text: \`SELECT * FROM notes WHERE name = '\${args.sql}'\` })`
    expect(await judge(body, pg)).toMatchObject({ status: 'fail' })
  })
})

describe('whole statements in a transaction that only reads, in Python', () => {
  const judge = (body: string, before: string) =>
    judgeFiles(sqlInjection, pythonHandler({ before, takes: 'sql: str', body }))
  const opened = 'connection = asyncpg.connect("postgres://localhost/notes")'

  it('are left open where each is prepared', async () => {
    const body = `${opened}\nwith connection.transaction(readonly=True):\n    return str(connection.fetch(sql))`
    expect(await judge(body, 'import asyncpg')).toMatchObject({ status: 'unknown' })
  })

  it('may be several where they are not', async () => {
    const body = `${opened}\nwith connection.transaction(readonly=True):\n    return str(connection.execute(sql))`
    expect(evidenceOf(await judge(body, 'import asyncpg'))).toContain(leaving)
    const set = `connection = psycopg.connect("")
cursor = connection.cursor()
cursor.execute("SET TRANSACTION READ ONLY")
cursor.execute(sql)
return str(cursor.fetchall())`
    expect(evidenceOf(await judge(set, 'import psycopg'))).toContain(leaving)
  })

  it('fail in a transaction that writes', async () => {
    const body = `${opened}\nwith connection.transaction():\n    return str(connection.fetch(sql))`
    expect(evidenceOf(await judge(body, 'import asyncpg'))).toContain('a statement that changes data')
  })
})
