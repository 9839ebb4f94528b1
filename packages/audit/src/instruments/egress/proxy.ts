import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Target } from '../../core/target.ts'
import { listenOnLoopback } from '../loopback.ts'
import { courseOf, perform } from './answers.ts'
import { makeAuthority } from './authority.ts'
import { egressEnvironment } from './environment.ts'
import { makeRecords, type SeenConnection, type SeenRequest } from './records.ts'
import { makeRules, type Rules } from './rules.ts'
import { destinationOf, passOn, speakInside, type Tunnel } from './tunnels.ts'

const maxBody = 64 * 1024 * 1024
const searched = 256 * 1024
const maxConnections = 1000

export interface EgressProxy {
  url: string
  /** What a process needs in its environment to go through the proxy and to trust it. */
  env: Record<string, string>
  rule: Rules['add']
  clear: Rules['clear']
  /**
   * From now on each request tells whether it carries this value, in `carried`; it is masked in the records. Values of
   * less than six characters are not looked for.
   */
  watch(name: string, value: string): void
  /** In the order they came; empty when the server made none or ignores proxies. */
  requests(): readonly SeenRequest[]
  connections(): readonly SeenConnection[]
  /** Milliseconds since the proxy opened, on the clock of the records. */
  now(): number
  /** How many requests and connections were not kept. */
  dropped(): number
  /**
   * Waits until no request is pending, for at most so many milliseconds; whether it came to that. Of what a server has
   * just given up, the end of its connection may arrive after its answer to us.
   */
  settled(ms: number): Promise<boolean>
  close(): Promise<void>
}

const readBody = async (request: IncomingMessage): Promise<{ body: SeenRequest['body']; beginning: string }> => {
  const hash = createHash('sha256')
  const beginning: Buffer[] = []
  let bytes = 0
  const done = (complete: boolean) => ({
    body: { bytes, digest: hash.digest('hex').slice(0, 16), complete },
    beginning: Buffer.concat(beginning).toString('utf8'),
  })
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (bytes < searched) beginning.push(chunk.subarray(0, searched - bytes))
      hash.update(chunk)
      bytes += chunk.length
      if (bytes > maxBody) return done(false)
    }
    return done(true)
  } catch {
    return done(false)
  }
}

/** The address of a request: in absolute form, or behind the tunnel it came through. */
const addressOf = ({ url = '' }: IncomingMessage, to: Tunnel['to']): URL | null => {
  const around =
    to && `${to.secured ? 'https' : 'http'}://${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`
  const text = /^https?:\/\//i.test(url) ? url : around && url.startsWith('/') ? around + url : ''
  return URL.canParse(text) ? new URL(text) : null
}

/**
 * A forward proxy on loopback, for plain requests, for tunnels (CONNECT) and for TLS inside them, which it ends with
 * certificates of its own. It answers everything itself: nothing leaves the machine, except to the hosts in `passing`,
 * whose tunnels are passed on unread. Ends with the scope of the target at the latest.
 */
