import { gatherer } from '../core/item.ts'
import { describeReply, modernMeta, type Connection, type Reply } from '../target/connection.ts'
import { exchange } from '../target/exchange.ts'
import type { Exit } from '../target/process.ts'
import { connectAnew } from './anew.ts'
import { opening } from './startup.ts'

export interface BigMessage {
  megabytes: number
  /** What came back, in words. */
  answer: string
  answered: boolean
  /** An error without an id that arrived meanwhile counts as a refusal. */
  refusedWithoutId: boolean
  /** How a small request was met afterwards. */
  afterwards: string
  serves: boolean
  exit: Exit | null
}

const stdioMegabytes = 12
const httpMegabytes = 20
const patience = 15_000
const orderly = 1500

const pause = (ms: number): Promise<null> => new Promise(resolve => setTimeout(resolve, ms, null))

const padded = (megabytes: number): string => 'x'.repeat(megabytes * 1024 * 1024)

const ask = (connection: Connection, pad: string | null): Promise<Reply> => {
  const method = 'tools' in connection.capabilities ? 'tools/list' : 'ping'
  return connection.request(method, {}, { timeout: patience, ...(pad ? { meta: { 'com.example/padding': pad } } : {}) })
}

const overHttp = async (connection: Connection, headers: Record<string, string>): Promise<string> => {
  const pad = padded(httpMegabytes)
  const modern = connection.era === 'modern'
  const meta = { ...(modern ? modernMeta(connection.revision) : {}), 'com.example/padding': pad }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'big', method: 'tools/list', params: { _meta: meta } })
  const own = { 'mcp-protocol-version': connection.revision, ...(modern ? { 'mcp-method': 'tools/list' } : {}) }
  const answer = await exchange(connection.url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...own, ...headers },
    body,
    timeout: patience,
  })
  // A server may refuse by its status and close before it has read the whole body.
  if (answer.outcome === 'failed') return /EPIPE|ECONNRESET/.test(answer.code) ? 'connection closed by the server' : ''
  return `HTTP ${answer.status}`
}

/** One message of 12 MB over stdio, one body of 20 MB over HTTP, and whether the server serves on. */
export const bigMessage = gatherer({
  id: 'big-message',
  impact: 'call',
  from: 'server',
  needs: { opening },
  gather: async (target, { opening }): Promise<BigMessage> => {
    const connection = await connectAnew(target, opening)
    const before = connection.received.length
    const isHttp = connection.transport === 'http'
    const headers = target.server?.transport === 'http' ? target.server.headers : {}
    const big = isHttp ? null : ask(connection, padded(stdioMegabytes))
    const status = isHttp ? await overHttp(connection, headers) : ''
    const small = await ask(connection, null)
    // What is answered in order has been answered or refused by now.
    const reply = big && (await Promise.race([big, small.kind === 'lost' ? big : pause(orderly)]))
    const since = connection.received.slice(before).map(({ message }) => message)
    const result: BigMessage = {
      megabytes: isHttp ? httpMegabytes : stdioMegabytes,
      answer: reply ? describeReply(reply) : status || 'no answer, while the request after it was served',
      answered: isHttp ? status !== '' : reply !== null && reply.kind !== 'lost',
      refusedWithoutId: since.some(
        message => 'error' in message && (message['id'] === null || message['id'] === undefined),
      ),
      afterwards: describeReply(small),
      serves: small.kind !== 'lost',
      exit: connection.process?.exit ?? null,
    }
    await connection.close()
    return result
  },
})
