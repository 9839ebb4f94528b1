import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import sqlInjection from './sql-injection.ts'

const judge = (files: Files) => judgeFiles(sqlInjection, files)

describe('a tool for any statement, and what is forbidden, in TypeScript', () => {
  const takes = '{ name: z.string(), sql: z.string() }'
  const before = `import pg from 'pg'
import Database from 'better-sqlite3'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const db = new Database('notes.db')`
  const forbidden = 'const forbidden = /\\b(insert|update|delete|drop|create|alter|grant)\\b/i'
  const selecting = 'const selecting = /^\\s*select\\b/i'
  it.each([
    ['a list of what is forbidden', 'if (forbidden.test(args.sql)) throw new Error("no")', 'pool.query(args.sql)'],
    [
      'a list of what is forbidden, and a transaction that may not be one',
      'if (forbidden.test(args.sql)) throw new Error("no")\nif (process.env.SAFE) await pool.query("BEGIN READ ONLY")',
      'pool.query({ text: args.sql, name: "one" })',
    ],
    [
      'SELECT before it, and a list of what is forbidden',
      'if (!selecting.test(args.sql) || forbidden.test(args.sql)) throw new Error("no")',
      'pool.query(args.sql)',
    ],
    [
      'one SELECT, whose functions nobody looks at',
      'if (!selecting.test(args.sql)) throw new Error("no")',
      'pool.query({ text: args.sql, name: "one" })',
    ],
    [
      'a list of what is forbidden in SQLite',
      'if (forbidden.test(args.sql)) throw new Error("no")',
      'db.prepare(args.sql).all()',
    ],
  ])('is not convinced by %s', async (_, guard, asked) => {
    const result = await judge(
      typescriptHandler({ before: `${before}\n${forbidden}\n${selecting}`, takes, body: `${guard}\nreturn ${asked}` }),
    )
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(result.verdicts)).toContain('that can only read would be a proof')
  })

  it.each([
    [
      'a transaction that only reads',
      'if (forbidden.test(args.sql)) throw new Error("no")\nawait pool.query("BEGIN TRANSACTION READ ONLY")',
      'pool.query({ text: args.sql, name: "one" })',
    ],
    ['one SELECT in SQLite', 'if (!selecting.test(args.sql)) throw new Error("no")', 'db.prepare(args.sql).all()'],
    [
      'statements that are written down',
      'const known: Record<string, string> = { notes: "SELECT * FROM notes", tags: "SELECT * FROM tags" }\nif (!Object.hasOwn(known, args.sql)) throw new Error("no")',
      'pool.query(known[args.sql])',
    ],
    [
      'a value that is bound, whatever is forbidden in it',
      'if (forbidden.test(args.name)) throw new Error("no")',
      'pool.query("SELECT * FROM notes WHERE name = $1", [args.name])',
    ],
  ])('is convinced by %s', async (_, guard, asked) => {
    const result = await judge(
      typescriptHandler({ before: `${before}\n${forbidden}\n${selecting}`, takes, body: `${guard}\nreturn ${asked}` }),
    )
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('fails where the list lacks what is tried', async () => {
    const result = await judge(
      typescriptHandler({
        before,
        takes,
        body: 'if (/\\b(insert|update|delete)\\b/i.test(args.sql)) throw new Error("no")\nreturn pool.query(args.sql)',
      }),
    )
    expect(evidenceOf(result)).toContain('DROP TABLE')
  })

  it.each([
    ['all of them', '[/\\b(insert|update|delete)\\b/i, /\\b(drop|create|alter)\\b/i]', 'unknown'],
    ['some of them', '[/\\b(insert|update|delete)\\b/i, /\\bgrant\\b/i]', 'fail'],
  ])('follows a list of what was found against a statement: %s', async (_, patterns, status) => {
    const check = `const patterns = ${patterns}\nconst found = (sql: string): string[] => {\n  const issues: string[] = []\n  for (const pattern of patterns) {\n    if (pattern.test(sql)) issues.push('no')\n  }\n  return issues\n}`
    const body = 'if (found(args.sql).length > 0) throw new Error("no")\nreturn pool.query(args.sql)'
    const result = await judge(typescriptHandler({ before: `${before}\n${check}`, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
    expect(JSON.stringify(result.verdicts)).toContain(status === 'unknown' ? 'a list of what is forbidden' : '')
  })

  it('takes a connection that only reads for a proof, with a list of what is forbidden before it as well', async () => {
    const opened = `import Database from 'better-sqlite3'\nconst db = new Database('notes.db', { readonly: true })\n${forbidden}`
    const body = 'if (forbidden.test(args.sql)) throw new Error("no")\nreturn db.prepare(args.sql).all()'
    const result = await judge(typescriptHandler({ before: opened, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })
})

describe('a tool for any statement, and what is forbidden, in Python', () => {
  const words =
    'import re\nimport psycopg\nimport sqlite3\nFORBIDDEN = re.compile(r"\\b(insert|update|delete|drop|create|alter)\\b", re.I)'
  const postgres = 'with psycopg.connect("") as conn:\n    return str(conn.execute(sql).fetchall())'
  const listed = 'if FORBIDDEN.search(sql):\n    raise ValueError(sql)'
  const selected = 'if not sql.strip().lower().startswith("select"):\n    raise ValueError(sql)'
  const sqlite = 'return str(sqlite3.connect("notes.db").execute(sql).fetchall())'
  it.each([
    ['a list of what is forbidden', `${listed}\n${postgres}`, 'unknown'],
    ['SELECT before it, and a list of what is forbidden', `${selected}\n${listed}\n${postgres}`, 'unknown'],
    [
      'words that are forbidden anywhere',
      `if any(word in sql.lower() for word in ("insert", "delete", "drop")):\n    raise ValueError(sql)\n${postgres}`,
      'unknown',
    ],
    ['a list of what is forbidden in SQLite', `${listed}\n${sqlite}`, 'unknown'],
    ['one SELECT in SQLite', `${selected}\n${sqlite}`, 'pass'],
    ['no rule', postgres, 'fail'],
    [
      'a transaction that only reads',
      `${listed}\nasync with pool.transaction(readonly=True):\n    return str(await pool.fetch(sql))`,
      'pass',
    ],
    [
      'statements that are written down',
      'known = {"notes": "SELECT * FROM notes"}\nif sql not in known:\n    raise ValueError(sql)\nwith psycopg.connect("") as conn:\n    return str(conn.execute(known[sql]).fetchall())',
      'pass',
    ],
  ])('judges a tool for any statement with %s', async (_, body, status) => {
    const before = `${words}\nimport asyncpg\npool = asyncpg.connect("")`
    const result = await judge(pythonHandler({ before, takes: 'sql: str', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
    expect(JSON.stringify(result.verdicts)).toContain(status === 'unknown' ? 'that can only read would be a proof' : '')
  })

  it.each([
    ['if issues:', 'r"\\b(insert|delete)\\b", r"\\bdrop\\b"', 'unknown'],
    ['if len(issues) > 0:', 'r"\\b(insert|delete)\\b", r"\\bdrop\\b"', 'unknown'],
    ['if issues:', 'r"\\b(insert|delete)\\b", r"\\bgrant\\b"', 'fail'],
    ['if len(issues) > 0:', 'r"\\b(insert|delete)\\b", r"\\bgrant\\b"', 'fail'],
  ])('follows a list of what was found against a statement: %s %s', async (refused, patterns, status) => {
    const before = `${words}\nPATTERNS = [${patterns}]\ndef found(sql):\n    issues = []\n    for pattern in PATTERNS:\n        if not re.search(pattern, sql.lower()):\n            continue\n        issues.append("no")\n    return issues`
    const body = `issues = found(sql)\n${refused}\n    return str(issues)\n${postgres}`
    const result = await judge(pythonHandler({ before, takes: 'sql: str', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
    expect(JSON.stringify(result.verdicts)).toContain(status === 'unknown' ? 'a list of what is forbidden' : '')
  })
})
