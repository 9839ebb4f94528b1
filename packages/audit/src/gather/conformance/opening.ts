import type { Target } from '../../core/target.ts'
import { latestRevision, type Connection, type Json, type Reply } from '../../target/connection.ts'
import { openModern, type Speaker } from '../../target/handshake.ts'
import { note, startSession, type Session } from './asking.ts'
import { unknownRevision, unsupportedFirst } from './negotiation.ts'
import type { Place } from './place.ts'

export interface FirstRequest {
  method: string
  params?: Json
}

/** The connection of a modern client that never asked `server/discover`. */
const undiscovered = (speaker: Speaker, place: Place, capabilities: Json): Connection =>
  speaker.open('modern', place.startup.revisions.modern ?? latestRevision, { capabilities })

/** A modern session; what opened it was noted: an unsupported version, and a request before any discovery. */
export const openModernSession = async (
  target: Target,
  place: Place,
  first: FirstRequest | undefined,
): Promise<Session | null> => {
  let speaker = await place.speaker()
  const unsupported = place.transport === 'stdio' ? await unsupportedFirst(speaker, place.limit) : undefined
  const ask = (): Promise<Reply> | undefined =>
    first && undiscovered(speaker, place, {}).request(first.method, first.params, { timeout: place.limit })
  let reply = await ask()
  if (unsupported && reply && reply.kind !== 'result') {
    // Only a process that has heard nothing at all proves that it was the missing discovery.
    speaker = await place.speaker()
    reply = await ask()
  }
  const opened = await openModern(speaker, place.limit, place.startup.revisions.modern ?? latestRevision)
  const connection = opened.kind === 'ready' ? opened.connection : await place.open('modern')
  if (!connection) return null
  const session = startSession(target, connection, () => place.open('modern'))
  if (unsupported) note(session, unsupported)
  if (first && reply)
    note(session, {
      probe: 'without-discover',
      at: `${first.method} as the first request`,
      method: first.method,
      reply,
    })
  return session
}

/** A legacy session, opened by a revision that nobody speaks where the server falls back to the one it is audited in. */
export const openLegacySession = async (target: Target, place: Place): Promise<Session | null> => {
  const speaker = await place.speaker()
  const asked = await unknownRevision(speaker, place.limit)
  const { reply } = asked
  const agreed = reply.kind === 'result' ? reply.result['protocolVersion'] : undefined
  let connection: Connection | null = null
  if (reply.kind === 'result' && typeof agreed === 'string' && agreed === place.startup.revisions.legacy) {
    connection = speaker.open('legacy', agreed, reply.result)
    await connection.notify('notifications/initialized')
  } else connection = await place.open('legacy')
  if (!connection) return null
  const session = startSession(target, connection, () => place.open('legacy'))
  note(session, asked)
  return session
}

/** A modern session whose first request is this one. */
export const openUndiscovered = async (target: Target, place: Place, capabilities: Json): Promise<Session> =>
  startSession(target, undiscovered(await place.speaker(), place, capabilities), () => place.open('modern'))
