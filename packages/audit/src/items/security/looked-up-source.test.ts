import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import sqlInjection from './sql-injection.ts'

describe('a name that is looked up in a database first', () => {
  const ts = async (body: string): Promise<string> => {
    const before = `import Database from 'better-sqlite3'\nconst db = new Database('notes.db')`
    return (await judgeFiles(sqlInjection, typescriptHandler({ before, takes: '{ table: z.string() }', body }))).status
  }
  const py = async (body: string): Promise<string> => {
    const before = 'import sqlite3\nconnection = sqlite3.connect("notes.db")'
    return (await judgeFiles(sqlInjection, pythonHandler({ before, takes: 'table: str', body }))).status
  }
  const catalogue = `SELECT name FROM sqlite_master WHERE type='table' AND name = ?`
  const own = 'SELECT id FROM boards WHERE title = ?'
  const read = 'return db.prepare(`PRAGMA table_info(${args.table})`).all()'
  const pythonRead = 'return str(connection.execute(f"PRAGMA table_info({table})").fetchall())'
  const refusal = `if (!found) throw new Error('no such table')`

  it('passes where it has to be the name of a table', async () => {
    expect(await ts(`const found = db.prepare("${catalogue}").get(args.table)\n${refusal}\n${read}`)).toBe('pass')
    expect(
      await ts(`const look = db.prepare("${catalogue}")\nconst found = look.get(args.table)\n${refusal}\n${read}`),
    ).toBe('pass')
    const before = `import { open } from 'sqlite'\nconst db = await open({ filename: 'notes.db' })`
    const body = `const found = await db.get("${catalogue}", args.table)\n${refusal}
return db.all(\`PRAGMA table_info(\${args.table})\`)`
    expect(
      await judgeFiles(sqlInjection, typescriptHandler({ before, takes: '{ table: z.string() }', body })),
    ).toMatchObject({ status: 'pass' })
    const fetched = `cursor = connection.cursor()
cursor.execute("${catalogue}", [table])
if not cursor.fetchone():
    raise ValueError("no such table")
${pythonRead}`
    expect(await py(fetched)).toBe('pass')
    const chained = `if connection.execute("${catalogue}", (table,)).fetchone() is None:
    return "no such table"
${pythonRead}`
    expect(await py(chained)).toBe('pass')
  })

  it('is bound where a statement was prepared, whatever that is called', async () => {
    expect(
      await ts(
        `const insert = db.prepare('INSERT INTO notes VALUES (?)')\ninsert.run(args.table)\nreturn { content: [] }`,
      ),
    ).toBe('pass')
  })

  it('is left open where it may be what somebody stored', async () => {
    expect(await ts(`const found = db.prepare("${own}").get(args.table)\n${refusal}\n${read}`)).toBe('unknown')
  })

  it('fails where nothing follows from it, or something else is looked up', async () => {
    expect(await ts(`const found = db.prepare("${catalogue}").get(args.table)\n${read}`)).toBe('fail')
    const other = `const found = db.prepare("${catalogue}").get('notes')\n${refusal}\n${read}`
    expect(await ts(other)).toBe('fail')
    for (const always of ['name != ?', "type = 'table' OR name = ?", 'name NOT LIKE ?'])
      expect(
        await ts(
          `const found = db.prepare("SELECT name FROM sqlite_master WHERE ${always}").get(args.table)\n${refusal}\n${read}`,
        ),
      ).toBe('fail')
    const counted = `const found = db.prepare("SELECT count(*) FROM sqlite_master WHERE name = ?").get(args.table)\n${refusal}\n${read}`
    expect(await ts(counted)).toBe('fail')
  })
})
