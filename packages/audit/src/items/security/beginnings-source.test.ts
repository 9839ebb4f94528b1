import { describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import commandInjection from './command-injection.ts'
import pathTraversal from './path-traversal.ts'
import sqlInjection from './sql-injection.ts'
import ssrf from './ssrf.ts'

type Case = [what: string, item: Item, body: string]

const before = `import { execFileSync, execSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
const db = new Database('notes.db')`

const bad: Case[] = [
  [
    'what follows the scheme of an address',
    sqlInjection,
    `if (!args.uri.startsWith('notes://')) throw new Error('no')
const table = args.uri.slice(8).split('/')[0]
return db.prepare(\`SELECT * FROM \${table}\`).all()`,
  ],
  [
    'what a pattern takes out of an address',
    sqlInjection,
    `const found = args.uri.match(/^notes:\\/\\/([^/]+)\\/data$|^notes:\\/\\/(.+)$/)
if (!found) throw new Error('no')
return db.prepare(\`SELECT * FROM \${found[2]}\`).all()`,
  ],
  [
    'an address in a shell',
    commandInjection,
    `if (!args.uri.startsWith('https://')) throw new Error('no')
return execSync(\`curl "\${args.uri}"\`)`,
  ],
  [
    'a folder that is asked for before .. is resolved',
    pathTraversal,
    `if (!args.uri.startsWith('/srv/notes/')) throw new Error('no')
return readFileSync(args.uri, 'utf8')`,
  ],
  [
    'the name of a file behind a scheme',
    pathTraversal,
    `const [, name] = /^notes:\\/\\/(.+)$/.exec(args.uri) ?? []
return readFileSync(join('/srv/notes', name ?? ''), 'utf8')`,
  ],
  [
    'a host without the slash behind it',
    ssrf,
    `if (!args.uri.startsWith('https://api.example.com')) throw new Error('no')
return (await fetch(args.uri)).text()`,
  ],
]

const good: Case[] = [
  [
    'letters alone behind the scheme',
    sqlInjection,
    `const found = args.uri.match(/^notes:\\/\\/(\\w+)$/)
if (!found) throw new Error('no')
return db.prepare(\`SELECT * FROM \${found[1]}\`).all()`,
  ],
  [
    'what follows the scheme is bound',
    sqlInjection,
    `if (!args.uri.startsWith('notes://')) throw new Error('no')
return db.prepare('SELECT * FROM notes WHERE id = ?').all(args.uri.slice(8))`,
  ],
  [
    'a folder that is asked for after .. is resolved',
    pathTraversal,
    `const whole = resolve('/srv/notes', args.uri)
if (!whole.startsWith('/srv/notes/')) throw new Error('no')
return whole.length`,
  ],
  [
    'an address of the web that a device opens',
    ssrf,
    `if (!args.uri.startsWith('https://')) throw new Error('no')
return execFileSync('adb', ['shell', 'am', 'start', '-a', 'android.intent.action.VIEW', '-d', args.uri])`,
  ],
  [
    'a whole address with its slash',
    ssrf,
    `if (!args.uri.startsWith('https://api.example.com/')) throw new Error('no')
return (await fetch(args.uri)).text()`,
  ],
]

describe('texts that have to begin in a certain way, in TypeScript', () => {
  const files = (body: string) => typescriptHandler({ before, takes: '{ uri: z.string() }', body })
  it.each(bad)('fails: %s', async (_, item, body) => {
    const result = await judgeFiles(item, files(body))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })
  it.each(good)('does not fail: %s', async (_, item, body) => {
    const result = await judgeFiles(item, files(body))
    expect(result.status, JSON.stringify(result.verdicts)).not.toBe('fail')
  })

  it('takes a statement that begins with SELECT for a whole one', async () => {
    const body = `if (!args.uri.toUpperCase().startsWith('SELECT')) throw new Error('no')
return db.prepare(args.uri + ' LIMIT 10').all()`
    const result = await judgeFiles(sqlInjection, files(body))
    expect(JSON.stringify(result.verdicts)).not.toContain('behind SELECT')
  })
})

const pythonBad: Case[] = [
  [
    'what follows the scheme of an address',
    sqlInjection,
    `if not uri.startswith("notes://"):
    raise ValueError("no")
table = uri[8:].split("/")[0]
return str(sqlite3.connect("notes.db").execute(f"SELECT * FROM {table}").fetchall())`,
  ],
  [
    'what a pattern takes out of an address',
    commandInjection,
    `found = re.match(r"notes://(.+)", uri)
if not found:
    raise ValueError("no")
return os.popen(f"cat {found.group(1)}").read()`,
  ],
  [
    'a group by its number',
    commandInjection,
    `found = PATTERN.match(uri)
if found is None:
    raise ValueError("no")
return os.popen(f"cat {found[1]}").read()`,
  ],
  [
    'a folder that is asked for before .. is resolved',
    pathTraversal,
    `if not uri.startswith("/srv/notes/"):
    raise ValueError("no")
return open(uri).read()`,
  ],
]

const pythonGood: Case[] = [
  [
    'letters alone behind the scheme',
    commandInjection,
    `found = re.fullmatch(r"notes://(\\w+)", uri)
if not found:
    raise ValueError("no")
return os.popen(f"cat {found.group(1)}").read()`,
  ],
  [
    'a name that is looked at after it was taken out',
    sqlInjection,
    `if not uri.startswith("notes://"):
    raise ValueError("no")
table = uri[8:]
if not re.match(r"^[A-Za-z_]+$", table):
    raise ValueError("no")
return str(sqlite3.connect("notes.db").execute(f"SELECT * FROM {table}").fetchall())`,
  ],
]

describe('texts that have to begin in a certain way, in Python', () => {
  const imports = 'import os\nimport re\nimport sqlite3\n\nPATTERN = re.compile(r"^notes://(.+)")'
  const files = (body: string) => pythonHandler({ before: imports, takes: 'uri: str', body })
  it.each(pythonBad)('fails: %s', async (_, item, body) => {
    const result = await judgeFiles(item, files(body))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })
  it.each(pythonGood)('does not fail: %s', async (_, item, body) => {
    const result = await judgeFiles(item, files(body))
    expect(result.status, JSON.stringify(result.verdicts)).not.toBe('fail')
  })
})
