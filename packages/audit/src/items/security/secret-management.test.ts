import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { judgeItem } from '../../engine/judge.ts'
import { collect } from '../../engine/schedule.ts'
import { needsOf } from '../../core/item.ts'
import { openRepository } from '../../target/repository.ts'
import { bareTarget, judgeFiles, type Files } from '../../testing/repositories.ts'
import secretManagement from './secret-management.ts'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Random-looking, the same each time, and never whole in this file. */
const random = (length: number, alphabet = base62, seed = 7): string => {
  let state = seed
  return Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return alphabet[Math.floor(state / 65536) % alphabet.length]
  }).join('')
}
const checksum = (body: string): string => {
  let rest = crc32(body)
  let digits = ''
  for (; rest > 0; rest = Math.floor(rest / 62)) digits = base62[rest % 62] + digits
  return digits.padStart(6, '0')
}
const github = `ghp_${random(30)}${checksum(random(30))}`
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (claims: object): string => `${part({ alg: 'HS256' })}.${part(claims)}.${random(43)}`
const key = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ')

const judge = async (files: Files) => (await judgeFiles(secretManagement, files)).status

const bad: [string, Files][] = [
  ['an AWS key', { 'a.py': `KEY = "AKIA${random(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}"\n` }],
  ['a GitHub token', { 'src/a.ts': `const t = '${github}'` }],
  ['a GitHub token in a test', { 'test/a.test.ts': `const t = '${github}'` }],
  ['an OpenAI key', { 'config.json': `{"k":"sk-proj-${random(60)}"}` }],
  ['an Anthropic key', { 'a.py': `client = Client("sk-ant-api03-${random(93)}AA")\n` }],
  ['a Google key', { 'src/a.js': `fetch('https://x/?key=AIza${random(35)}')` }],
  ['a Slack token', { 'a.yml': `slack: xoxb-${random(12, '0123456789')}-${random(12, '0123456789')}-${random(24)}` }],
  ['a Stripe key', { 'README.md': `use sk_live_${random(24)}` }],
  ['an npm token', { '.npmrc': `//registry.npmjs.org/:_authToken=npm_${random(30)}${checksum(random(30))}` }],
  ['a private key', { 'key.pem': `${key}\n${random(64)}\n${random(64)}\n` }],
  ['a JSON Web Token', { 'src/a.ts': `const t = '${jwt({ sub: 'u-81', role: 'service_role' })}'` }],
  ['a password in an address', { 'src/db.ts': `connect('postgres://app:${random(12)}@db.acme.io:5432/x')` }],
  ['an assigned key', { 'src/a.ts': `const apiKey = '${random(32)}'` }],
  ['a key in an object', { 'src/a.ts': `const c = { "client_secret": "${random(40)}" }` }],
  ['an assigned password', { 'a.py': `DB_PASSWORD = "${random(11)}7"\n` }],
  ['an annotated key', { 'a.py': `api_key: str = "${random(32)}"\n` }],
  [
    'a signed token of a form of its own',
    { 'a.py': `LOGGING_TB_TOKEN = "p.${part({ u: random(20), id: random(20) })}.${random(43)}"\n` },
  ],
  ['a key in a settings file', { 'config/prod.yml': `api_key: "${random(32)}"` }],
  ['an environment file', { '.env': `SERVICE_API_KEY=${random(20)}\n` }],
  [
    'the key of a search that writes',
    {
      'src/a.ts': `const search = { appId: 'A1B2C3D4E5', adminApiKey: 'c8d2f4719ab34e60d7c5b1e8f2a39d46', indexName: 'docs' }`,
    },
  ],
]

