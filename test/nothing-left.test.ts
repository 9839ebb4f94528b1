import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const command = at('packages/audit/bin/airworthy.js')
const server = at('fixtures/servers/typescript/dist/main.js')

/** The processes whose environment came from ours; those that hold a port are among them. */
const marked = (marker: string): string[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(marker)) return []
        return [readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')]
      } catch {
        return []
      }
    })

const until = async (isSo: () => boolean, ms: number): Promise<boolean> => {
  for (const end = performance.now() + ms; performance.now() < end; await new Promise(go => setTimeout(go, 50)))
    if (isSo()) return true
  return isSo()
}

const key = ['--header', 'Authorization: Bearer a-key-for-tests', '--env', 'NOTES_API_KEY=a-key-for-tests']
const http = [
  ...key,
  '--url',
  'http://127.0.0.1:{port}/mcp',
  '--',
  process.execPath,
  server,
  '--http',
  '--port',
  '{port}',
]
const stdio = ['--', process.execPath, server]
const items = ['--only', 'graceful-shutdown,process-cleanup']

describe.skipIf(process.platform !== 'linux')('after an audit', () => {
  let temporary = ''
  beforeAll(() => {
    temporary = mkdtempSync(join(tmpdir(), 'airworthy-nothing-left-'))
  })
  afterAll(() => rmSync(temporary, { recursive: true }))

  it.each([
    ['of a server on a pipe', stdio, null, 0],
    ['of a server behind a port', http, null, 0],
    ['that was interrupted', stdio, 'SIGINT', 130],
  ] as const)(
    '%s no process and no file is left',
    async (_, words, signal, expected) => {
      const marker = `nothing-left-${randomUUID()}`
      const child = spawn(process.execPath, [command, 'check', '--gate', 'none', ...items, ...words], {
        env: { ...process.env, TMPDIR: temporary, AIRWORTHY_TEST: marker },
        stdio: 'ignore',
      })
      const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
      if (signal) {
        await until(() => marked(marker).some(one => one.startsWith(`${process.execPath} ${server}`)), 60_000)
        child.kill(signal)
      }
      expect(await ended).toBe(expected)
      await until(() => marked(marker).length === 0, 3000)
      expect(marked(marker)).toEqual([])
      expect(readdirSync(temporary)).toEqual([])
    },
    150_000,
  )
})
