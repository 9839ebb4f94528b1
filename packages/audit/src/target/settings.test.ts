import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '../core/refusal.ts'
import { readSettings, secretsOf, settingsJsonSchema } from './settings.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'airworthy-settings-'))
})
afterEach(() => rm(root, { recursive: true }))

const write = (content: unknown): string => {
  const file = join(root, 'airworthy.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}
const refusal = (place: string, environment = {}): Refusal => {
  try {
    readSettings(place, environment)
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal)
    return error as Refusal
  }
  throw new Error('it was accepted')
}

const full = {
  $schema: 'https://example.com/schema.json',
  start: { command: 'node', args: ['x.js', '${PORT}'], env: { A: 'plain' }, cwd: 'server' },
  url: 'http://127.0.0.1:{port}/mcp',
  headers: { Authorization: 'Bearer ${TOKEN}' },
  env: { API_KEY: '${KEY}' },
  profile: 'service',
  samples: { add: [{ a: 1, b: 2 }] },
  allowTools: ['add'],
  credentials: { valid: '${TOKEN}' },
  budgets: { startupMs: 800 },
  paths: { health: '/healthz' },
  attestations: [{ item: 'backup', by: 'Ada', date: '2026-01-02', until: '2027-01-02' }],
}

describe('settings', () => {
  it('are empty without a file', () => {
    expect(readSettings(root)).toEqual({})
  })

  it('are read from a directory or a file, with references resolved only where secrets stand', () => {
    write(`\uFEFF${JSON.stringify(full)}`)
    const settings = readSettings(root, { TOKEN: 'abcd-efgh', KEY: 'k-12345' })
    expect(settings).toEqual(readSettings(join(root, 'airworthy.json'), { TOKEN: 'abcd-efgh', KEY: 'k-12345' }))
    expect(settings).toMatchObject({
      start: { args: ['x.js', '${PORT}'], env: { A: 'plain' } },
      headers: { Authorization: 'Bearer abcd-efgh' },
      env: { API_KEY: 'k-12345' },
      credentials: { valid: 'abcd-efgh' },
    })
    expect(settings).not.toHaveProperty('$schema')
    expect(secretsOf(settings)).toEqual([
      { name: 'API_KEY', value: 'k-12345' },
      { name: 'Authorization', value: 'Bearer abcd-efgh' },
      { name: 'Authorization', value: 'abcd-efgh' },
      { name: 'credential valid', value: 'abcd-efgh' },
    ])
  })

  it.each([
    ['a broken file', '{\n "env": {"KEY": "hunter2hunter2"}\n x\n}', 'airworthy.json is not valid JSON in line 3'],
    ['an unfinished file', '{\n"env": {', 'airworthy.json is not valid JSON in line 2'],
    ['an empty file', '', 'airworthy.json is empty'],
    ['an array', [], 'airworthy.json is wrong at its top: expected an object, not a list'],
    ['a wrong type', { budgets: { p95Ms: 'x' } }, 'wrong at budgets.p95Ms: expected a number, not a text'],
    ['a negative budget', { budgets: { p95Ms: -1 } }, 'wrong at budgets.p95Ms: expected a number above 0'],
    ['a wrong sample', { samples: { add: [1] } }, 'wrong at samples.add[0]: expected an object, not a number'],
    ['a wrong profile', { profile: 'all' }, 'wrong at profile: expected one of local, service, complete'],
    ['no command', { start: {} }, 'wrong at start.command: expected a text, and it is missing'],
    ['a file URL', { url: 'file:///etc/passwd' }, 'wrong at url: expected an http or https URL'],
    [
      'no date',
      { attestations: [{ ...full.attestations[0], until: 'soon' }] },
      'attestations[0].until: expected a date',
    ],
    ['a bad header', { headers: { 'a b': 'c' } }, 'wrong at headers.a b: expected a header name'],
    ['an unknown key below', { paths: { live: '/x' } }, 'has the key paths.live, which is no setting'],
  ])('refuse %s with one sentence and no value', (_, content, sentence) => {
    write(content)
    const { message, hint } = refusal(root)
    expect(message).toContain(sentence)
    expect(message).not.toContain('hunter2')
    expect(hint).toMatch(/repair|correct|remove/)
  })

  it('tell which setting was meant', () => {
    write({ attestation: [] })
    expect(refusal(root)).toMatchObject({ hint: 'did you mean attestations?' })
  })

  it('name an unset reference and where it stands', () => {
    write({ headers: { Authorization: 'Bearer ${NOWHERE}' } })
    expect(refusal(root)).toMatchObject({
      message: 'airworthy.json refers at headers.Authorization to the environment variable NOWHERE, which is not set',
      hint: 'set NOWHERE, or remove headers.Authorization from airworthy.json',
    })
  })

  it('refuse a named file that is absent, a directory in its place, a link and a huge file', () => {
    expect(refusal(join(root, 'none.json')).message).toMatch(/^there is no settings file/)
    mkdirSync(join(root, 'a/airworthy.json'), { recursive: true })
    expect(refusal(join(root, 'a')).message).toBe('airworthy.json is not a regular file')
    mkdirSync(join(root, 'b'))
    writeFileSync(join(root, 'outside.json'), '{}')
    symlinkSync(join(root, 'outside.json'), join(root, 'b/airworthy.json'))
    expect(refusal(join(root, 'b')).message).toBe('airworthy.json is not a regular file')
    write(' '.repeat(2_000_001))
    expect(refusal(root).message).toBe('airworthy.json is larger than 2 MB')
  })

  it('have a JSON schema that takes the same file and refuses the same key', () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(settingsJsonSchema() as object)
    expect(validate(full)).toBe(true)
    expect(validate({ urls: '' })).toBe(false)
  })
})
