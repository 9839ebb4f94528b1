import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Report } from '../packages/audit/src/api.ts'

/** The command as it is installed, with the built code. */
const bin = fileURLToPath(new URL('../packages/audit/bin/airworthy.js', import.meta.url))
const good = fileURLToPath(new URL('../fixtures/servers/typescript/dist/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
const empty = mkdtempSync(join(folder, 'empty-'))
const packages = fileURLToPath(new URL('../fixtures/servers', import.meta.url))
const attestation = { item: 'security-reviw', by: 'Ada', date: '2026-01-01', until: '2027-01-01' }
writeFileSync(join(folder, 'not-a.mcpb'), 'no zip')
writeFileSync(join(folder, 'broken.json'), '{ "budgets": { "p95Ms": "fast" } }')

const airworthy = (...words: string[]) =>
  spawnSync(process.execPath, [bin, ...words], { encoding: 'utf8', cwd: folder, timeout: 120_000 })

/** What stands on stderr beside the progress. */
const spoken = (stderr: string): string[] =>
  stderr.split('\n').filter(line => line && !/^airworthy: (auditing|gathering|\d+\/\d+|judged)/.test(line))

const server = ['--', process.execPath, good]

/** A file of settings in the folder, by its name. */
const settings = (name: string, content: unknown): string => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return name
}

describe('airworthy', { timeout: 120_000 }, () => {
  it.each([
    ['no such directory', ['check', 'nowhere'], 'nowhere'],
    ['no start command', ['check', '.', '--start'], 'start command'],
    ['a command that is not there', ['check', '--', 'no-such-command-here'], 'command not found'],
    ['a command that is no server', ['check', '--', 'cat'], 'no MCP server'],
    ['a closed port', ['check', '--url', 'http://127.0.0.1:9/mcp'], 'nothing listens'],
    ['a bundle that is no zip', ['check', '--bundle', 'not-a.mcpb'], 'zip'],
    ['broken settings', ['check', '--settings', 'broken.json'], 'budgets.p95Ms'],
    ['an unknown item', ['check', '--only', 'rate-limitng'], 'rate-limitng'],
    ['no item', ['check', '--only', ''], '--only names nothing'],
    ['nothing left to judge', ['check', '--only', 'dockerfile', '--skip', 'dockerfile'], 'no item is left'],
    ['a header that no wire carries', ['check', '--url', 'http://127.0.0.1:9/', '--header', 'A: \u20ac'], 'header A'],
    ['a package that is not there', ['check', packages, '--package', 'ntoes'], 'did you mean notes?'],
    ['a settings file that is not there', ['check', '--settings', 'nowhere.json'], 'nowhere.json'],
    ['a folder without settings', ['check', '--settings', empty], 'no airworthy.json'],
    ['empty settings', ['check', '--settings', settings('empty.json', '')], 'empty.json is empty'],
    ['an unknown flag', ['check', '--impcat', 'read'], '--impcat'],
    ['an unknown item to explain', ['explain', 'nothing-like-it'], 'nothing-like-it'],
  ])('refuses %s in one sentence with the next step', (_, words, named) => {
    const { status, stdout, stderr } = airworthy(...words)
    const said = spoken(stderr)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(/^airworthy: /)
    expect(said.join(' ')).toContain(named)
    expect(said[1]).toMatch(/^ {2}\S/)
  })

  it.each<[string, unknown, RegExp]>([
    ['a key', { credentials: { leser: 'x' } }, /credentials\.leser, which is no setting\n {2}did you mean lesser\?/],
    ['an attested item', { attestations: [attestation] }, /attestations\[0\].*«security-reviw».*\n.*security-review\?/],
    ['a root', { roots: ['no-such-root'] }, /roots\[0\] the directory no-such-root, which does not exist/],
    [
      'a sample',
      { samples: { serch_notes: [{}] } },
      /samples the tool «serch_notes».*\n {2}did you mean search_notes\?/,
    ],
  ])('refuses settings with a wrong name: %s', (_, content, words) => {
    const { status, stdout, stderr } = airworthy('check', '--settings', settings('wrong.json', content), ...server)
    const said = spoken(stderr)
    expect({ status, stdout, lines: said.length }).toEqual({ status: 2, stdout: '', lines: 2 })
    expect(said.join('\n')).toMatch(words)
    expect(said[0]).toMatch(/^airworthy: wrong\.json /)
  })

  it('refuses a directory for temporary files that cannot be used', () => {
    const environment = { ...process.env, TMPDIR: join(folder, 'nowhere') }
    const { status, stderr } = spawnSync(process.execPath, [bin, 'check', ...server], {
      encoding: 'utf8',
      cwd: folder,
      env: environment,
    })
    expect(status).toBe(2)
    expect(spoken(stderr)[0]).toContain('nowhere does not exist')
  })

  it('does not lose a report that cannot be written', () => {
    const { status, stdout, stderr } = airworthy(
      'check',
      '--only',
      'startup-script',
      '--output',
      '/proc/x.json',
      ...server,
    )
    expect(status).toBe(2)
    // Only the administrator comes as far as writing it.
    expect(stderr.includes('--output may not be written') || stdout.includes('1 of 169 rows proven')).toBe(true)
  })

  it('shows the 169 rows', () => {
    const rows = JSON.parse(airworthy('rows', '--format', 'json').stdout) as {
      row: number
      covered: boolean
      items: string[]
    }[]
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 169 }, (_, index) => index + 1))
    expect(rows.filter(({ covered }) => covered).length).toBeGreaterThanOrEqual(40)
    expect(rows.every(({ covered, items }) => covered === items.length > 0)).toBe(true)
  })

  it('audits a server and writes its report', () => {
    const output = join(folder, 'report.json')
    const { status } = airworthy(
      'check',
      '--only',
      'startup-script',
      '--format',
      'json',
      '--output',
      output,
      '--',
      process.execPath,
      good,
    )
    const report = JSON.parse(readFileSync(output, 'utf8')) as Report
    expect(status).toBe(0)
    expect(report.items).toMatchObject([{ id: 'startup-script', status: 'pass', proof: 'live' }])
    expect(report.rows).toHaveLength(169)
  })

  it('ends with 1 when the gate is not met', () => {
    const words = ['check', '--only', 'startup-script', '--', process.execPath, good, '--break', 'startup-script']
    expect(airworthy(...words).status).toBe(1)
    expect(airworthy('check', '--gate', 'none', ...words.slice(1)).status).toBe(0)
  })
})
