import type { Connection } from '../../target/connection.ts'
import type { Call, Load } from './meter.ts'
import { openLoop } from './open.ts'

/** A request that any server of its era answers without work. */
export const trivialCall = ({ era }: Pick<Connection, 'era'>): Call =>
  era === 'modern' ? { method: 'server/discover' } : { method: 'ping' }

export interface ReactionOptions {
  /** Between two pings; 25 ms unless told. */
  everyMs?: number
  timeoutMs?: number
  /** For the pings, however long the work takes. */
  deadlineMs: number
}

/**
 * How soon trivial requests in a fixed beat are answered while something else runs: as soon as the server's event loop
 * comes to them. Answers that are errors count as `failures`; `own.late` tells how late the pings themselves were.
 */
export const reactionDuring = async <T>(
  connection: Connection,
  work: () => Promise<T>,
  { everyMs = 25, ...limits }: ReactionOptions,
): Promise<{ value: T; reaction: Load }> => {
  const over = new AbortController()
  const ping = trivialCall(connection)
  const pings = openLoop([connection], () => ping, {
    ...limits,
    perSecond: 1000 / everyMs,
    whenFull: 'hold',
    signal: over.signal,
  })
  try {
    const value = await work()
    over.abort()
    return { value, reaction: await pings }
  } finally {
    over.abort()
    await pings
  }
}
