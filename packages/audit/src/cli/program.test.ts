import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Explanation, LedgerEntry, Report } from '../api.ts'
import { runCommandLine } from './program.ts'

let home = ''
let bad = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'airworthy-cli-'))
  bad = join(home, 'bad')
  mkdirSync(bad)
  writeFileSync(join(bad, 'Dockerfile'), 'FROM node:latest\nENV API_TOKEN=abcdef\nCMD ["node", "mcp.js"]\n')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const run = async (...argv: string[]) => {
  const out: string[] = []
  const err: string[] = []
  const code = await runCommandLine(argv, {
    stdout: { write: text => out.push(text) },
    stderr: { write: text => err.push(text) },
    environment: {},
  })
  return { code, out: out.join(''), err: err.join('') }
}
const checkDockerfile = (...flags: string[]) =>
  run('check', bad, '--only', 'dockerfile', '--profile', 'service', ...flags)

describe('check', () => {
  it('ends with 1 when a failing item is held by the gate, with 0 when not', async () => {
    expect((await checkDockerfile('--gate', 'should')).code).toBe(1)
    expect((await checkDockerfile('--gate', 'all')).code).toBe(1)
    expect((await checkDockerfile('--gate', 'must')).code).toBe(0)
    expect((await checkDockerfile('--gate', 'none')).code).toBe(0)
    expect((await run('check', bad, '--only', 'dockerfile', '--profile', 'local', '--gate', 'all')).code).toBe(0)
  })

  it('judges what the forge says, and refuses a file that says nothing in one sentence', async () => {
    const facts = join(home, 'facts.json')
    const check = (): ReturnType<typeof run> =>
      run('check', bad, '--only', 'code-review', '--forge-facts', facts, '--gate', 'all')
    const review = { type: 'pull_request', ruleset_id: 1, parameters: { required_approving_review_count: 1 } }
    writeFileSync(facts, JSON.stringify({ 'repos/ada/weather/rules/branches/main': [review] }))
    expect((await check()).code).toBe(0)
    writeFileSync(facts, '{"issues": []}')
    const { code, out, err } = await check()
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain('no answer that is known')
    rmSync(facts)
  })

  it('prints the page on stdout and the progress on stderr', async () => {
    const { out, err } = await checkDockerfile()
    expect(out).toContain('✗ dockerfile')
    expect(out).toContain('Dockerfile:1')
    expect(out).toContain('nothing of the target was executed')
    expect(out).not.toContain('\u001B')
    expect(err).toMatch(/^airworthy: auditing .*\nairworthy: judged 1 items? after/)
  })

  it('prints one report as JSON, the same twice but for the run', async () => {
    const parsed = await Promise.all(
      [1, 2].map(async () => JSON.parse((await checkDockerfile('--format', 'json')).out) as Report),
    )
    const [first, second] = parsed.map(report => ({ ...report, run: null }))
    expect(first).toEqual(second)
    expect(parsed[0]?.items).toMatchObject([{ id: 'dockerfile', status: 'fail', proof: 'repository' }])
    expect(parsed[0]?.rows).toHaveLength(169)
  })

  it('tells left-out items from rows that nobody covers', async () => {
    const report = JSON.parse((await run('check', bad, '--skip', 'dockerfile', '--format', 'json')).out) as Report
    expect(report.items.map(({ id }) => id)).not.toContain('dockerfile')
    expect(report.rows[59]).toMatchObject({ row: 60, status: 'unknown', items: ['dockerfile'] })
    expect(report.run.notes.join()).toContain('1 item was left out')
  })

  it('writes a file whole, also through a link, and prints nothing then', async () => {
    const file = join(home, 'report.json')
    const link = join(home, 'link.json')
    symlinkSync(file, link)
    expect((await checkDockerfile('--format', 'json', '--output', file)).out).toBe('')
    expect((JSON.parse(readFileSync(file, 'utf8')) as Report).schemaVersion).toBe(1)
    await checkDockerfile('--output', link)
    expect(readFileSync(file, 'utf8')).toContain('rows proven')
    expect(readdirSync(home).toSorted()).toEqual(['bad', 'link.json', 'report.json'])
  })

  it.each<[string, string[], string, string]>([
    ['an unknown flag', ['check', '--imapct', 'read'], 'unknown option «--imapct»', 'did you mean --impact?'],
    ['an unknown impact', ['check', '--impact', 'cal'], '--impact cannot be «cal»', 'did you mean call?'],
    ['an unknown format', ['check', '--format', 'xml'], '--format cannot be «xml»', 'one of terminal, json'],
    ['an unknown gate', ['check', '--gate', 'most'], '--gate cannot be «most»', 'did you mean must?'],
    ['an unknown item', ['check', '--only', 'dockerfil'], 'there is no item «dockerfil»', 'did you mean dockerfile?'],
    ['an item to skip', ['check', '--skip', 'dokerfile'], 'there is no item «dokerfile»', 'did you mean dockerfile?'],
    ['an unknown command', ['chek'], 'unknown command «chek»', 'did you mean check?'],
    ['an unknown item to explain', ['explain', 'dockerfil\u001B[2J'], String.raw`dockerfil\x1b[2J`, 'dockerfile'],
    ['a command without dashes', ['check', 'node', 'server.js'], 'check takes one directory', 'check -- COMMAND'],
    ['dashes without a command', ['check', '--'], 'there is no command after --', 'check -- node'],
    ['a command for another face', ['rows', '--', 'node'], 'only check takes a command', 'check -- node'],
    ['no folder for the file', ['check', '--output', '/no/such/r.json'], 'does not exist: /no/such', 'mkdir -p'],
    ['no such directory', ['check', '/no/such/directory'], '/no/such/directory', ''],
  ])('refuses %s in one sentence with the next step', async (_, argv, message, hint) => {
    const { code, out, err } = await run(...argv)
    expect(code).toBe(2)
    expect(out).toBe('')
    const [first, second, ...rest] = err.split('\n')
    expect(first).toMatch(/^airworthy: /)
    expect(first).toContain(message)
    expect(second).toMatch(/^ {2}\S/)
    expect(second).toContain(hint)
    expect(rest).toEqual([''])
  })
})

describe('explain and rows', () => {
  it('explains an item', async () => {
    const { code, out } = await run('explain', 'dockerfile')
    expect(code).toBe(0)
    expect(out).toContain('packages/audit/src/items/deployment/dockerfile.ts')
    expect(out).toContain('packages/audit/src/gather/dockerfiles.ts')
    const told = JSON.parse((await run('explain', 'dockerfile', '--format', 'json')).out) as Explanation
    expect(told).toMatchObject({ id: 'dockerfile', rows: [{ row: 60 }], checks: [{ proof: 'repository' }] })
  })

  it('lists the ledger', async () => {
    const entries = JSON.parse((await run('rows', '--format', 'json')).out) as LedgerEntry[]
    expect(entries).toHaveLength(169)
    expect(Object.keys(entries[0] ?? {})).toEqual(['row', 'section', 'title', 'items', 'covered'])
    expect(entries[59]).toMatchObject({ row: 60, items: ['dockerfile'], covered: true })
    const { out } = await run('rows')
    expect(out.match(/^ +\d+ [✓·] /gm)).toHaveLength(169)
  })

  it('prints help and version', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, out: '0.1.0\n' })
    expect(await run('check', '--help')).toMatchObject({ code: 0, err: '' })
    const nothing = await run()
    expect(nothing.code).toBe(2)
    expect(nothing.out).toContain('check [options] [dir]')
  })
})