export const openEgressProxy = async (target: Target, passing: readonly string[] = []): Promise<EgressProxy> => {
  const authority = await makeAuthority()
  const records = makeRecords(target)
  const rules = makeRules()
  const passed = makeRules()
  for (const hosts of passing) passed.add(hosts, { refuse: true })
  const closing = new AbortController()
  const tunnels = new WeakMap<Duplex, Tunnel>()
  const open = new Set<Socket>()
  const counts = new Map<string, number>()

  const respond = async (request: IncomingMessage, response: ServerResponse, tunnel: Tunnel): Promise<void> => {
    const url = addressOf(request, tunnel.to)
    if (!url) return void response.writeHead(400).end('This is a proxy.\n')
    const method = request.method ?? ''
    tunnel.connection.requests++
    const seen = records.request({ method, url, connection: tunnel.connection.id }, request.headers)
    response.once('close', () => {
      seen.endedAt = records.now()
      if (seen.end === 'pending')
        seen.end = response.writableFinished ? 'answered' : closing.signal.aborted ? 'closed' : 'client-closed'
    })
    const { body, beginning } = await readBody(request)
    records.body(seen, body, beginning)
    if (body.bytes > maxBody) seen.end = 'reset'
    const { host, port, path } = seen
    const nth = (counts.get(host) ?? 0) + 1
    counts.set(host, nth)
    const rule = rules.take(host, port)
    if (rule.delay) await delay(rule.delay, undefined, { signal: closing.signal })
    if (response.destroyed) return
    const course = courseOf(rule, { method, host, port, path, nth })
    if (course.head) [seen.status, seen.answeredAt] = [course.head.status, records.now()]
    if (!(await perform(course, method, response)) || response.destroyed) return
    seen.end = 'refuse' in rule ? 'refused' : 'reset'
    tunnel.raw.resetAndDestroy()
  }

  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 120_000 }, (request, response) => {
    const tunnel = tunnels.get(request.socket)
    if (tunnel) respond(request, response, tunnel).catch(() => tunnel.raw.destroy())
  })
  server.maxConnections = maxConnections
  server.on('connection', (socket: Socket) => {
    if (tunnels.has(socket)) return
    const connection = records.connection()
    tunnels.set(socket, { to: null, connection, raw: socket })
    open.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => {
      open.delete(socket)
      connection.closedAt = records.now()
    })
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const tunnel = tunnels.get(socket)
    if (tunnel && error.code !== 'ECONNRESET')
      tunnel.connection.trouble ??= `no HTTP/1.1: ${error.code ?? 'unreadable'}`
    tunnel?.raw.destroy()
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const tunnel = tunnels.get(socket)
    const to = destinationOf(request.url)
    if (!tunnel || tunnel.to || !to) return void socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
    const { connection, raw } = tunnel
    connection.to = `${to.host}:${to.port}`
    const note = (end: 'refused' | 'passed'): void => {
      const url = new URL(`${to.port === 443 ? 'https' : 'http'}://${request.url}`)
      const seen = records.request({ method: 'CONNECT', url, connection: connection.id }, request.headers)
      Object.assign(seen, { ...to, end, endedAt: seen.at })
    }
    if (passed.refuses(to.host, to.port)) {
      note('passed')
      return passOn(raw, to.host, to.port, head)
    }
    if (rules.refuses(to.host, to.port)) {
      note('refused')
      return void socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
    }
    raw.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) raw.unshift(head)
    speakInside(server, authority, tunnel, to, (inner, inside) => tunnels.set(inner, inside))
  })

  const port = await listenOnLoopback(server)
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= new Promise(resolve => {
      closing.abort()
      server.close(() => {
        for (const seen of records.requests)
          if (seen.end === 'pending') Object.assign(seen, { end: 'closed', endedAt: records.now() })
        resolve()
      })
      for (const socket of open) socket.destroy()
    })
    return closed
  }
  const isSettled = (): boolean => records.requests.every(({ end }) => end !== 'pending')
  const settled = async (ms: number): Promise<boolean> => {
    for (const until = performance.now() + ms; performance.now() < until; await delay(5)) if (isSettled()) return true
    return isSettled()
  }
  if (target.signal.aborted) await close()
  target.signal.addEventListener('abort', () => void close(), { once: true })
  const url = `http://127.0.0.1:${port}`
  const env = await egressEnvironment(target, url, authority.pem, passing.length > 0).catch(async error => {
    await close()
    throw error
  })
  return {
    url,
    env,
    rule: (hosts, rule) => rules.add(hosts, rule),
    clear: () => rules.clear(),
    watch: records.watch,
    requests: () => records.requests,
    connections: () => records.connections,
    now: records.now,
    dropped: () => records.kept.dropped,
    settled,
    close,
  }
}
