import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { connect as connectTls } from 'node:tls'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bareTarget } from '../../testing/repositories.ts'
import { listenOnLoopback } from '../loopback.ts'
import { openEgressProxy, type EgressProxy } from './proxy.ts'

const scratch = mkdtempSync(join(tmpdir(), 'airworthy-test-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let proxy: EgressProxy
beforeEach(async () => {
  proxy = await openEgressProxy(bareTarget({ scratch }))
})
afterEach(() => proxy.close())

const run = (command: string, args: string[], env = proxy.env): Promise<string> =>
  new Promise(resolve => {
    const child = spawn(command, args, { env: { ...process.env, ...env } })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', error => resolve(error.message))
    child.once('close', () => resolve(said.trim()))
  })

const node = (script: string, kind = 'module', env = proxy.env): Promise<string> =>
  run(process.execPath, [`--input-type=${kind}`, '-e', script], env)

const fetching = (url: string, init = ''): string => `
  const began = performance.now()
  try {
    const answer = await fetch('${url}', { signal: AbortSignal.timeout(3000), ${init} })
    console.log(answer.status, (await answer.text()).slice(0, 30))
  } catch (error) { console.log(error.name, error.cause?.code ?? error.cause?.message ?? '', performance.now() - began > 2500) }`

const venv = fileURLToPath(new URL('../../../../../fixtures/servers/python/.venv/bin/python', import.meta.url))

/** A client for each way out of a program; it says `STATUS BODY` or how it failed. */
const clients: Record<string, (url: string) => Promise<string>> = {
  'fetch in Node': url => node(fetching(url)),
  'http(s).get in Node': url =>
    node(
      `const { get } = require('${url.startsWith('https') ? 'https' : 'http'}')
      get('${url}', answer => {
        let said = ''
        answer.on('data', chunk => (said += chunk)).on('end', () => console.log(answer.statusCode, said)).on('error', error => console.log('failed', error.code))
      }).on('error', error => console.log('failed', error.code)).setTimeout(1500, function () { this.destroy() })`,
      'commonjs',
    ),
  'urllib in Python': url =>
    run('python3', [
      '-c',
      `import urllib.request, urllib.error, sys
try:
    answer = urllib.request.urlopen(sys.argv[1], timeout=1.5)
    print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error: print(error.code)
except Exception as error: print('failed', type(error).__name__, error)`,
      url,
    ]),
  'httpx in Python': url =>
    run(venv, [
      '-c',
      `import httpx2 as httpx, sys
try:
    answer = httpx.get(sys.argv[1], timeout=1.5)
    print(answer.status_code, answer.text)
except Exception as error: print('failed', type(error).__name__, error)`,
      url,
    ]),
  curl: url => run('curl', ['-s', '-m', '2.5', '-w', '%{http_code} %{exitcode}', url]),
}

const has: Record<string, boolean> = {
  'urllib in Python': ['/usr/bin/python3', '/usr/local/bin/python3'].some(existsSync),
  'httpx in Python': existsSync(venv),
  curl: existsSync('/usr/bin/curl'),
}

describe.each(Object.entries(clients).filter(([name]) => has[name] ?? true))('%s', (_, get) => {
  it.each(['http', 'https'])('is answered over %s, and recorded', async scheme => {
    proxy.rule('api.example.com', { answer: { status: 200, body: 'from the proxy' } })
    expect(await get(`${scheme}://api.example.com/v1/things?q=1`)).toContain('from the proxy')
    expect(await proxy.settled(5000)).toBe(true)
    const [seen, ...more] = proxy.requests()
    expect(more).toEqual([])
    expect(seen).toMatchObject({ method: 'GET', scheme, host: 'api.example.com', path: '/v1/things?q=1', status: 200 })
    expect(seen).toMatchObject({ port: scheme === 'https' ? 443 : 80, end: 'answered', body: { bytes: 0 } })
  })

  it('fails at first and is served then', async () => {
    proxy.rule('*', { answer: 503, times: 1, retryAfter: 2 })
    expect(await get('https://a.example/')).toContain('503')
    expect(await get('https://a.example/')).toContain('200')
  })

  it('is reset, refused and kept waiting', async () => {
    proxy.rule('reset.example', { reset: 'before' })
    proxy.rule('half.example', { reset: 'within' })
    proxy.rule('refused.example', { refuse: true })
    proxy.rule('hung.example', { hang: 'before' })
    const hosts = ['reset', 'half', 'refused', 'hung'].map(name => `https://${name}.example/`)
    const said = await Promise.all(hosts.map(get))
    expect(await proxy.settled(5000)).toBe(true)
    for (const line of said) expect(line).not.toMatch(/^200 \{"message":.*\}/)
    const end = (host: string) => proxy.requests().find(seen => seen.host === `${host}.example`)?.end
    expect(['reset', 'half', 'refused', 'hung'].map(end)).toEqual(['reset', 'reset', 'refused', 'client-closed'])
    const hung = proxy.requests().find(({ host }) => host === 'hung.example')
    expect((hung?.endedAt ?? 0) - (hung?.at ?? 0)).toBeGreaterThan(1000)
    expect(hung?.status).toBe(null)
  })
})

describe('openEgressProxy', () => {
  it('keeps the pools of a program, and shows when it has none', async () => {
    const script = (agent: string): string => `
      import { Agent, get } from 'node:https'
      const agent = ${agent}
      const once = () => new Promise(done => get('https://pool.example/', { agent }, a => a.resume().on('end', done)))
      for (let i = 0; i < 3; i++) await once()
      agent.destroy?.()`
    await node(script('new Agent({ keepAlive: true })'))
    expect(new Set(proxy.requests().map(({ connection }) => connection)).size).toBe(1)
    await node(script('new Agent({ keepAlive: false })'))
    expect(new Set(proxy.requests().map(({ connection }) => connection)).size).toBe(4)
    await expect.poll(() => proxy.connections().every(({ closedAt }) => closedAt !== null)).toBe(true)
    expect(proxy.connections().every(({ encrypted }) => encrypted)).toBe(true)
  })

  it('tells delays, digests of bodies and what was carried, and keeps no secret', async () => {
    proxy.watch('caller token', 'caller-token-1')
    proxy.rule('*', { answer: 200, delay: 300 })
    const post = (headers: string, body: string): string =>
      fetching('https://a.example/x?token=hush-hush', `method: 'POST', headers: ${headers}, body: '${body}'`)
    await node(post(`{ authorization: 'Bearer caller-token-1', 'x-api-key': 'own-key' }`, 'one'))
    await node(post(`{ authorization: 'Basic ' + btoa('me:caller-token-1') }`, '{"t":"caller-token-1"}'))
    await node(post('{}', 'one'))
    const [first, second, third] = proxy.requests()
    expect(first?.carried).toEqual([{ name: 'caller token', where: 'header authorization' }])
    expect(second?.carried.map(({ where }) => where)).toEqual(['header authorization', 'body'])
    expect(third?.carried).toEqual([])
    expect(first?.body).toEqual({ ...third?.body, bytes: 3 })
    expect(first?.body.digest).not.toBe(second?.body.digest)
    expect((first?.answeredAt ?? 0) - (first?.at ?? 0)).toBeGreaterThan(250)
    expect(JSON.stringify(proxy.requests())).not.toMatch(/caller-token-1|own-key|hush-hush|me:/)
    expect(first?.headers['authorization']).toBe('Bearer ***')
  })

  it('answers by a function, with the count of the host', async () => {
    proxy.rule('*', { answer: ({ nth, path }) => ({ status: 200, body: { nth, path } }) })
    const { url } = proxy
    const ask = `for (const host of ['a', 'b', 'a']) console.log(await (await fetch('http://' + host + '.example/p')).text())`
    expect(await node(ask)).toBe('{"nth":1,"path":"/p"}\n{"nth":1,"path":"/p"}\n{"nth":2,"path":"/p"}')
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('sees nothing of a program that goes its own way', async () => {
    const direct = `import { connect } from 'node:net'
      connect(9, '127.0.0.1').on('error', () => console.log('direct'))`
    expect(await node(direct)).toBe('direct')
    expect(proxy.requests()).toEqual([])
  })

  it('tells that a client did not trust it', async () => {
    const { NODE_EXTRA_CA_CERTS: _, ...env } = proxy.env
    expect(await node(fetching('https://a.example/'), 'module', env)).toMatch(/^TypeError (SELF_SIGNED|UNABLE)/)
    expect(proxy.requests()).toEqual([])
    expect(proxy.connections()).toMatchObject([{ to: 'a.example:443', encrypted: true, requests: 0 }])
    await expect.poll(() => proxy.connections()[0]?.trouble).toContain('certificate')
  })

  it('tells that a client speaks another protocol', async () => {
    const { port } = new URL(proxy.url)
    const asked = request({ port, method: 'CONNECT', path: 'grpc.example:443' }).end()
    const [, socket] = (await once(asked, 'connect')) as [unknown, Socket]
    const secured = connectTls({ socket, ALPNProtocols: ['h2'], rejectUnauthorized: false })
    await once(secured, 'error')
    expect(proxy.connections()).toMatchObject([{ to: 'grpc.example:443', requests: 0 }])
    await expect.poll(() => proxy.connections()[0]?.trouble).toMatch(/^TLS failed/)
    expect(proxy.requests()).toEqual([])
  })

  it('leaves loopback, options of Node and a silent program alone', async () => {
    const env = { ...proxy.env, NODE_OPTIONS: `--title=kept ${proxy.env['NODE_OPTIONS']}` }
    const local = createServer(socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nlocal'))
    const port = await listenOnLoopback(local)
    const script = `console.log(process.title, await (await fetch('http://127.0.0.1:${port}/')).text())`
    expect(await node(script, 'module', env)).toBe('kept local')
    local.close()
    expect(await node('')).toBe('')
    expect(proxy.requests()).toEqual([])
  })

  it('passes on the hosts that the caller names, unread, and nothing else', async () => {
    const real = createServer(socket => socket.once('data', data => socket.end(`echo ${data.toString()}`)))
    const port = await listenOnLoopback(real)
    const other = await openEgressProxy(bareTarget({ scratch }), [`127.0.0.1:${port}`])
    const said = await new Promise<string>(resolve => {
      const asked = request({ port: new URL(other.url).port, method: 'CONNECT', path: `127.0.0.1:${port}` })
      asked.on('connect', (_, socket) => {
        socket.write('hello')
        socket.on('data', (data: Buffer) => resolve(data.toString()))
      })
      asked.end()
    })
    expect(said).toBe('echo hello')
    expect(other.requests()).toMatchObject([{ method: 'CONNECT', host: '127.0.0.1', port, end: 'passed' }])
    await other.close()
    real.close()
  })

  it.each([
    'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
    'CONNECT nowhere HTTP/1.1\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\u0000'.repeat(100),
  ])('survives %j', async bytes => {
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1', () => socket.write(bytes))
    const said = await new Promise<string>(resolve => {
      let all = ''
      socket.on('data', data => (all += data.toString()))
      socket.on('error', () => {})
      socket.on('close', () => resolve(all))
      setTimeout(() => socket.end(), 200)
    })
    expect(said).not.toMatch(/^HTTP\/1.1 2/)
    expect(proxy.requests()).toEqual([])
  })

  it('says why it cannot open, and leaves nothing behind', async () => {
    await expect(openEgressProxy(bareTarget({ scratch: join(scratch, 'not', 'there') }))).rejects.toThrow('ENOENT')
  })

  it('leaves no socket and no port behind, also when its scope ends', async () => {
    const scope = new AbortController()
    const other = await openEgressProxy(bareTarget({ scratch, signal: scope.signal }))
    other.rule('*', { hang: 'before' })
    const asked = node(fetching('https://a.example/'), 'module', other.env)
    expect(await other.settled(0)).toBe(true)
    for (let i = 0; i < 200 && other.requests().length === 0; i++) await new Promise(done => setTimeout(done, 20))
    expect(await other.settled(20)).toBe(false)
    scope.abort()
    await other.close()
    expect(await asked).toContain('TypeError')
    expect(other.requests()).toMatchObject([{ end: 'closed' }])
    const refused = new Promise(resolve => connect(Number(new URL(other.url).port), '127.0.0.1').on('error', resolve))
    expect(await refused).toMatchObject({ code: 'ECONNREFUSED' })
  })
})