const good: [string, Files][] = [
  [
    'reads of the environment',
    { 'src/a.ts': `const apiKey = process.env.API_KEY ?? ''\nconst token = \`\${prefix}_x1\`` },
  ],
  [
    'a baseline of what a scanner knows',
    { '.secrets.baseline.json': '{"results":{"a.py":[{"hashed_secret":"df99b7a2c31e04f5869d0ab1c2e3f4a5968778c1"}]}}' },
  ],
  ['words for a token of GitLab', { 'src/a.ts': "const token = 'glpat-token-for-gitlab-com'" }],
  ['the textbook key of AWS', { 'README.md': `AKIAIOSFODNN7EXAMPLE` }],
  [
    'placeholders',
    {
      'src/a.ts': `const apiKey = 'your-api-key-here-1234'\nconst t = 'ghp_${'x'.repeat(36)}'\nconst password = 'changeme123'`,
    },
  ],
  [
    'values typed along the alphabet',
    { 'src/a.test.ts': "const scrub = 'sk-abc123def456ghi789jkl012mno345pqr678stu901vwx234'" },
  ],
  ['a hash of words', { 'server.nix': 'hashedPassword = "$6$rounds=65536$salt$hash";' }],
  [
    'names of secrets',
    {
      'src/a.ts': `const secret = 'my-secret-name-v2'\nconst token_url = 'https://x.io/oauth2/token1'\nconst tokenKey = 'X-Auth-Token-V2'`,
    },
  ],
  [
    'names with dots',
    {
      'src/a.ts': `const token = 'settings.accounts2.serviceAccountAccessTokenOfTheFirst'\nconst secret_key = 'a1.b2.c3d4e5f6g7h8'`,
    },
  ],
  ['texts about passwords', { 'i18n/de.json': `{"password": "Passwort", "token": "Zugangsschlüssel"}` }],
  ['made-up values in tests', { 'src/a.test.ts': `const apiKey = '${random(32)}'\nconst t = '${jwt({ sub: '1' })}'` }],
  ['an example environment file', { '.env.example': `API_KEY=${random(20)}\n` }],
  [
    'an address that is put together',
    {
      'src/db.py':
        'a = f"postgresql://app.{self.ref}:{encoded_password}@aws-0-{region}.pooler.acme.io:6543/x"\nb = f"postgresql://app:{quote(password)}@{self.ref}/x"',
    },
  ],
  ['a local database', { 'docker-compose.yml': 'url: postgres://app:s3cretpw@localhost:5432/app' }],
  ['the textbook token', { 'src/a.ts': `const t = '${jwt({ sub: '1234567890', name: 'John Doe' })}'` }],
  [
    'checksums of a lock file',
    { 'package-lock.json': `{"integrity":"sha512-${random(86)}==","token":"${random(40)}"}`, 'a.ts': 'f()' },
  ],
  [
    'the key of a search that every visitor gets',
    {
      'src/a.ts': `const search = { appId: 'A1B2C3D4E5', apiKey: 'c8d2f4719ab34e60d7c5b1e8f2a39d46', indexName: 'docs' }`,
    },
  ],
  [
    'an address that was signed for a while',
    {
      'src/a.ts': `const url = 'https://a.s3.amazonaws.com/x?X-Amz-Credential=AKIAQ4GOSFWCXV6E2AKA%2F20250209%2Fus-west-2%2Fs3%2Faws4_request'`,
    },
  ],
  ['a public project key', { 'src/a.ts': `const POSTHOG_API_KEY = 'phc_${random(43)}'` }],
]

const roots: string[] = []
afterEach(() => roots.splice(0).forEach(root => rmSync(root, { recursive: true, force: true })))

/** Judges a repository with one commit for each set of files. */
const judgeCommits = async (commits: Files[], config = '') => {
  const root = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
  roots.push(root)
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', '-c', 'init.defaultBranch=main', ...args], {
      cwd: root,
      stdio: 'pipe',
    })
  git('init', '-q')
  for (const files of commits) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    git('add', '-f', '.')
    git('commit', '-qm', 'x')
  }
  if (config) writeFileSync(join(root, '.git/config'), config)
  const target = bareTarget({
    repository: openRepository(root),
    scratch: mkdtempSync(join(tmpdir(), 'airworthy-test-')),
  })
  roots.push(target.scratch)
  const outcomes = await collect(
    secretManagement.checks.flatMap(needsOf).map(([, need]) => need),
    { target, impact: 'read', lanes: 2, listener: () => {} },
  )
  return { root, result: judgeItem(secretManagement, outcomes, { profile: 'complete' }) }
}

