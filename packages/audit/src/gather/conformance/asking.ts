import type { Target } from '../../core/target.ts'
import type { Connection, RequestOptions } from '../../target/connection.ts'
import type { Json, Observation, Probe, Reply } from './observation.ts'

/** One request of a family of probes. */
export interface Ask {
  probe: Probe
  method: string
  params?: Json
  options?: RequestOptions
  /** What is special about it, added to the words of the request. */
  with?: string
  also?: Partial<Observation>
}

/** A connection in one era, and what was seen on it. */
export interface Session {
  target: Target
  connection: Connection
  /** All connections there were. */
  connections: Connection[]
  seen: Observation[]
  /** Puts a fresh connection in the place of a lost one; false when there is none to be had. */
  renew(): Promise<boolean>
}

const maxRenewals = 4
const together = 8
export const patience = 5000

/** @param open makes a fresh connection of the same era; null when it came to no handshake. */
export const startSession = (target: Target, first: Connection, open: () => Promise<Connection | null>): Session => {
  let renewals = 0
  const session: Session = {
    target,
    connection: first,
    connections: [first],
    seen: [],
    renew: async () => {
      if (renewals++ >= maxRenewals) return false
      const fresh = await open()
      if (!fresh) return false
      session.connections.push(fresh)
      session.connection = fresh
      return true
    },
  }
  return session
}

/** A limit or a gateway spoke, not the server: nothing can be learnt from it. */
const isUnavailable = ({ http }: Reply): boolean => http !== undefined && [429, 502, 503, 504].includes(http.status)

export const note = (session: Session, seen: Omit<Observation, 'era' | 'revision' | 'transport'>): void => {
  if (isUnavailable(seen.reply)) return
  const { era, revision, transport } = session.connection
  session.seen.push({ era, revision, transport, ...seen })
}

const isSilent = (reply: Reply): boolean => reply.kind === 'lost' && reply.because !== 'not-json-rpc'

const send = ({ connection }: Session, { method, params, options }: Ask): Promise<Reply> =>
  connection.request(method, params, { timeout: patience, ...options })

/**
 * Asks eight at a time. What stayed without an answer is asked again on a fresh connection by itself, so that a
 * request never answers for what another one did to the server.
 */
export const askAll = async (session: Session, asks: Ask[]): Promise<void> => {
  for (let from = 0; from < asks.length; from += together) {
    const group = asks.slice(from, from + together)
    const replies = await Promise.all(group.map(ask => send(session, ask)))
    for (const [index, ask] of group.entries()) {
      let reply = replies[index]
      if (!reply) continue
      if (isSilent(reply)) {
        if (!(await session.renew())) continue
        reply = await send(session, ask)
      }
      const at = `${ask.method}${ask.with ? ` ${ask.with}` : ''}`
      note(session, { probe: ask.probe, at, method: ask.method, reply, ...ask.also })
    }
  }
}

/** Whether the server still answers. */
export const answers = async ({ connection }: Session): Promise<boolean> => {
  const method = connection.era === 'modern' ? 'server/discover' : 'ping'
  return !isSilent(await connection.request(method, undefined, { timeout: patience }))
}
