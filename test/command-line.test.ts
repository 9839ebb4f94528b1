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
writeFileSync(join(folder, 'not-a.mcpb'), 'no zip')
writeFileSync(join(folder, 'broken.json'), '{ "budgets": { "p95Ms": "fast" } }')

const airworthy = (...words: string[]) =>
  spawnSync(process.execPath, [bin, ...words], { encoding: 'utf8', cwd: folder, timeout: 120_000 })

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
    ['an unknown flag', ['check', '--impcat', 'read'], '--impcat'],
    ['an unknown item to explain', ['explain', 'nothing-like-it'], 'nothing-like-it'],
  ])('refuses %s in one sentence with the next step', (_, words, named) => {
    const { status, stdout, stderr } = airworthy(...words)
    const said = stderr.split('\n').filter(line => line && !line.startsWith('airworthy: auditing'))
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(/^airworthy: /)
    expect(said.join(' ')).toContain(named)
    expect(said[1]).toMatch(/^ {2}\S/)
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
