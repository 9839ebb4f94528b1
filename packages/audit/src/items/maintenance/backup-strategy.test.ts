import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './backup-strategy.ts'

const server = "import { McpServer } from '@modelcontextprotocol/server'\nnew McpServer({ name: 'x', version: '1' })\n"
const store = `${server}import { DatabaseSync } from 'node:sqlite'
const database = new DatabaseSync('notes.db')
database.exec('CREATE TABLE IF NOT EXISTS notes (text TEXT)')
`
const python = `from fastmcp import FastMCP
import sqlite3
mcp = FastMCP("notes")
@mcp.tool
def add(text: str) -> str:
    with sqlite3.connect("notes.db") as database:
        database.execute("INSERT INTO notes (text) VALUES (?)", (text,))
    return text
`
const typescript = (source: string, files: Files = {}): Files => ({
  '.gitignore': 'x',
  'package.json': '{ "name": "notes", "dependencies": { "@modelcontextprotocol/server": "2" } }',
  'src/index.ts': source,
  ...files,
})
const pythonic = (files: Files = {}): Files => ({
  '.gitignore': 'x',
  'pyproject.toml': '[project]\nname = "notes"\ndependencies = ["fastmcp"]\n',
  'server.py': python,
  ...files,
})
const written = { 'docs/backup.md': '# Backup\n\n1. Stop the server.\n2. Copy the newest file back.\n' }
const scripted = { 'scripts/backup.sh': '#!/bin/sh\nsqlite3 notes.db ".backup /srv/notes.db"\n' }

describe('backup-strategy', () => {
  it.each<[string, Files]>([
    ['a script and a page', typescript(store, { ...written, ...scripted })],
    ['the same for Python', pythonic({ ...written, ...scripted })],
    ['a task of make', pythonic({ ...written, Makefile: 'backup:\n\ttar czf /srv/notes.tgz data\n' })],
    [
      'litestream',
      typescript(store, {
        ...written,
        'deploy/litestream.yml': 'dbs:\n  - path: notes.db\n    replicas:\n      - url: s3://notes\n',
      }),
    ],
  ])('accepts %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files]>([
    ['nothing', typescript(store)],
    ['nothing in Python', pythonic()],
    ['a page alone', typescript(store, written)],
    ['a script alone', pythonic(scripted)],
    ['a script that copies nothing', pythonic({ ...written, 'scripts/backup.sh': '#!/bin/sh\necho pg_dump\n' })],
    [
      'a page that is to be written',
      typescript(store, { ...scripted, 'docs/backup.md': '# Backup\n\n- TODO: say how\n' }),
    ],
  ])('fails %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'fail' })
  })

  it.each<[string, Files]>([
    ['no data', typescript(server)],
    ['words about databases', typescript(`// sqlite3 INSERT INTO notes\n${server}`)],
    [
      'temporary files',
      typescript(
        `${server}import { mkdtempSync, writeFileSync } from 'node:fs'\nwriteFileSync(mkdtempSync('/tmp/x'), 'x')\n`,
      ),
    ],
    [
      'files that are only read',
      pythonic({ 'server.py': 'from fastmcp import FastMCP\nmcp = FastMCP("x")\ntext = open("notes.txt").read()\n' }),
    ],
    ['tables of a demonstration', typescript(server, { 'demo/staff/staff.sql': 'CREATE TABLE staff (name TEXT);\n' })],
  ])('does not concern %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'not-applicable' })
  })

  it.each<[string, Files]>([
    [
      'files of which nobody knows whose they are',
      typescript(
        `${server}import { writeFile } from 'node:fs/promises'\nawait writeFile(process.argv[2] ?? '', 'x')\n`,
      ),
    ],
    [
      'the same in Python',
      pythonic({ 'server.py': 'from fastmcp import FastMCP\nmcp = FastMCP("x")\nopen("x", "w").write("x")\n' }),
    ],
    ['a language that is not read', { 'go.mod': 'module x', 'main.go': 'package main' }],
  ])('does not decide about %s', async (_, files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'unknown' })
  })
})
