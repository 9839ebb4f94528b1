import { describeReply, type Reply } from '../../target/connection.ts'

export type Outcome =
  | 'served'
  /** By a limit: HTTP 429, 503 with a time to come again, or an error that says so. */
  | 'refused'
  | 'error'
  /** A result with `isError`. */
  | 'tool-error'
  | 'timeout'
  /** The connection was lost, or what came was no JSON-RPC answer. */
  | 'transport'

export const isRateRefusal = (reply: Reply): boolean =>
  reply.http?.status === 429 ||
  (reply.kind === 'error' && /rate.?limit|too many requests|limit exceeded|slow down/i.test(reply.message))

const retryAfter = (reply: Reply): string | undefined => reply.http?.headers['retry-after']

export const outcomeOf = (reply: Reply): Outcome => {
  if (isRateRefusal(reply) || (reply.http?.status === 503 && retryAfter(reply) !== undefined)) return 'refused'
  if (reply.kind === 'result') return reply.result['isError'] === true ? 'tool-error' : 'served'
  if (reply.kind === 'error') return 'error'
  return reply.because === 'timeout' ? 'timeout' : 'transport'
}

export interface Failure {
  outcome: Exclude<Outcome, 'served'>
  count: number
  /** The first of them, in words. */
  first: string
}

/** Counts how requests ended. */
export const outcomes = () => {
  const failures = new Map<Outcome, Failure>()
  const waits: number[] = []
  let served = 0
  let toldRetry = 0
  return {
    take: (reply: Reply): Outcome => {
      const outcome = outcomeOf(reply)
      if (outcome === 'served') {
        served++
        return outcome
      }
      const known = failures.get(outcome)
      if (known) known.count++
      else failures.set(outcome, { outcome, count: 1, first: describeReply(reply) })
      const told = outcome === 'refused' ? retryAfter(reply) : undefined
      if (told === undefined) return outcome
      toldRetry++
      const seconds = Number(told)
      if (Number.isFinite(seconds)) waits.splice(0, 2, Math.min(seconds, ...waits), Math.max(seconds, ...waits))
      return outcome
    },
    summary: () => ({
      served,
      failures: [...failures.values()],
      /** Refusals with `Retry-After`. */
      toldRetry,
      /** The shortest and the longest wait they told, in seconds; null when none told a number. */
      retryAfter: waits[0] === undefined || waits[1] === undefined ? null : { least: waits[0], most: waits[1] },
    }),
  }
}
