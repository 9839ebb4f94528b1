import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import { pythonHandler, typescriptHandler } from '../testing/handlers.ts'
import { firstWords } from './first-words.ts'

const lists = async (files: Record<string, string>): Promise<string[]> =>
  (await gathered(firstWords, files)).map(({ of, by, list }) => `${of} ${by} ${list}`)

const shell = (rule: string, body = 'if (!mayRun(args.path)) throw new Error("no")\nreturn execSync(args.path)') =>
  typescriptHandler({
    before: `import { execSync } from 'node:child_process'\nimport path from 'node:path'\n${rule}`,
    body,
  })

describe('rules about programs in TypeScript', () => {
  const first = `const blockedCommands = ['rm', 'mount']
const mayRun = (command: string) => {
  const [word] = command.trim().split(/\\s+/)
  return !blockedCommands.includes(NAME)
}`
  it('finds a list of denied programs that is asked for the first word', async () => {
    expect(await lists(shell(first.replace('NAME', 'word')))).toEqual(['program mayRun blockedCommands'])
  })
  it('finds it where another function takes the word', async () => {
    const rule = `const denied = { commands: new Set(['rm']) }
class Rules {
  wordOf(command: string) { const words = command.split(' '); return words[0].toLowerCase() }
  isBlockedCommand(command: string) { return deniedCommands.has(this.wordOf(command)) }
}
const deniedCommands = denied.commands
const rules = new Rules()
const mayRun = (command: string) => !rules.isBlockedCommand(command)`
    expect(await lists(shell(rule))).toEqual(['program isBlockedCommand deniedCommands'])
  })
  it.each([
    ['the name without its path', first.replace('NAME', 'path.basename(word)')],
    ['a refusal of paths', first.replace('NAME', 'word) && !(word.includes("/")')],
    [
      'a list of what is allowed beside it',
      `const allowedCommands = ['ls']\n${first.replace('NAME', 'word) && allowedCommands.includes(word')}`,
    ],
    [
      'a list of what is allowed alone',
      `const allowedCommands = ['ls']\nconst mayRun = (command: string) => allowedCommands.includes(command.split(' ')[0])`,
    ],
    [
      'a part of the text',
      `const blockedCommands = ['rm']\nconst mayRun = (command: string) => !blockedCommands.some(each => command.includes(each))`,
    ],
  ])('says nothing about %s', async (_, rule) => {
    expect(await lists(shell(rule))).toEqual([])
  })
  it.each([
    [
      'commands of something else',
      `const blockedCommands = ['FLUSHALL', 'CONFIG']
const mayRun = (command: string) => { const word = command.split(' ')[0].toUpperCase(); return !blockedCommands.includes(word) }`,
    ],
    [
      'subcommands of one program',
      `const deniedCommands = new Set(['push', 'reset'])
const mayRun = (command: string) => !deniedCommands.has(command.split(' ')[0])`,
    ],
    [
      'a list of what is allowed in another function',
      `const blockedCommands = ['rm', 'mount']
const allowedCommands = new Set(['ls', 'cat'])
const isBlocked = (command: string) => blockedCommands.includes(command.split(' ')[0])
const isAllowed = (command: string) => allowedCommands.has(command.split(' ')[0])
const mayRun = (command: string) => isAllowed(command) && !isBlocked(command)`,
    ],
    [
      'a refusal of paths in the function that asks',
      `const blockedCommands = ['rm', 'mount']
const isBlocked = (command: string) => blockedCommands.includes(command.split(' ')[0])
const mayRun = (command: string) => !/[/;&|]/.test(command) && !isBlocked(command)`,
    ],
  ])('says nothing about %s', async (_, rule) => {
    expect(await lists(shell(rule))).toEqual([])
  })
  it('says nothing where no program is started', async () => {
    const files = typescriptHandler({ before: first.replace('NAME', 'word'), body: 'return String(mayRun(args.path))' })
    expect(await lists(files)).toEqual([])
  })
})

describe('rules about programs in Python', () => {
  const files = (test: string) =>
    pythonHandler({
      before: `import os, shlex, subprocess
BLOCKED_COMMANDS = {"rm", "mount"}

def check(command: str) -> None:
    word = shlex.split(command)[0]
    if ${test}:
        raise ValueError("no")
`,
      takes: 'command: str',
      body: 'check(command)\nreturn subprocess.run(command, shell=True, capture_output=True, text=True).stdout',
    })
  it('finds a list of denied programs that is asked for the first word', async () => {
    expect(await lists(files('word in BLOCKED_COMMANDS'))).toEqual(['program check BLOCKED_COMMANDS'])
  })
  it('says nothing where the path is taken off', async () => {
    expect(await lists(files('os.path.basename(word) in BLOCKED_COMMANDS'))).toEqual([])
  })
})

