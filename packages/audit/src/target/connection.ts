import type { Journal } from '../core/target.ts'
import { crowding } from './crowding.ts'
import type { ServerProcess } from './process.ts'

export type Era = 'legacy' | 'modern'
export type Json = Record<string, unknown>

/** What came over HTTP around a reply. */
export interface HttpAnswer {
  status: number
  headers: Record<string, string>
  /** At most 64 kB of the body. */
  body: string
  /** Bytes of the body that came. */
  bytes?: number
}

/** The outcome of one request; `ms` is the time until it was known. */
export type Reply = {
  ms: number
  http?: HttpAnswer
  /** Over stdio: how many messages of the server's own accord had come before it. */
  after?: number
} & (
  | { kind: 'result'; result: Json }
  | { kind: 'error'; code: number; message: string; data?: unknown }
  /** No valid answer: the time was up, the peer was gone, or what came was not an answer. */
  | { kind: 'lost'; because: 'timeout' | 'closed' | 'not-json-rpc'; saw: string }
)

/** A message of the server that answers none of our requests. */
export interface Received {
  ms: number
  message: Json
}

export interface RequestOptions {
  /** Milliseconds; 15,000 unless told. Longer on a crowded machine, unless the request is `impatient` or `left`. */
  timeout?: number
  id?: string | number
  /** Extra members of `params._meta`. */
  meta?: Json
  /** Sent as it is, without the `_meta` of its era. */
  plain?: true
  /** Takes a refusal by a rate limit for an answer, instead of trying again. */
  impatient?: true
  /** Its caller goes away before the answer: that none comes says nothing of the server. */
  left?: true
  /** Extra or replaced HTTP headers; null leaves one out. */
  headers?: Record<string, string | null>
}

/** Milliseconds that an answer is waited for. */
export const patienceFor = ({ timeout = 15_000, impatient, left }: RequestOptions): number =>
  impatient || left ? timeout : timeout * crowding()

export interface Connection {
  transport: 'stdio' | 'http'
  era: Era
  revision: string
  serverInfo: { name: string; version: string }
  capabilities: Json
  instructions: string
  /** Milliseconds from the start of the process (or the first request) to the end of the handshake. */
  openedMs: number
  /** Absent when only a URL is known. */
  process?: ServerProcess
  /** The URL in use; absent over stdio. */
  url?: string
  /** Lines on stdout that are no JSON-RPC message, at most 100. */
  strayLines: string[]
  /** Requests and notifications of the server, and answers to ids that were not open; at most 2,000. */
  received: Received[]
  request(method: string, params?: Json, options?: RequestOptions): Promise<Reply>
  notify(method: string, params?: Json): Promise<void>
  /** The headers a message carries, the session's id included; absent over stdio. */
  headersOf?(method: string, params?: Json): Record<string, string>
  /** Goes away without a word, over HTTP: its sockets close, its session is not ended, its process stays. */
  abandon?(): void
  /** Closes as a well-behaved client does; its process, if there is one, ends soon after. */
  close(): Promise<void>
}

export const latestRevision = '2026-07-28'
export const legacyRevision = '2025-11-25'
export const clientInfo = { name: 'airworthy', version: '1' }

/** The `_meta` that every modern request carries. */
export const modernMeta = (revision: string = latestRevision): Json => ({
  'io.modelcontextprotocol/protocolVersion': revision,
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
})

export const withMeta = (
  era: Era,
  revision: string,
  params: Json | undefined,
  options: RequestOptions,
): Json | undefined => {
  if (options.plain) return params
  if (era === 'legacy' && !options.meta) return params
  const meta = { ...(era === 'modern' ? modernMeta(revision) : {}), ...options.meta }
  return { ...params, _meta: { ...(params?.['_meta'] as Json | undefined), ...meta } }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The reply that a response message stands for. */
export const replyOf = (message: Json, ms: number, http?: HttpAnswer): Reply => {
  const around = { ms, ...(http ? { http } : {}) }
  if (isObject(message['result'])) return { kind: 'result', result: message['result'], ...around }
  if (isObject(message['error'])) {
    const { code, message: text, data } = message['error']
    return { kind: 'error', code: Number(code), message: String(text), data, ...around }
  }
  const saw = JSON.stringify(message).slice(0, 500)
  return { kind: 'lost', because: 'not-json-rpc', saw, ...around }
}

const maxArguments = 2000

/** Names that begin so belong to no tool: they are asked for to see the refusal. */
export const nowhere = 'airworthy-no'

/** Notes a tool call for the report. */
export const recordCall = (journal: Journal, method: string, params: Json | undefined): void => {
  if (method !== 'tools/call') return
  const tool = String(params?.['name'])
  if (tool.startsWith(nowhere)) return
  const known = journal.calls.get(tool)
  if (known) known.count++
  else if (journal.calls.size < maxArguments)
    journal.calls.set(tool, { tool, arguments: structuredClone(params?.['arguments'] ?? {}), count: 1 })
}

const contentOf = (result: Json): string => {
  const content = Array.isArray(result['content']) ? (result['content'] as unknown[]) : []
  const texts = content
    .filter(isObject)
    .map(part => (typeof part['text'] === 'string' ? part['text'] : `(${String(part['type'])})`))
  if (texts.length === 0) return JSON.stringify(result)
  return `${result['isError'] === true ? 'tool error: ' : ''}${texts.join(' ').replaceAll(/\s+/g, ' ')}`
}

/** One line for evidence: what a reply says, at most `length` characters of it. */
export const describeReply = (reply: Reply, length = 160): string => {
  const status = reply.http && reply.http.status !== 200 ? `HTTP ${reply.http.status}, ` : ''
  const cut = (text: string): string => (text.length > length ? `${text.slice(0, length)}…` : text)
  if (reply.kind === 'lost') return `${status}no answer (${reply.because}${reply.saw ? `: ${cut(reply.saw)}` : ''})`
  if (reply.kind === 'error') return `${status}error ${reply.code}: ${cut(reply.message)}`
  return `${status}${cut(contentOf(reply.result))}`
}
