import { networkInterfaces } from 'node:os'
import type { Target } from '../core/target.ts'
import { clientInfo, latestRevision, legacyRevision, modernMeta, type Connection, type Era } from './connection.ts'
import { exchange, type Exchanged } from './exchange.ts'

export interface Asked {
  method: 'POST' | 'GET' | 'DELETE'
  headers?: Record<string, string>
  /** Milliseconds; 5,000 unless told. A stream counts as answered by its head. */
  timeout?: number
}

/** The first message a client of that era sends. */
const opener = (era: Era): { body: string; headers: Record<string, string> } =>
  era === 'modern'
    ? {
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 'open',
          method: 'server/discover',
          params: { _meta: modernMeta() },
        }),
        headers: { 'mcp-protocol-version': latestRevision, 'mcp-method': 'server/discover' },
      }
    : {
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 'open',
          method: 'initialize',
          params: { protocolVersion: legacyRevision, capabilities: {}, clientInfo },
        }),
        headers: {},
      }

/** One raw request to the MCP endpoint, with the opening message of the era in a POST. */
export const askEndpoint = (
  url: string,
  era: Era,
  { method, headers = {}, timeout = 5000 }: Asked,
): Promise<Exchanged> => {
  const { body, headers: own } = opener(era)
  const accept = { accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream' }
  const content = method === 'POST' ? { 'content-type': 'application/json', ...own } : {}
  return exchange(url, {
    method,
    headers: { ...accept, ...content, ...headers },
    ...(method === 'POST' ? { body } : {}),
    timeout,
    event: () => true,
    headOnly: method === 'GET',
  })
}

export const statusOf = (answer: Exchanged): string =>
  answer.outcome === 'answered' ? `HTTP ${answer.status}` : `no answer (${answer.code})`

/** Served as if nothing were wrong. */
export const wasServed = (answer: Exchanged): boolean => answer.outcome === 'answered' && answer.status < 300

/** Refused for what it was, not for its rate. */
export const wasRefused = (answer: Exchanged): boolean =>
  answer.outcome === 'answered' && answer.status >= 400 && answer.status < 500 && answer.status !== 429

/** The headers the user gave for the target. */
export const ownHeaders = ({ server }: Target): Record<string, string> =>
  server?.transport === 'http' ? server.headers : {}

const credentialName = /^(authorization|proxy-authorization|cookie|.*(api-?key|token|secret|auth).*)$/i

export const isCredential = (header: string): boolean => credentialName.test(header)

export const isLoopback = (url: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname)

/** IPv4 addresses of this machine that others can reach. */
export const outerAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)

/** The same server at another path, without the path of the endpoint. */
export const atPath = (url: string, path: string): string => new URL(path, url).href

export const endpointOf = (connection: Connection): string => {
  if (connection.url === undefined) throw new Error('not an HTTP connection')
  return connection.url
}