const sql = (rule: string, more = '', body = 'if (!isReadOnly(args.path)) throw new Error("only reads")') =>
  typescriptHandler({
    before: `import pg from 'pg'\nconst pool = new pg.Pool()\n${rule}`,
    body: `${body}\n${more}\nconst found = await pool.query(args.path)\nreturn JSON.stringify(found.rows)`,
  })

describe('rules about statements in TypeScript', () => {
  const first = `const words = { postgres: ['select', 'with', 'explain'] }
const isReadOnly = (text: string, kind = 'postgres') => {
  const word = text.trim().toLowerCase().split(/\\s+/)[0]
  return (words[kind] || []).includes(word)
}`
  it.each([
    ['a list', first],
    ['a pattern', 'const isReadOnly = (text: string) => /^\\s*(select|with|show)\\b/i.test(text)'],
    [
      'its beginning',
      `const isReadOnly = (text: string) => text.toUpperCase().startsWith('SELECT') || text.toUpperCase().startsWith('WITH')`,
    ],
  ])('finds one that lets WITH pass by %s', async (_, rule) => {
    expect(await lists(sql(rule))).toHaveLength(1)
  })
  it.each([
    [
      'a look at what changes data',
      first.replace('return', 'if (/\\b(insert|update|delete)\\b/i.test(text)) return false\n  return'),
    ],
    ['a list without WITH', first.replace(`'with', `, '')],
  ])('says nothing about %s', async (_, rule) => {
    expect(await lists(sql(rule))).toEqual([])
  })
  it('says nothing where the database is told to read only', async () => {
    expect(await lists(sql(first, `await pool.query('BEGIN TRANSACTION READ ONLY')`))).toEqual([])
  })
  it.each([
    [
      'a statement that the database calls one that reads',
      `if (!db.prepare(args.path).readonly) throw new Error('no')`,
    ],
    ['a constant of the library', `const other = new sqlite3.Database('a.db', sqlite3.OPEN_READONLY)`],
    ['settings of the connection', `const other = new pg.Pool({ options: '-c default_transaction_read_only=on' })`],
    ['a transaction with an option', `await db.transaction(work, { readOnly: true })`],
    ['a parser', `if (new Parser().astify(args.path).type !== 'select') throw new Error('no')`],
  ])('says nothing with %s', async (_, more) => {
    const [path, text] = Object.entries(sql(first, more)).find(([name]) => name.endsWith('.ts')) ?? ['', '']
    const imports = `import { Parser } from 'node-sql-parser'\nimport sqlite3 from 'sqlite3'\nimport Database from 'better-sqlite3'\nconst db = new Database('a.db')\n`
    expect(await lists({ ...sql(first, more), [path]: imports + text })).toEqual([])
  })
  it('says nothing where the beginning only decides what is answered', async () => {
    const rule = `const hasRows = (text: string) => /^\\s*(select|with)\\b/i.test(text)`
    expect(await lists(sql(rule, '', 'const rows = hasRows(args.path)'))).toEqual([])
  })
})

describe('rules about statements in Python', () => {
  const files = (rule: string, before = '') =>
    pythonHandler({
      before: `import asyncpg, duckdb, sqlglot, sqlite3\n${before}`,
      takes: 'query: str',
      body: `db = sqlite3.connect("a.db")\n${rule}\nreturn str(db.execute(query).fetchall())`,
    })
  const refused = `if not query.strip().upper().startswith(("SELECT", "WITH")):\n    raise ValueError("Only SELECT statements are allowed")`
  it('finds one that lets WITH pass', async () => {
    expect(await lists(files(refused))).toEqual(['statement work the beginning'])
  })
  it.each([
    ['a database that can only be read', `${refused}\ndb.execute("PRAGMA query_only = ON")`],
    ['DuckDB that only reads', `${refused}\ndb = duckdb.connect("a.db", read_only=True)`],
    ['a session that only reads', `${refused}\npg.set_session(readonly=True)`],
    ['a connection that only reads', `${refused}\npg.read_only = True`],
    [
      'settings of a server',
      `${refused}\npool = asyncpg.create_pool(server_settings={"default_transaction_read_only": "on"})`,
    ],
    ['a transaction that only reads', `${refused}\nasync with pg.transaction(readonly=True):\n    pass`],
    ['an authorizer', `${refused}\ndb.set_authorizer(only_reads)`],
    [
      'a parser',
      `${refused}\ntree = sqlglot.parse_one(query)\nif not isinstance(tree, sqlglot.exp.Select):\n    raise ValueError("no")`,
    ],
    ['a choice of what is answered', 'if query.upper().startswith(("SELECT", "WITH")):\n    return "rows"'],
  ])('says nothing about %s', async (_, rule) => {
    expect(await lists(files(rule))).toEqual([])
  })
})
