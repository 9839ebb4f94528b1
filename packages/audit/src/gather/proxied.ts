import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { openBalancer } from '../instruments/balancer/balancer.ts'
import { openNginx } from '../instruments/balancer/nginx.ts'
import { describeReply, type Connection } from '../target/connection.ts'
import { exchange, type Exchanged } from '../target/exchange.ts'
import { reconnect } from '../target/startup.ts'
import { askEndpoint, endpointOf, ownHeaders, statusOf, wasServed } from '../target/web.ts'
import { startAnew } from './anew.ts'
import { slowCallOf, type SlowCall } from './slow-call.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export interface Proxied {
  /** Such as `nginx`. */
  proxy: string
  /** The Host that the proxy sends on, the public one where the server takes it. */
  host: string
  /** Requests of a client behind the proxy, and what came. */
  requests: { at: string; served: boolean; saw: string }[]
  /** The opening request with the same Host and without the other headers of a proxy. */
  direct: { served: boolean; saw: string }
  /** Answers on kept connections, and how many of them said that the connection ends. */
  kept: { answers: number; closing: number }
  /** Redirects to the address and port of the instance itself, which nobody reaches from outside. */
  redirects: { at: string; location: string }[]
  /** Milliseconds from the first notification of a slow call to its answer; null where fewer than two came. */
  stream: { call: string; direct: number; proxied: number | null } | null
}

export const publicName = 'mcp.example.com'
const asks = 4
const apart = 200
const streams = 3
/** Of the time a stream lasts where nothing stands before the server. */
export const wholeStream = 0.4

const headersOfProxy = (host: string): Record<string, string> => ({
  Host: host,
  'X-Real-IP': '203.0.113.7',
  'X-Forwarded-For': '203.0.113.7',
  'X-Forwarded-Host': publicName,
  'X-Forwarded-Proto': 'https',
})

const openProxy = async (target: Target, instance: URL, host: string) => {
  const headers = headersOfProxy(host)
  const nginx = await openNginx(target, instance, headers)
  if (nginx) return { name: 'nginx', origin: nginx.origin, close: nginx.stop }
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const { origin, close } = await openBalancer(target, [instance], { headers: () => lower })
  return { name: 'a reverse proxy', origin, close }
}

/** @throws Undecided when what failed was the proxy, or the time. */
const askThrough = async (client: Connection | null, again: () => Promise<Exchanged>): Promise<Proxied['requests']> => {
  if (!client) {
    const answer = await again()
    const saw = statusOf(answer)
    if (answer.outcome === 'failed' || answer.status >= 502 || wasServed(answer))
      throw new Undecided(`a client came to no handshake through the proxy, and to ${saw} when it asked again`)
    return [{ at: 'the handshake', served: false, saw }]
  }
  const requests: Proxied['requests'] = [{ at: 'the handshake', served: true, saw: client.revision }]
  for (let time = 0; time < asks - 1; time++) {
    const reply = await client.request('tools/list', undefined, { timeout: 10_000 })
    requests.push({ at: 'tools/list', served: reply.kind === 'result', saw: describeReply(reply) })
  }
  return requests
}

const ownPort = (location: string, { port }: URL): boolean => {
  const url = URL.canParse(location) ? new URL(location) : null
  return url !== null && url.port === port && /^(127\.|localhost$|\[::1\]$|0\.0\.0\.0$)/.test(url.hostname)
}

const redirectsOf = async (origin: string, instance: URL, headers: Record<string, string>) => {
  const { pathname } = instance
  const other = pathname.endsWith('/') ? pathname.slice(0, -1) : `${pathname}/`
  const found: Proxied['redirects'] = []
  for (const path of [pathname, other, '/'].filter(path => path !== '')) {
    const asked = { method: 'GET', headers: { ...headers, accept: 'text/event-stream' }, timeout: 3000, headOnly: true }
    const answer = await exchange(`${origin}${path}`, asked)
    const location = answer.outcome === 'answered' ? answer.headers['location'] : undefined
    if (location !== undefined && ownPort(location, instance)) found.push({ at: `GET ${path}`, location })
  }
  return found
}

/** Milliseconds from the first of at least two notifications to the answer. */
const spreadOf = async (client: Connection, { tool, arguments: given }: SlowCall): Promise<number | null> => {
  const before = client.received.length
  const reply = await client.request(
    'tools/call',
    { name: tool, arguments: given },
    { timeout: 10_000, meta: { progressToken: 'airworthy' } },
  )
  const [first, second] = client.received.slice(before)
  return first && second && reply.kind === 'result' ? reply.ms - first.ms : null
}

/** What holds a stream back does so each time; a busy machine does not. */
const streamOf = async (near: Connection, far: Connection, slow: SlowCall): Promise<Proxied['stream']> => {
  let seen: Proxied['stream'] = null
  for (let time = 0; time < streams; time++) {
    const [direct, proxied] = await Promise.all([spreadOf(near, slow), spreadOf(far, slow)])
    if (direct === null || direct < apart) return null
    seen = { call: slow.tool, direct, proxied }
    if (proxied !== null && proxied >= direct * wholeStream) return seen
  }
  return seen
}

/** One instance behind a reverse proxy that speaks to it as those in production do. */
export const proxied = gatherer({
  id: 'proxied',
  impact: 'call',
  from: 'server',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Proxied> => {
    const { connection } = await startAnew(target, opening)
    const instance = new URL(endpointOf(connection))
    if (instance.protocol !== 'http:')
      throw new Undecided('it serves TLS itself: a proxy before it is told to trust it')
    const headers = ownHeaders(target)
    const { era } = connection
    let direct: Proxied['direct'] = { served: false, saw: '' }
    let host = instance.host
    for (const name of [publicName, 'localhost', 'localhost:8080', instance.host]) {
      host = name
      const answer = await askEndpoint(instance.href, era, { method: 'POST', headers: { ...headers, Host: name } })
      direct = { served: wasServed(answer), saw: statusOf(answer) }
      if (direct.served) break
    }
    if (!direct.served) throw new Undecided(`a plain POST to ${instance.href} was answered by ${direct.saw}`)

    let closing = 0
    for (let time = 0; time < asks; time++) {
      const reply = await connection.request('tools/list')
      if (/\bclose\b/i.test(reply.http?.headers['connection'] ?? '')) closing++
    }
    const proxy = await openProxy(target, instance, host)
    const through = `${proxy.origin}${instance.pathname}${instance.search}`
    const client = await reconnect(target, opening, through)
    const requests = await askThrough(client, () => askEndpoint(through, era, { method: 'POST', headers }))
    const redirects = host === instance.host ? [] : await redirectsOf(proxy.origin, instance, headers)
    const slow = slowCallOf(trials)
    const stream = slow && client ? await streamOf(connection, client, slow) : null
    await client?.close()
    await proxy.close()
    await connection.close()
    return {
      proxy: proxy.name,
      host,
      requests,
      direct,
      kept: { answers: asks, closing },
      redirects,
      stream,
    }
  },
})
