import { isObject, replyOf, type Connection, type HttpAnswer, type Json, type Reply } from '../../target/connection.ts'
import { exchange } from '../../target/exchange.ts'
import { answers, note, type Session } from './asking.ts'
import type { Probe } from './observation.ts'

/** What bytes that were sent as they are led to. */
export interface RawAnswer {
  reply: Reply
  /** All messages that came, those of the server's own accord over stdio left out. */
  messages: Json[]
  /** Whether the server answered afterwards. */
  alive: boolean
}

const limit = 5000
const answerMs = 3000
const maxWaits = 3

const messagesIn = (text: string): Json[] => {
  try {
    const value: unknown = JSON.parse(text)
    return (Array.isArray(value) ? value : [value]).filter(isObject)
  } catch {
    return []
  }
}

/** The one message in the data of an event; null when it holds none. */
export const messageIn = (data: string): Json | null => messagesIn(data)[0] ?? null

const isResponse = (message: Json): boolean => !('method' in message) && ('result' in message || 'error' in message)

const asReply = (messages: Json[], ms: number, http?: HttpAnswer): Reply => {
  const response = messages.find(isResponse)
  if (response) return replyOf(response, ms, http)
  return { kind: 'lost', because: 'not-json-rpc', saw: http?.body.slice(0, 200) ?? '', ms, ...(http ? { http } : {}) }
}

export interface RawPost {
  method?: 'POST' | 'GET' | 'DELETE'
  headers: Record<string, string>
  body?: string
}

/** One HTTP request with exactly these headers; waits out a rate limit. */
export const postRaw = async (session: Session, { method = 'POST', headers, body }: RawPost): Promise<RawAnswer> => {
  for (let waits = 0; ; waits++) {
    const events: Json[] = []
    const answer = await exchange(session.connection.url ?? '', {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      timeout: limit,
      headOnly: method === 'GET',
      signal: session.target.signal,
      event: data => {
        const came = messagesIn(data)
        events.push(...came)
        return came.some(isResponse)
      },
    })
    if (answer.outcome === 'failed') {
      const because = answer.code === 'TIMEOUT' ? 'timeout' : 'closed'
      const saw = `${answer.code} ${answer.message}`
      return { reply: { kind: 'lost', because, saw, ms: answer.ms }, messages: [], alive: because === 'timeout' }
    }
    const { status, headers: received, body: text, ms } = answer
    if (status === 429 && waits < maxWaits) {
      const seconds = Math.min(3, Number(received['retry-after']) || 1)
      await new Promise(resolve => setTimeout(resolve, seconds * 1000))
      continue
    }
    const messages = events.length > 0 ? events : messagesIn(answer.text)
    return { reply: asReply(messages, ms, { status, headers: received, body: text }), messages, alive: true }
  }
}

/** Waits until something holds; false when the time is up first. */
export const until = async (holds: () => boolean, ms: number): Promise<boolean> => {
  for (const end = performance.now() + ms; performance.now() < end && !holds();)
    await new Promise(resolve => setTimeout(resolve, 5))
  return holds()
}

/** @param id the id whose answer has to come; without one the server is only asked whether it still lives. */
const sendLine = async (session: Session, text: string, id: string | number | undefined): Promise<RawAnswer> => {
  const { received, process } = session.connection
  const mark = received.length
  const came = (): Json[] =>
    received
      .slice(mark)
      .map(({ message }) => message)
      .filter(message => isResponse(message) && (id === undefined || String(message['id']) === String(id)))
  const started = performance.now()
  await process?.write(`${text}\n`)
  if (id !== undefined) await until(() => came().length > 0 || process?.exit != null, answerMs)
  const ms = performance.now() - started
  const alive = came().length > 0 && id !== undefined ? true : await answers(session)
  return { reply: asReply(came(), ms), messages: came(), alive }
}

export interface RawSend {
  probe: Probe
  at: string
  method: string
  body: string
  /** The id that must be answered; without it the server is only asked whether it still lives. */
  id?: string | number
  headers?: Record<string, string>
}

/** Sends a body as it is over either transport and notes what came; renews a connection that did not survive. */
export const sendRaw = async (session: Session, { probe, at, method, body, id, headers }: RawSend): Promise<void> => {
  const { connection } = session
  const answer =
    connection.transport === 'stdio'
      ? await sendLine(session, body, id)
      : await postRaw(session, { headers: { ...headersOf(connection, method), ...headers }, body })
  note(session, { probe, at, method, ...answer, ...(id === undefined ? {} : { id }) })
  if (!answer.alive) await session.renew()
}

export const headersOf = (connection: Connection, method: string): Record<string, string> =>
  connection.headersOf?.(method) ?? {}

export const rawRequest = (method: string, params: Json | undefined, id: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, ...(params ? { params } : {}) })
