import type { Connection, Json, Reply } from '../../target/connection.ts'
import { latencies, type Latency } from './histogram.ts'
import { outcomes, type Failure } from './outcomes.ts'

export interface Call {
  method: string
  params?: Json
}

export interface Limits {
  /** Milliseconds for the whole, the last answers not counted. */
  deadlineMs: number
  /** Requests that are counted, at most. */
  calls?: number
  /** Of answers, at most; 128 MB unless told. */
  bytes?: number
  /** Requests at the beginning that are not counted. */
  warmUp?: number
  /** Milliseconds one request may take; 5,000 unless told. */
  timeoutMs?: number
  /** Waits as a refusal by a rate limit tells, instead of counting it; the wait is part of the latency. */
  patient?: true
  /** Ends it when it fires. */
  signal?: AbortSignal
  /** Told of each answer, those of the warm-up too. */
  answered?: (reply: Reply) => void
}

export type Ended =
  | 'calls'
  | 'deadline'
  | 'bytes'
  | 'stopped'
  /** Nothing answers any more. */
  | 'lost'
  /** More requests were open than an open loop may have. */
  | 'backlog'

/** What came of a load. Requests of the warm-up are in none of its figures but `bytes`. */
export interface Load {
  loop: 'closed' | 'open'
  sent: number
  served: number
  seconds: number
  /** Served, in each second. */
  perSecond: number
  /** Of what was served or not answered in time; an open loop measures from the intended start. */
  latency: Latency
  failures: Failure[]
  toldRetry: number
  retryAfter: { least: number; most: number } | null
  bytes: number
  ended: Ended
  /** The load generator itself: the share of time its event loop was busy, and how late an open loop sent. */
  own: { utilisation: number; late: Latency | null }
}

const defaultBytes = 128 * 1024 * 1024
const defaultTimeoutMs = 5000
const lostInARow = 20

/** Bytes that came over stdio until now, from the processes of these connections. */
const outputOf = (connections: readonly Connection[]): number =>
  [...new Set(connections.flatMap(({ transport, process }) => (transport === 'stdio' && process ? [process] : [])))]
    .map(({ outputBytes }) => outputBytes)
    .reduce((total, bytes) => total + bytes, 0)

/** Counts and bounds a load. A request is sent when `next` gives its number, and told of with `take`. */
export const meter = (loop: Load['loop'], connections: readonly Connection[], limits: Limits) => {
  const { warmUp = 0, calls = Infinity, bytes = defaultBytes, timeoutMs = defaultTimeoutMs } = limits
  const manner = limits.patient ? {} : ({ impatient: true } as const)
  const began = performance.now()
  const before = outputOf(connections)
  const times = latencies()
  const late = latencies()
  const counts = outcomes()
  let busy = performance.eventLoopUtilization()
  let countedFrom = began
  let index = 0
  let counted = 0
  let received = 0
  let lost = 0
  const bytesNow = (): number => received + outputOf(connections) - before
  const ended = (): Ended | null => {
    if (limits.signal?.aborted === true) return 'stopped'
    if (index - warmUp >= calls) return 'calls'
    if (performance.now() - began > limits.deadlineMs) return 'deadline'
    if (bytesNow() > bytes) return 'bytes'
    return lost >= lostInARow || connections.some(({ process }) => process?.exit) ? 'lost' : null
  }
  return {
    ended,
    /** The number of the next request. */
    next: (): number => {
      if (index === warmUp) {
        countedFrom = performance.now()
        busy = performance.eventLoopUtilization()
      }
      return index++
    },
    sentLate: (ms: number): void => late.record(ms),
    /** Sends a request and counts its answer; `from` is when it should have been sent. */
    send: async (connection: Connection, number: number, { method, params }: Call, from: number): Promise<void> => {
      const reply = await connection.request(method, params, { timeout: timeoutMs, ...manner })
      const ms = performance.now() - from
      received += reply.http?.bytes ?? 0
      lost = reply.kind === 'lost' && reply.because === 'closed' ? lost + 1 : 0
      limits.answered?.(reply)
      if (number < warmUp) return
      counted++
      const outcome = counts.take(reply)
      if (outcome === 'served' || outcome === 'timeout') times.record(ms)
    },
    load: (because: Ended): Load => {
      const seconds = (performance.now() - countedFrom) / 1000
      const summary = counts.summary()
      const { utilization } = performance.eventLoopUtilization(busy)
      return {
        loop,
        sent: counted,
        ...summary,
        seconds,
        perSecond: seconds > 0 ? summary.served / seconds : 0,
        latency: times.summary(),
        bytes: bytesNow(),
        ended: because,
        own: { utilisation: utilization, late: loop === 'open' ? late.summary() : null },
      }
    },
  }
}
