import { Agent } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { randomInt } from 'node:crypto'
import type { Target } from '../core/target.ts'
import { isObject, patienceFor, recordCall, replyOf, withMeta } from './connection.ts'
import type { Connection, Era, HttpAnswer, Json, Received, Reply, RequestOptions } from './connection.ts'
import { exchange, type Exchanged } from './exchange.ts'
import { headerValue, learnParamHeaders, paramHeadersFor } from './param-headers.ts'
import type { ServerProcess } from './process.ts'
import { awaited } from './waiting.ts'

const maxReceived = 2000

/** The message layer over Streamable HTTP: one POST for each message. */
export interface Post {
  url: string
  /** Headers for the user's own credentials and the like. */
  headers: Record<string, string>
  era: Era
  revision: string
  session: string | null
  received: Received[]
  process?: ServerProcess
}

/** The headers a client of that era sends with a message. */
export const headersFor = (post: Post, method: string, params: Json | undefined): Record<string, string> => {
  const name = params?.['name'] ?? params?.['uri']
  const needsName = ['tools/call', 'prompts/get', 'resources/read'].includes(method)
  const modern = {
    'mcp-protocol-version': post.revision,
    'mcp-method': method,
    ...(needsName && typeof name === 'string' ? { 'mcp-name': headerValue(name) } : {}),
  }
  const legacy = {
    ...(method === 'initialize' ? {} : { 'mcp-protocol-version': post.revision }),
    ...(post.session ? { 'mcp-session-id': post.session } : {}),
  }
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(post.era === 'modern' ? modern : legacy),
    ...post.headers,
  }
}

const merged = (base: Record<string, string>, extra: RequestOptions['headers']): Record<string, string> => {
  const all = new Map<string, string>(Object.entries(base))
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (value === null) all.delete(name.toLowerCase())
    else all.set(name.toLowerCase(), value)
  }
  return Object.fromEntries(all)
}

const parseObject = (text: string): Json | null => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

const replyFrom = (answer: Exchanged, message: Json | null): Reply => {
  if (answer.outcome === 'failed') {
    const because = answer.code === 'TIMEOUT' ? 'timeout' : 'closed'
    return { kind: 'lost', because, saw: because === 'closed' ? `${answer.code} ${answer.message}` : '', ms: answer.ms }
  }
  const { status, headers, body, bytes, ms } = answer
  const http: HttpAnswer = { status, headers, body, ...(bytes === undefined ? {} : { bytes }) }
  if (message && ('result' in message || 'error' in message)) return replyOf(message, ms, http)
  const timedOut = !answer.complete && status === 200
  return { kind: 'lost', because: timedOut ? 'timeout' : 'not-json-rpc', saw: body.slice(0, 300), ms, http }
}

export const agentsFor = (url: string): Agent =>
  url.startsWith('https:')
    ? new TlsAgent({ keepAlive: true, maxSockets: 64 })
    : new Agent({ keepAlive: true, maxSockets: 64 })

/** With those that the tool of a call declares for its parameters. */
const allHeaders = (target: Target, to: Post, method: string, params: Json | undefined): Record<string, string> => ({
  ...(to.era === 'modern' ? paramHeadersFor(target.journal, method, params) : {}),
  ...headersFor(to, method, params),
})

/** Sends one request and reads its answer, JSON or server-sent events. */
export const post = async (
  target: Target,
  to: Post,
  message: Json & { method: string; params?: Json },
  options: RequestOptions,
  agent: Agent,
): Promise<Reply> => {
  const started = performance.now()
  const timeout = patienceFor(options)
  const body = JSON.stringify({ jsonrpc: '2.0', ...message })
  for (;;) {
    let response: Json | null = null
    const answer = await exchange(to.url, {
      method: 'POST',
      headers: merged(allHeaders(target, to, message.method, message.params), options.headers),
      body,
      timeout: timeout - (performance.now() - started),
      agent,
      signal: target.signal,
      event: data => {
        const event = parseObject(data)
        if (event && 'id' in event && !('method' in event)) response = event
        else if (event && to.received.length < maxReceived)
          to.received.push({ ms: performance.now() - started, message: event })
        return response !== null
      },
    })
    if (answer.outcome === 'answered' && response === null) response = parseObject(answer.text)
    const reply = replyFrom(answer, response)
    // The audit's own traffic must not be what a limiter refuses, unless a probe asks for that.
    const wait = Number(reply.http?.headers['retry-after'] ?? 1) * 1000
    const limited = reply.http?.status === 429 && !options.impatient
    if (!limited || performance.now() - started + wait > timeout) return { ...reply, ms: performance.now() - started }
    await new Promise(resolve => setTimeout(resolve, Math.max(200, wait)))
  }
}

export const overHttp = (
  target: Target,
  to: Post,
  facts: Pick<Connection, 'serverInfo' | 'capabilities' | 'instructions' | 'openedMs'>,
  agent: Agent,
): Connection => {
  let nextId = randomInt(1, 9000) * 1000
  const { era, revision } = to
  return {
    transport: 'http',
    era,
    revision,
    ...facts,
    ...(to.process ? { process: to.process } : {}),
    url: to.url,
    strayLines: [],
    received: to.received,
    request: async (method, params, options = {}) => {
      const id = options.id ?? nextId++
      const full = withMeta(era, revision, params, options)
      recordCall(target.journal, method, params)
      const message = { id, method, ...(full ? { params: full } : {}) }
      const reply = await awaited(target.journal, post(target, to, message, options, agent))
      if (method === 'tools/list' && reply.kind === 'result') learnParamHeaders(target.journal, reply.result['tools'])
      return reply
    },
    notify: async (method, params) => {
      const full = withMeta(era, revision, params, {})
      await post(target, to, { method, ...(full ? { params: full } : {}) }, { timeout: 5000 }, agent)
    },
    headersOf: (method, params) => allHeaders(target, to, method, params),
    abandon: () => agent.destroy(),
    close: async () => {
      if (to.session)
        await exchange(to.url, { method: 'DELETE', headers: headersFor(to, 'DELETE', undefined), timeout: 2000, agent })
      agent.destroy()
      void to.process?.stop()
    },
  }
}
