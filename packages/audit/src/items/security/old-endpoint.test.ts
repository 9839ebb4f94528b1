import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { collect } from '../../engine/schedule.ts'
import { oldEndpoint } from '../../gather/old-endpoint.ts'
import { startup } from '../../gather/startup.ts'
import { stopEverything } from '../../target/process.ts'
import { bareTarget } from '../../testing/repositories.ts'
import authentication from './authentication.ts'
import originValidation from './origin-validation.ts'

afterAll(stopEverything)

/** A server of the transport of 2024: its words are what it looks at, and whether it takes one client at a time. */
const script = `
import { createServer } from 'node:http'
const [port, ...words] = process.argv.slice(1)
const streams = new Map()
let count = 0
createServer((request, response) => {
  const { authorization, origin, host } = request.headers
  const end = status => response.writeHead(status).end()
  if (words.includes('key') && authorization !== 'Bearer right') return end(401)
  if (words.includes('origin') && origin) return end(403)
  if (words.includes('host') && !/^127/.test(host)) return end(403)
  const { pathname, searchParams } = new URL(request.url, 'http://x')
  if (pathname === '/sse' && request.method === 'GET') {
    if (words.includes('one') && streams.size > 0) return end(409)
    const id = String(++count)
    streams.set(id, response)
    response.on('close', () => setTimeout(() => streams.delete(id), 100))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    return response.write('event: endpoint\\ndata: /messages?id=' + id + '\\n\\n')
  }
  const stream = streams.get(searchParams.get('id'))
  if (pathname !== '/messages' || !stream) return end(404)
  let body = ''
  request.on('data', chunk => (body += chunk)).on('end', () => {
    const { id, method } = JSON.parse(body)
    end(202)
    const result = method === 'initialize'
      ? { protocolVersion: '2024-11-05', capabilities: { tools: {} }, serverInfo: { name: 'old', version: '1' } }
      : { tools: [] }
    if (id !== undefined) stream.write('event: message\\ndata: ' + JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n\\n')
  })
}).listen(Number(port), '127.0.0.1')`

const judge = async (words: string[], headers: Record<string, string> = {}) => {
  const scope = new AbortController()
  const target = bareTarget({
    server: {
      transport: 'http',
      url: 'http://127.0.0.1:{port}/sse',
      headers,
      launch: {
        command: process.execPath,
        args: ['--input-type=module', '-e', script, '{port}', ...words],
        cwd: tmpdir(),
        env: {},
        origin: 'test',
      },
    },
    signal: scope.signal,
  })
  const found = await collect([startup, oldEndpoint], { target, impact: 'call', lanes: 1, listener: () => {} })
  scope.abort()
  const outcome = found.get(oldEndpoint)
  if (outcome?.state !== 'done') throw new Error(outcome?.because)
  return [authentication, originValidation].flatMap(({ checks }) =>
    checks
      .filter(({ needs }) => 'oldEndpoint' in needs)
      .map(check => check.judge({ oldEndpoint: outcome.value }).status),
  )
}

/** Without a credential; Origin, Host, and another address. */
describe('a server of the older HTTP+SSE transport', { timeout: 60_000 }, () => {
  it.each<[string, string[], Record<string, string>, string[]]>([
    ['serves everyone, one at a time', ['one'], {}, ['fail', 'fail', 'fail']],
    ['looks at Origin and Host', ['origin', 'host'], {}, ['fail', 'pass', 'pass']],
    ['asks for a key', ['key', 'origin', 'host'], { authorization: 'Bearer right' }, ['pass', 'pass', 'pass']],
  ])('%s', async (_, words, headers, statuses) => {
    expect((await judge(words, headers)).slice(0, 3)).toEqual(statuses)
  })

  it('is another one than a server of Streamable HTTP', () => {
    for (const { checks } of [authentication, originValidation])
      for (const check of checks.filter(({ needs }) => 'oldEndpoint' in needs))
        expect(check.judge({ oldEndpoint: null }).status).toBe('not-applicable')
  })
})
