import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Report } from '../packages/audit/src/api.ts'

const bin = fileURLToPath(new URL('../packages/audit/bin/airworthy.js', import.meta.url))
const standIn = fileURLToPath(new URL('../packages/audit/src/testing/hostile-stand-in.mjs', import.meta.url))

type Expected = Record<string, 'pass' | 'fail' | 'unknown'>

/** The report of an audit in a process of its own, since several wait here at a time. */
const audited = async (how: string, over: 'stdio' | 'http', only: string[]): Promise<Report> => {
  const url = over === 'http' ? ['--url', 'http://127.0.0.1:{port}/mcp'] : []
  const words = ['check', ...url, '--only', only.join(','), '--format', 'json', '--', process.execPath, standIn, how]
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore']
  const child = spawn(process.execPath, [bin, ...words, ...(over === 'http' ? ['{port}'] : [])], { stdio })
  return JSON.parse(await text(child.stdout)) as Report
}

/** How these items are decided at a stand-in that turns hostile in this way, with what the audit left behind or got wrong. */
const decided = async (how: string, over: 'stdio' | 'http', expected: Expected) => {
  const report = await audited(how, over, Object.keys(expected))
  const { items, run } = report
  const isExplained = (because = ''): boolean => /calls are lost too|loses calls/.test(because)
  const open = items.filter(({ status }) => status === 'unknown')
  return {
    statuses: Object.fromEntries(items.map(({ id, status }) => [id, status])),
    unexplained: open.filter(({ verdicts }) => !verdicts.some(({ because }) => isExplained(because))),
    leftovers: run.leftovers,
    faults: JSON.stringify(report).match(/a fault of the audit[^"]*/g),
    isQuick: run.seconds < 100,
  }
}

describe('a server that turns hostile in the middle', { timeout: 150_000 }, () => {
  it.concurrent.each<[string, 'stdio' | 'http', Expected]>([
    [
      'dies',
      'stdio',
      {
        'startup-script': 'pass',
        'concurrent-calls': 'fail',
        'error-handling': 'unknown',
        'deadlock-free': 'unknown',
        'graceful-timeouts': 'unknown',
      },
    ],
    ['respawns', 'stdio', { 'startup-script': 'pass', 'graceful-timeouts': 'unknown' }],
    ['wrong-id', 'stdio', { 'startup-script': 'pass', 'graceful-timeouts': 'unknown' }],
    ['half-line', 'stdio', { 'startup-script': 'pass', 'graceful-timeouts': 'unknown' }],
    ['twice', 'stdio', { 'concurrent-calls': 'fail', 'error-handling': 'pass' }],
    ['changes-tools', 'stdio', { 'tool-poisoning': 'fail', 'startup-script': 'pass' }],
    ['floods', 'stdio', { 'startup-script': 'pass', 'clean-stdout': 'pass' }],
    ['stderr', 'stdio', { 'startup-script': 'pass', 'clean-stdout': 'pass' }],
    ['headers-only', 'http', { 'startup-script': 'pass', 'graceful-timeouts': 'unknown' }],
    ['endless', 'http', { 'startup-script': 'pass', 'graceful-timeouts': 'unknown' }],
    ['garbage', 'http', { 'startup-script': 'pass', 'deadlock-free': 'unknown' }],
    ['redirects', 'http', { 'startup-script': 'pass', 'deadlock-free': 'unknown' }],
  ])('%s, over %s', async (how, over, expected) => {
    expect(await decided(how, over, expected)).toEqual({
      statuses: expected,
      unexplained: [],
      leftovers: [],
      faults: null,
      isQuick: true,
    })
  })
})
