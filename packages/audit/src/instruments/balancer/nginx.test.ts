import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findExecutable } from '../../target/executable.ts'
import { exchange } from '../../target/exchange.ts'
import { bareTarget } from '../../testing/repositories.ts'
import { listenOnLoopback } from '../loopback.ts'
import { openNginx } from './nginx.ts'

const installed = findExecutable('nginx', '/', `${process.env['PATH'] ?? ''}:/usr/sbin`) !== null

it.skipIf(!installed)(
  `passes requests on with the headers of a proxy${installed ? '' : ' — skipped: nginx is not installed (scripts/setup-services.sh)'}`,
  { timeout: 30_000 },
  async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
    const scope = new AbortController()
    const server = createServer(({ headers, url }, response) => {
      response.end(`${url} ${headers.host} ${String(headers['x-forwarded-host'])}`)
    })
    try {
      const instance = new URL(`http://127.0.0.1:${await listenOnLoopback(server)}`)
      const headers = { Host: 'localhost', 'X-Forwarded-Host': 'mcp.example.com' }
      const nginx = await openNginx(bareTarget({ scratch, signal: scope.signal }), instance, headers)
      const answer = await exchange(`${nginx?.origin}/mcp?x=1`, { method: 'GET', timeout: 5000 })
      expect(answer).toMatchObject({ status: 200, text: '/mcp?x=1 localhost mcp.example.com' })
      expect(answer).toHaveProperty('headers.server', expect.stringContaining('nginx'))
      await nginx?.stop()
      expect(await exchange(`${nginx?.origin}/`, { method: 'GET', timeout: 2000 })).toMatchObject({ outcome: 'failed' })
    } finally {
      scope.abort()
      server.close()
      server.closeAllConnections()
      rmSync(scratch, { recursive: true, force: true })
    }
  },
)
