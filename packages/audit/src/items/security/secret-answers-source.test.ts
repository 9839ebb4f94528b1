import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import secretManagement from './secret-management.ts'

const ts = (body: string, top = ''): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { act } from './act.js'
const server = new McpServer({ name: 'a', version: '1.0.0' })
server.registerTool('act', { inputSchema: { a: z.string() } }, async ({ a }) => ({ content: [{ type: 'text', text: await act(a) }] }))
`,
  'src/act.ts': `${top}\nexport const act = async (a: string): Promise<string> => {\n${body}\n}\n`,
})
const py = (body: string, top = ''): Files => ({
  'a/server.py': `import logging\nimport os\nfrom mcp.server.fastmcp import FastMCP\n${top}\nmcp = FastMCP("a")\n\n\n@mcp.tool()\ndef act(a: str) -> str:\n${body
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n')}\n`,
})
const said = async (files: Files, asks: string) => {
  const { verdicts } = await judgeFiles(secretManagement, files)
  const found = verdicts.find(verdict => verdict.asks.includes(asks))
  return { status: found?.status, text: JSON.stringify(found) }
}

describe('what secret-management says of answers', () => {
  const config = "const config = { apiKey: process.env.A_API_KEY ?? '', base: 'https://a.test' }"
  it.each<[string, Files, string]>([
    ['the environment', ts('return JSON.stringify(process.env)'), 'process.env stands in an answer'],
    ['settings', ts('return JSON.stringify(config)', config), 'A_API_KEY stands in an answer'],
    [
      'an address with a key in it',
      ts(
        'const url = `https://a.test/?key=${process.env.A_API_KEY}`\nconst res = await fetch(url)\nif (!res.ok) throw new Error(`${url} failed`)\nreturn a',
      ),
      'A_API_KEY stands in the text of an error',
    ],
    [
      'the address of a database',
      py(
        'try:\n    return a\nexcept Exception as error:\n    return f"{DSN}: {error}"',
        'DSN = os.environ["DATABASE_URL"]',
      ),
      'DATABASE_URL stands in an answer',
    ],
  ])('fails where an answer has %s', async (_, files, saw) => {
    const { status, text } = await said(files, 'out of what it answers')
    expect([status, text]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files]>([
    [
      'whether it is set',
      ts("return JSON.stringify({ ...config, apiKey: config.apiKey ? 'set' : 'missing' })", config),
    ],
    ['a name', ts("if (!process.env.A_API_KEY) throw new Error('A_API_KEY is missing')\nreturn a")],
    [
      'what another answered',
      ts(
        "const res = await fetch('https://a.test', { headers: { authorization: `Bearer ${process.env.A_TOKEN}` } })\nreturn res.text()",
      ),
    ],
    ['a key that is public', ts('return `key=${process.env.A_PUBLIC_TOKEN}`')],
    ['the names of the environment', py('return str(sorted(os.environ))')],
  ])('says nothing where an answer has %s', async (_, files) => {
    const { status, text } = await said(files, 'out of what it answers')
    expect([status, text]).toEqual(['not-applicable', text])
  })
})

describe('what secret-management says of files', () => {
  const fs = "import * as fs from 'node:fs'\nimport * as os from 'node:os'\nimport * as path from 'node:path'"
  const file = `${fs}\nconst TOKEN_PATH = path.join(os.homedir(), '.a', 'token.json')`
  const pid = `${fs}\nconst PID = path.join(os.tmpdir(), 'a-daemon', 'daemon.pid')`
  const save = (options: string) =>
    `${fs}
const save = (name: string, data: unknown, mode?: number) => {
  fs.writeFileSync(path.join(os.homedir(), '.a', name), JSON.stringify(data, null, 2), ${options})
}`
  const saved = `with open(os.path.join("/srv/a", name), "w") as handle:\n        json.dump(data, handle)`
  it.each<[string, Files, string]>([
    [
      'tokens that a caller names',
      ts(
        "save('lock.json', { pid: 1 })\nconst tokens = await ask(a)\nsave('tokens.json', tokens)\nreturn a",
        save("'utf-8'"),
      ),
      'leaves a credential in a file that every user of the machine may read: it is named in src/act.ts:10',
    ],
    [
      'tokens that a caller names in Python',
      py('tokens = ask(a)\nsave("tokens.json", tokens)\nreturn a', `import json\ndef save(name, data):\n    ${saved}`),
      'leaves a credential in a file that every user of the machine may read: it is named in a/server.py',
    ],
    ['tokens', ts('fs.writeFileSync(TOKEN_PATH, JSON.stringify({ token: a }))\nreturn a', file), 'leaves a credential'],
    [
      'tokens with a mode that is open',
      ts('fs.writeFileSync(TOKEN_PATH, JSON.stringify({ token: a }), { mode: 0o644 })\nreturn a', file),
      'leaves a credential',
    ],
    [
      'tokens in Python',
      py(
        'with open(TOKEN_FILE, "w") as handle:\n    handle.write(json.dumps({"access_token": a}))\nreturn a',
        'import json\nTOKEN_FILE = "token.json"',
      ),
      'leaves a credential',
    ],
    [
      'processes',
      ts('fs.mkdirSync(path.dirname(PID), { recursive: true })\nreturn a', pid),
      'among the temporary files',
    ],
    [
      'what all may change',
      py('os.chmod("/srv/a", 0o777)\nreturn a'),
      'lets everybody on the machine change it (0o777)',
    ],
  ])('fails for files of %s', async (_, files, saw) => {
    const { status, text } = await said(files, 'Can others on the machine')
    expect([status, text]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files, string]>([
    [
      'tokens, closed',
      ts('fs.writeFileSync(TOKEN_PATH, JSON.stringify({ token: a }), { mode: 0o600 })\nreturn a', file),
      'pass',
    ],
    [
      'tokens, closed afterwards',
      ts('fs.writeFileSync(TOKEN_PATH, JSON.stringify({ token: a }))\nfs.chmodSync(TOKEN_PATH, 0o600)\nreturn a', file),
      'pass',
    ],
    [
      'tokens, beside another file that is closed',
      ts("fs.writeFileSync(TOKEN_PATH, JSON.stringify({ token: a }))\nfs.chmodSync('other', 0o600)\nreturn a", file),
      'unknown',
    ],
    [
      'tokens, with a mode that is chosen elsewhere',
      ts('fs.writeFileSync(TOKEN_PATH, JSON.stringify({ token: a }), { mode: modeOf(a) })\nreturn a', file),
      'unknown',
    ],
    [
      'tokens that a caller names, closed',
      ts("const tokens = await ask(a)\nsave('tokens.json', tokens)\nreturn a", save('{ mode: 0o600 }')),
      'pass',
    ],
    [
      'tokens that a caller names and closes',
      ts("const tokens = await ask(a)\nsave('tokens.json', tokens, 0o600)\nreturn a", save('{ mode }')),
      'pass',
    ],
    [
      'something else that a caller names',
      ts("save('lock.json', { pid: 1 })\nsave('notes.json', { text: a })\nreturn a", save("'utf-8'")),
      'not-applicable',
    ],
    [
      'something else that a caller names in Python',
      py('save("notes.json", {"text": a})\nreturn a', `import json\ndef save(name, data):\n    ${saved}`),
      'not-applicable',
    ],
    [
      'processes, closed',
      ts('fs.mkdirSync(path.dirname(PID), { recursive: true, mode: 0o700 })\nreturn a', pid),
      'not-applicable',
    ],
    [
      'pictures',
      ts("fs.mkdirSync(path.join(os.tmpdir(), 'a-pictures'), { recursive: true })\nreturn a", fs),
      'not-applicable',
    ],
    [
      'how many tokens were used',
      ts("fs.writeFileSync('token-usage.json', JSON.stringify({ tokens: 1 }))\nreturn a", fs),
      'not-applicable',
    ],
  ])('fails not for files of %s', async (_, files, wanted) => {
    const { status, text } = await said(files, 'Can others on the machine')
    expect([status, text]).toEqual([wanted, text])
  })
})
