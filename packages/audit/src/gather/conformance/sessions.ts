import type { Connection } from '../../target/connection.ts'
import { initialize } from '../../target/handshake.ts'
import { isCredential, ownHeaders } from '../../target/web.ts'
import { note, type Session } from './asking.ts'
import type { Place } from './place.ts'
import { headersOf, postRaw, rawRequest, type RawAnswer } from './raw.ts'

const name = 'mcp-session-id'
const minted = 7

export const sessionOf = (connection: Connection): string | undefined => headersOf(connection, 'ping')[name]

/** Session ids: how they look, and what becomes of requests without one, with an unknown one and with one that ended. */
export const probeSessions = async (session: Session, open: () => Promise<Connection | null>): Promise<void> => {
  const own = sessionOf(session.connection)
  if (own === undefined) return
  const { [name]: _, ...bare } = headersOf(session.connection, 'ping')
  const ping = (headers: Record<string, string>): Promise<RawAnswer> =>
    postRaw(session, { headers, body: rawRequest('ping', undefined, 'session-1') })

  const others = (await Promise.all(Array.from({ length: minted }, open))).filter(other => other !== null)
  const ids = others.flatMap(other => sessionOf(other) ?? [])
  const [without, unknown] = await Promise.all([
    ping(bare),
    ping({ ...bare, [name]: '00000000-0000-4000-8000-000000000000' }),
  ])
  const base = { method: 'ping', sessions: [own, ...ids] }
  note(session, { ...base, probe: 'sessions', at: `initialize, ${ids.length + 1} times`, reply: without.reply })
  note(session, { ...base, probe: 'no-session', at: 'ping without Mcp-Session-Id', ...without })
  note(session, { ...base, probe: 'unknown-session', at: 'ping with a made-up Mcp-Session-Id', ...unknown })

  const credentials = Object.keys(ownHeaders(session.target)).filter(isCredential)
  const anonymous = Object.fromEntries(Object.entries(bare).filter(([header]) => !isCredential(header)))
  const refusal = credentials.length > 0 ? await ping(anonymous) : null
  if (refusal?.reply.http?.status === 401) {
    const alone = await ping({ ...anonymous, [name]: own })
    note(session, { ...base, probe: 'session-alone', at: 'ping with a Mcp-Session-Id and no credential', ...alone })
  }

  for (const id of ids) {
    const ended = await postRaw(session, { method: 'DELETE', headers: { ...bare, [name]: id } })
    if (id !== ids[0]) continue
    note(session, { ...base, method: 'DELETE', probe: 'delete', at: 'DELETE of a session', ...ended })
    if ((ended.reply.http?.status ?? 0) >= 300 || !ended.reply.http) continue
    const after = await ping({ ...bare, [name]: id })
    note(session, { ...base, probe: 'ended-session', at: 'ping with a session that was ended by DELETE', ...after })
  }
}

/** Whether the server takes a client beside the one it has. */
export const probeSecondClient = async (session: Session, place: Place): Promise<void> => {
  const speaker = await place.speaker()
  const reply = await initialize(speaker, place.limit)
  note(session, { probe: 'second-client', at: 'initialize by a second client', method: 'initialize', reply })
  const agreed = reply.kind === 'result' ? reply.result['protocolVersion'] : undefined
  if (reply.kind === 'result' && typeof agreed === 'string')
    session.connections.push(speaker.open('legacy', agreed, reply.result))
}
