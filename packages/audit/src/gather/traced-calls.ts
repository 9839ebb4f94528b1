import { randomBytes } from 'node:crypto'
import { gatherer, Undecided } from '../core/item.ts'
import type { Span } from '../instruments/receivers/otlp-plain.ts'
import { openTelemetryReceiver } from '../instruments/receivers/telemetry.ts'
import type { Connection, Json } from '../target/connection.ts'
import { startAnew } from './anew.ts'
import { endInOrder, filled, until, untilQuiet } from './life-log.ts'
import { entriesOf, writtenAt, type LogEntry } from './log-lines.ts'
import { nothingQuick } from './proven-tools.ts'
import { opening } from './startup.ts'
import { succeeded, trials, type Trials } from './trials.ts'

/** A call as its caller traces it. */
export interface TracedCall {
  tool: string
  /** The JSON-RPC id it had. */
  requestId: string
  traceId: string
  /** The caller's span, of which that of the call should be a child. */
  spanId: string
  succeeded: boolean
}

export interface TracedCalls {
  calls: TracedCall[]
  /** What was logged from the first of them until nothing more came. */
  lines: LogEntry[]
  spans: readonly Span[]
  /** Export requests of OpenTelemetry, those without spans included. */
  exports: number
  /** What came to the receiver and could not be read. */
  faults: readonly string[]
  /** Whether the settings say that it exports spans. */
  declared: boolean
}

/** Whether a line has the trace of a call, or its id. */
export const isLineOf = (text: string, { traceId, requestId }: TracedCall): boolean =>
  text.toLowerCase().includes(traceId) || text.includes(requestId)

const rounds = 3
const answerMs = 15_000
const slowest = 1500
/** Exporters batch for 200 ms here; what is not declared to export is waited for only so long. */
const exportMs = 4000
const unsureMs = 700
/** Where lines of some calls have come, loggers in threads of their own are waited for so long to hand over the others. */
const othersMs = 4000

/** A slow one and a quick one, so that the calls of one end within those of the other. */
const twoTools = ({ good }: Trials): { tool: string; arguments: Json }[] => {
  const byTime = good
    .filter(({ reply }) => reply.ms < slowest)
    .toSorted((a, b) => b.reply.ms - a.reply.ms)
    .map(({ tool, arguments: given }) => ({ tool: tool.name, arguments: given }))
  const [slow, ...rest] = byTime
  const quick = rest.at(-1)
  return [...(slow ? [slow] : []), ...(quick ? [quick] : [])]
}

const callTraced = async (connection: Connection, tool: string, given: Json): Promise<TracedCall> => {
  const traceId = randomBytes(16).toString('hex')
  const spanId = randomBytes(8).toString('hex')
  const requestId = `airworthy-${randomBytes(6).toString('hex')}`
  const traceparent = `00-${traceId}-${spanId}-01`
  const reply = await connection.request(
    'tools/call',
    { name: tool, arguments: given },
    { id: requestId, meta: { traceparent }, headers: { traceparent }, timeout: answerMs },
  )
  return { tool, requestId, traceId, spanId, succeeded: succeeded(reply) }
}

/** Parallel calls, each with a trace context of its own: what is logged of them and which spans are exported. */
export const tracedCalls = gatherer({
  id: 'traced-calls',
  impact: 'call',
  from: 'server',
  lasts: 2,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<TracedCalls> => {
    const tools = twoTools(trials)
    if (tools.length === 0) throw new Undecided(nothingQuick(trials, 'did so within 1.5 s'))
    const { tracing } = target.settings
    const receiver = await openTelemetryReceiver(target)
    const env = { ...receiver.env, ...filled(tracing?.env, { endpoint: receiver.url }) }
    const { connection, process } = await startAnew(target, opening, { env })
    const before = await untilQuiet(process)
    const began = Date.now()
    // loggers in threads of their own hand over late what was said at the start; some tell whole seconds
    const isEarlier = ({ text }: LogEntry): boolean => {
      const at = writtenAt(text)
      return at !== null && (at % 1000 === 0 ? at + 999 : at) < began
    }
    const planned = Array.from({ length: rounds }, () => tools).flat()
    const calls = await Promise.all(planned.map(({ tool, arguments: given }) => callTraced(connection, tool, given)))
    const arrived = (): boolean => calls.every(({ traceId }) => receiver.spans().some(span => span.traceId === traceId))
    await until(arrived, tracing ? exportMs : unsureMs)
    const told = (): number =>
      calls.filter(call => process.log.lines.slice(before).some(({ text }) => isLineOf(text, call))).length
    if (told() > 0) await until(() => told() === calls.length, othersMs)
    // What it says of its own end is about no call.
    const after = await untilQuiet(process)
    await endInOrder(process, connection.transport)
    const seen: TracedCalls = {
      calls,
      lines: entriesOf(process.log.lines.slice(before, after)).filter(line => !isEarlier(line)),
      spans: [...receiver.spans()],
      exports: receiver.exports(),
      faults: receiver.faults(),
      declared: tracing !== undefined,
    }
    await receiver.close()
    return seen
  },
})
