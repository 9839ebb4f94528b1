import { exchange } from '../../target/exchange.ts'
import { recordCall, replyOf } from '../../target/connection.ts'
import { note, type Session } from './asking.ts'
import type { Json, Reply } from './observation.ts'
import { headersOf, messageIn, rawRequest } from './raw.ts'
import type { SlowCall } from '../slow-call.ts'

const streamMs = 4000
const longEnough = 50
const spareMs = 1500

interface Stream {
  messages: Json[]
  ids: string[]
  status: number
}

/** Reads a stream until `ends` says so, and then hangs up. */
const read = async (
  { connection, target }: Session,
  ask: { method: 'POST' | 'GET'; headers: Record<string, string>; body?: string; timeout: number },
  ends: (stream: Stream) => boolean,
): Promise<Stream> => {
  const stream: Stream = { messages: [], ids: [], status: 0 }
  const answer = await exchange(connection.url ?? '', {
    ...ask,
    signal: target.signal,
    event: (data, id) => {
      const message = messageIn(data)
      if (message) stream.messages.push(message)
      if (id) stream.ids.push(id)
      return ends(stream)
    },
  })
  if (answer.outcome === 'answered') stream.status = answer.status
  return stream
}

const answers =
  (id: string) =>
  ({ messages }: Stream): boolean =>
    messages.some(message => message['id'] === id && !('method' in message))

/**
 * Two calls at once, each on a stream of its own. The connection of the first is lost before its answer, and the stream is
 * taken up again with the id of its last event. Nothing is learnt where events have no ids, or none comes before the answer.
 */
export const probeResumption = async (session: Session, slow: SlowCall | null): Promise<void> => {
  const { connection, target } = session
  if (!slow || connection.transport !== 'http' || connection.era !== 'legacy') return
  const params = { name: slow.tool, arguments: slow.arguments }
  const ask = (id: string) => {
    recordCall(target.journal, 'tools/call', params)
    const headers = headersOf(connection, 'tools/call')
    return { method: 'POST' as const, headers, body: rawRequest('tools/call', params, id), timeout: streamMs }
  }
  const [lost, whole] = ['airworthy-lost', 'airworthy-whole']
  const [first, second] = await Promise.all([
    read(session, ask(lost), ({ ids }) => ids.length > 0),
    read(session, ask(whole), answers(whole)),
  ])
  const last = first.ids.at(-1)
  const at = `tools/call ${slow.tool} (${Math.round(slow.ms)} ms), connection lost, then GET with Last-Event-ID`
  const events = [...first.ids, ...second.ids]
  const saw = `events ${JSON.stringify(events.slice(0, 6))}`
  const nothing: Reply = { kind: 'lost', because: 'not-json-rpc', saw, ms: 0 }
  if (events.length > 1)
    note(session, { probe: 'event-ids', at: 'two calls at once', method: 'tools/call', reply: nothing, events })
  if (last === undefined || answers(lost)(first) || !answers(whole)(second)) return
  const { 'content-type': _, ...headers } = headersOf(connection, 'GET')
  const resumed = await read(
    session,
    {
      method: 'GET',
      headers: { ...headers, accept: 'text/event-stream', 'last-event-id': last },
      timeout: slow.ms * 2 + spareMs,
    },
    answers(lost),
  )
  if (resumed.status !== 200) return
  const answer = resumed.messages.find(message => message['id'] === lost)
  const reply = answer ? replyOf(answer, 0) : nothing
  const others = resumed.messages.filter(message => !('method' in message) && 'id' in message && message['id'] !== lost)
  const told = others.length > 0 ? `${at}: the answer to ${JSON.stringify(others[0]?.['id'])} came too` : at
  // What was over before its connection was lost proves nothing of what becomes of the rest.
  const outlives = slow.ms >= longEnough
  note(session, { probe: 'resumed', at: told, method: 'GET', reply, id: lost, messages: resumed.messages, outlives })
}