describe('secret-management', () => {
  it.each(bad)('fails with %s', async (_, files) => {
    const result = await judgeFiles(secretManagement, files)
    expect(result).toMatchObject({ status: 'fail', proof: 'repository' })
    const words = (Object.values(files)[0] ?? '').match(/[A-Za-z0-9_-]{12,}/g) ?? []
    const shown = JSON.stringify(result)
    expect(words.filter(word => /\d/.test(word) && shown.includes(word))).toEqual([])
  })

  it.each(good)('passes %s', async (_, files) => {
    expect(await judge(files)).toBe('pass')
  })

  it('names the file, the line and the masked form', async () => {
    const [verdict] = (await judgeFiles(secretManagement, { 'src/a.ts': `\nconst t = '${github}'` })).verdicts
    expect(verdict?.evidence?.[0]).toMatchObject({ at: 'src/a.ts', line: 2, saw: 'GitHub token ghp_… (40 characters)' })
  })

  it.each([
    ['TypeScript', { 'src/a.ts': `import 'dotenv/config'` }],
    ['Python', { 'a.py': 'from dotenv import load_dotenv\nload_dotenv()\n' }],
  ])('wants .env ignored when it is loaded, in %s', async (_, files) => {
    expect(await judge({ ...files, '.gitignore': 'node_modules\n' })).toBe('fail')
    expect(await judge({ ...files, '.gitignore': '.env*\n!.env.example\n' })).toBe('pass')
    expect(await judge(files)).toBe('pass')
  })

  it('finds a tracked .env although it is ignored', async () => {
    const { result } = await judgeCommits([{ '.gitignore': '.env\n', '.env': `API_TOKEN=${random(24)}\n` }])
    expect(result.verdicts[0]).toMatchObject({ status: 'fail', evidence: [{ at: '.env', line: 1 }] })
  })

  it('finds what was removed again', async () => {
    const { result } = await judgeCommits([{ 'src/a.ts': `const t = '${github}'` }, { 'src/a.ts': 'const t = read()' }])
    expect(result.status).toBe('fail')
    expect(result.verdicts.map(({ status }) => status)).toEqual([
      'pass',
      'fail',
      'not-applicable',
      'unknown',
      'unknown',
      'not-applicable',
      'not-applicable',
    ])
    expect(JSON.stringify(result)).not.toContain(github)
  })

  it('passes a clean history', async () => {
    const { result } = await judgeCommits([{ 'src/a.ts': 'export const a = 1' }, { 'src/a.ts': 'export const a = 2' }])
    expect(result.verdicts.map(({ status }) => status)).toEqual([
      'pass',
      'pass',
      'not-applicable',
      'unknown',
      'unknown',
      'not-applicable',
      'not-applicable',
    ])
    expect(result.verdicts[1]?.evidence?.[0]?.saw).toBe('no secret in 2 versions of files')
  })

  it('runs nothing that the configuration of the repository names', async () => {
    const mark = join(tmpdir(), `airworthy-mark-${process.pid}`)
    const run = `!touch ${mark}`
    const config = `[core]\n\tfsmonitor = "touch ${mark}"\n\tpager = "touch ${mark}"\n\thooksPath = .\n\tsshCommand = "touch ${mark}"\n[alias]\n\trev-list = "${run}"\n\tcat-file = "${run}"\n[diff]\n\texternal = "touch ${mark}"\n`
    const { result } = await judgeCommits([{ 'src/a.ts': `const t = '${github}'` }, { 'src/a.ts': 'x' }], config)
    expect(result.status).toBe('fail')
    expect(() => execFileSync('test', ['!', '-e', mark])).not.toThrow()
  })
})
