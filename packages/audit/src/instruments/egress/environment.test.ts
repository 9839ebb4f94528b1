import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { bareTarget } from '../../testing/repositories.ts'
import { egressEnvironment } from './environment.ts'

const scratch = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const url = 'http://127.0.0.1:1'

it('names the proxy in both cases, and loopback as every client reads it', async () => {
  const env = await egressEnvironment(bareTarget({ scratch }), url, 'OWN\n', false)
  for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'])
    expect(env[name], name).toBe(url)
  expect(env['no_proxy']).toBe(env['NO_PROXY'])
  expect(env['NO_PROXY']).not.toMatch(/[[\] ]/)
})

it('trusts the public authorities only where hosts are passed on', async () => {
  const alone = await egressEnvironment(bareTarget({ scratch }), url, 'OWN\n', false)
  const both = await egressEnvironment(bareTarget({ scratch }), url, 'OWN\n', true)
  const read = (file: string | undefined): string => readFileSync(file ?? '', 'utf8')
  expect(read(alone['SSL_CERT_FILE'])).toBe('OWN\n')
  expect(read(both['REQUESTS_CA_BUNDLE'])).toMatch(/^OWN\n-----BEGIN CERTIFICATE-----/)
  expect(read(both['NODE_EXTRA_CA_CERTS'])).toBe('OWN\n')
})

it('keeps the options that the owner gave to Node', async () => {
  const env = { NODE_OPTIONS: '--enable-source-maps' }
  const launch = { command: 'node', args: [], cwd: tmpdir(), env, origin: 'test' }
  const target = bareTarget({ scratch, server: { transport: 'stdio', launch } })
  const made = await egressEnvironment(target, url, 'OWN\n', false)
  expect(made['NODE_OPTIONS']).toMatch(/^--enable-source-maps --require "\/.*\/preload\/egress\.cjs"$/)
})
