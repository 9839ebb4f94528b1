import {
  Agent,
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { pipeline } from 'node:stream'
import type { Target } from '../../core/target.ts'
import { listenOnLoopback } from '../loopback.ts'

/** One request that was passed on. */
export interface Balanced {
  /** The number of the instance, from 1. */
  instance: number
  method: string
  path: string
  /** Null when the instance gave no answer. */
  status: number | null
}

export interface Balancer {
  /** Where clients reach the instances, without a path. */
  origin: string
  /** In the order they came; at most 5,000. */
  requests: readonly Balanced[]
  close: () => Promise<void>
}

export interface BalancerOptions {
  /** Headers to add to or replace in each request; the Host of the instance is there already. */
  headers?: (instance: number, incoming: IncomingMessage) => Record<string, string>
}

const kept = 5000
const maxSockets = 256

/** Headers that concern one connection only (RFC 9110, 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders => {
  const named = new Set((headers.connection ?? '').split(',').map(name => name.trim().toLowerCase()))
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !named.has(name)))
}

/**
 * A plain reverse proxy on loopback: each request goes to the next instance in turn, whoever sends it; answers are passed
 * on as they come, and connections to the instances are kept. No retries, no affinity. Ends with the scope of the target
 * at the latest.
 */
export const openBalancer = async (
  target: Target,
  instances: readonly URL[],
  { headers = () => ({}) }: BalancerOptions = {},
): Promise<Balancer> => {
  if (instances.length === 0) throw new Error('a balancer without an instance')
  const agent = new Agent({ keepAlive: true, maxSockets })
  const requests: Balanced[] = []
  let turn = 0

  const server = createServer({ requestTimeout: 0 }, (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const index = turn++ % instances.length
    const { hostname, port, host } = instances[index] ?? new URL('http://127.0.0.1')
    const { method = 'GET', url: path = '/' } = incoming
    const seen: Balanced = { instance: index + 1, method, path, status: null }
    if (requests.length < kept) requests.push(seen)
    const onwards = request({
      agent,
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || 80,
      method,
      path,
      headers: { ...endToEnd(incoming.headers), host, ...headers(index + 1, incoming) },
    })
    const drop = (): void => {
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('Bad gateway\n')
    }
    onwards.once('response', answer => {
      seen.status = answer.statusCode ?? null
      outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
      outgoing.flushHeaders()
      pipeline(answer, outgoing, error => {
        if (error) outgoing.destroy()
      })
    })
    onwards.once('error', drop)
    // A client that goes away must not leave the instance at work for nobody.
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) onwards.destroy()
    })
    pipeline(incoming, onwards, () => {})
  })
  const port = await listenOnLoopback(server)
  const close = (): Promise<void> =>
    new Promise(resolve => {
      agent.destroy()
      server.close(() => resolve())
      server.closeAllConnections()
    })
  target.signal.addEventListener('abort', () => void close(), { once: true })
  return { origin: `http://127.0.0.1:${port}`, requests, close }
}
