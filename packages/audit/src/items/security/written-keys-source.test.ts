import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import secretManagement from './secret-management.ts'
import secretsFromEnvironment from './secrets-from-environment.ts'

const key = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0')).join('')
const ts = (source: string, extra: Files = {}): Files => ({
  'package.json': '{"name":"a"}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'
import { createCipheriv, createDecipheriv, createHmac, randomBytes, scryptSync } from 'node:crypto'
import jwt from 'jsonwebtoken'
export const token = process.env.A_TOKEN
${source}
`,
  ...extra,
})
const py = (source: string): Files => ({
  'pyproject.toml': '[project]\nname = "a"\n',
  'src/a/server.py': `import hmac
import os
import jwt
from cryptography.fernet import Fernet
from fastmcp import FastMCP

TOKEN = os.environ["A_TOKEN"]
${source}
`,
})
const cipher = (given: string): string =>
  `export const seal = text => createCipheriv('aes-256-cbc', ${given}, iv).update(text)`
const beside = `const FIXED = '${key}'\nconst KEY = process.env.SEAL_KEY || FIXED`
const both = async (files: Files) => {
  const [one, other] = [await judgeFiles(secretManagement, files), await judgeFiles(secretsFromEnvironment, files)]
  return { statuses: [one.status, other.status], words: JSON.stringify([one.verdicts, other.verdicts]) }
}

describe('keys that stand in the source', () => {
  it.each<[string, Files]>([
    ['the default of a variable', ts(`${beside}\n${cipher("Buffer.from(KEY, 'hex')")}`)],
    [
      'a check of its form that only goes without',
      ts(`${beside}\nif (!/^[0-9a-f]{64}$/.test(KEY)) console.error('invalid')\n${cipher("Buffer.from(KEY, 'hex')")}`),
    ],
    [
      'a key alone',
      ts(`export const open = text => createDecipheriv('aes-256-cbc', '${key.slice(0, 32)}', iv).update(text)`),
    ],
    ['a word that signs', ts("export const sign = who => jwt.sign({ who }, process.env.JWT_SECRET ?? 'change-me')")],
    [
      'a field of the settings',
      ts("import { settings } from './settings.js'\nexport const who = token => jwt.verify(token, settings.secret)", {
        'src/settings.ts': "export const settings = { secret: process.env.JWT_SECRET || 'development' }",
      }),
    ],
    ['a default that is hashed with', ts("export const mac = createHmac('sha256', process.env.MAC_KEY || 'mac')")],
    ['a random text that is hashed with', ts(`export const mac = createHmac('sha256', '${key}')`)],
    ['Fernet', py(`KEY = os.getenv("SEAL_KEY", "${key}")\nbox = Fernet(KEY.encode())`)],
    ['a token of Python', py('def sign(who):\n    return jwt.encode({"who": who}, "secret", algorithm="HS256")')],
    ['hmac', py('mac = hmac.new(os.environ.get("MAC") or "mac", b"x", "sha256")')],
  ])('fail: %s', async (_, files) => {
    const { statuses, words } = await both(files)
    expect(statuses, words).toEqual(['fail', 'fail'])
    expect(words).toContain('stands in the source')
  })

  it.each<[string, Files]>([
    ['a variable', ts(cipher('process.env.SEAL_KEY'))],
    ['an empty default', ts(cipher("process.env.SEAL_KEY ?? ''"))],
    ['what is made when it starts', ts(cipher("process.env.SEAL_KEY ?? randomBytes(32).toString('hex')"))],
    ['what is worked out', ts(cipher("scryptSync(process.env.PASS, 'salt', 32)"))],
    ['a label', ts("export const tag = createHmac('sha256', 'cache-v1').update(token).digest('hex')")],
    ['a public key', ts("export const who = given => jwt.verify(given, '-----BEGIN PUBLIC KEY-----\\nx')")],
    [
      'a default with which it does not start where it matters',
      ts(
        `${beside}\nif (KEY === FIXED && process.env.NODE_ENV === 'production') throw new Error('set SEAL_KEY')\n${cipher('KEY')}`,
      ),
    ],
    [
      'a test',
      ts('export const x = 1', {
        'test/seal.test.ts': `import jwt from 'jsonwebtoken'\nexport const made = jwt.sign({}, 'test-secret')`,
      }),
    ],
    ['a variable of Python', py('box = Fernet(os.environ["SEAL_KEY"])')],
    ['what Python makes when it starts', py('box = Fernet(os.getenv("SEAL_KEY") or Fernet.generate_key())')],
  ])('pass: %s', async (_, files) => {
    const { statuses, words } = await both(files)
    expect(statuses, words).toEqual(['pass', 'pass'])
  })
})
