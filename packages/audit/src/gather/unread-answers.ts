import { gatherer, Undecided } from '../core/item.ts'
import { propertiesOf } from '../instruments/arguments.ts'
import { forceCollection } from '../instruments/collector.ts'
import { closedLoop } from '../instruments/load/closed.ts'
import type { Call } from '../instruments/load/meter.ts'
import { trivialCall } from '../instruments/load/reaction.ts'
import { totalsNow } from '../instruments/observer/observe.ts'
import { atRest, idleShare, restMs, shareWhileIdle } from '../instruments/observer/rest.ts'
import { textParametersOf } from '../instruments/text-parameters.ts'
import { modernMeta, type Connection, type Json } from '../target/connection.ts'
import type { ServerProcess } from '../target/process.ts'
import { startAnew } from './anew.ts'
import { opening } from './startup.ts'
import { succeeded, trials, type Trials } from './trials.ts'

export interface UnreadAnswers {
  request: string
  /** Bytes of one answer. */
  answerBytes: number
  sent: number
  /** Requests that the server took from its client before it took no more. */
  taken: number
  /** It took no more while its answers were not read, and had nothing else to do. */
  stalled: boolean
  /** It had done all it would do when its memory was measured. */
  rests: boolean
  /** Resident bytes after as much work with answers that were read, and while none was read. */
  readBytes: number
  unreadBytes: number
  /** Whether it answered when its answers were read again. */
  serves: boolean
  ended: string | null
}

const megabyte = 1024 * 1024
const wantedBytes = 96 * megabyte
/** Less than that may be lost in what the memory of a process wanders by. */
const enoughBytes = 24 * megabyte
const controlMs = 3000
const controlBytes = 12 * megabyte
const sendingMs = 20_000
const expectedMs = 12_000
const patienceMs = 25_000
const answerMs = 10_000
/** Of the bytes that nobody read: when they are in its memory there is no more to wait for. */
const mostShare = 0.6
const atOnce = 16
const inOneWrite = 8
const longText = 10_000
/** Of a processor, beyond what is idle: the collection of garbage. */
const mostCollecting = 0.15

interface Asked extends Call {
  name: string
  bytes: number
  ms: number
}

/** Numbers that multiply an answer are small ones with an end. */
const mostTimes = 20

/** The arguments with a long text in them, and small numbers at their most. */
const swollen = (schema: Json, given: Json): Json | null => {
  const [parameter] = textParametersOf(schema, given)
  if (!parameter) return null
  const most = Object.entries(propertiesOf(schema)).flatMap(([name, { type, maximum }]) =>
    type === 'integer' && typeof maximum === 'number' && maximum > 0 && maximum <= mostTimes ? [[name, maximum]] : [],
  )
  return { ...parameter.given('long text '.repeat(longText / 10)), ...Object.fromEntries(most) }
}

/** What brings the most bytes for the least work: a list, a good call, or one that sends back what it is given. */
const heaviest = async (connection: Connection, { good }: Trials): Promise<Asked | null> => {
  const own = good.filter(({ tool }) => tool.annotations.openWorldHint === false).slice(0, 12)
  const calls: { name: string; method: string; params?: Json }[] = [
    { name: 'tools/list', method: 'tools/list' },
    ...own.flatMap(({ tool, arguments: given }) => [
      { name: `tools/call ${tool.name}`, method: 'tools/call', params: { name: tool.name, arguments: given } },
      ...[swollen(tool.inputSchema, given)].flatMap(long => {
        const params = { name: tool.name, arguments: long }
        return long ? [{ name: `tools/call ${tool.name} with a long text`, method: 'tools/call', params }] : []
      }),
    ]),
  ]
  const asked: Asked[] = []
  for (const { name, method, params } of calls) {
    const reply = await connection.request(method, params, { timeout: answerMs })
    if (reply.kind !== 'result' || !succeeded(reply)) continue
    asked.push({
      name,
      method,
      ...(params ? { params } : {}),
      bytes: JSON.stringify(reply.result).length,
      ms: reply.ms,
    })
  }
  const worth = ({ bytes, ms }: Asked): number => bytes / (1 + ms)
  return asked.toSorted((a, b) => worth(b) - worth(a))[0] ?? null
}

const lineOf = ({ era, revision }: Connection, { method, params }: Call, id: number): string => {
  const meta = era === 'modern' ? { _meta: modernMeta(revision) } : {}
  return `${JSON.stringify({ jsonrpc: '2.0', id: `unread-${id}`, method, params: { ...params, ...meta } })}\n`
}

const residentNow = async (process: ServerProcess): Promise<number> => {
  const { rss } = await totalsNow(process)
  if (rss === null) throw new Undecided('the memory of the server cannot be read')
  return rss
}

/** Writes requests without reading answers, until all are taken or none is any more. */
const writeAll = async (
  process: ServerProcess,
  lines: string[],
  idle: number,
): Promise<{ taken: number; rests: boolean }> => {
  let taken = 0
  let rests = false
  const until = performance.now() + sendingMs
  for (let at = 0; at < lines.length && !process.exit; at += inOneWrite) {
    const group = lines.slice(at, at + inOneWrite)
    let flushed = false
    const written = process.write(group.join('')).then(done => (flushed = done))
    const still = atRest(process, until - performance.now(), idle, () => flushed)
    rests = await Promise.race([written.then(() => false), still])
    if (!flushed) break
    taken += group.length
  }
  return { taken, rests }
}

/** What a server that is asked and not listened to does with its answers: whether its memory rises with them. */
export const unreadAnswers = gatherer({
  id: 'unread-answers',
  impact: 'stress',
  from: 'server',
  does: 'asks for up to 96 MB of answers that nobody reads',
  lasts: 10,
  deadline: 120_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<UnreadAnswers> => {
    const collector = forceCollection(target)
    const { connection, process } = await startAnew(target, opening, { env: collector.env })
    const asked = await heaviest(connection, trials)
    if (!asked) throw new Undecided('neither a list nor a tool was answered')
    const read = await closedLoop([connection], () => asked, {
      workers: atOnce,
      deadlineMs: controlMs,
      bytes: controlBytes,
      timeoutMs: answerMs,
    })
    const most = Math.floor((read.perSecond * expectedMs) / 1000)
    const sent = Math.min(most, Math.ceil(wantedBytes / asked.bytes))
    if (sent * asked.bytes < enoughBytes)
      throw new Undecided(
        `${Math.round(read.perSecond)} answers of ${asked.bytes} bytes in a second are too few to fill its memory with them`,
      )
    const idle = idleShare + 1.5 * Math.min(mostCollecting, await shareWhileIdle(process))
    const readBytes = await residentNow(process)
    process.pauseOutput()
    const { taken, rests: stalled } = await writeAll(
      process,
      Array.from({ length: sent }, (_, id) => lineOf(connection, asked, id)),
      idle,
    )
    const isFull = async (): Promise<boolean> =>
      !process.exit && (await residentNow(process)) - readBytes > taken * asked.bytes * mostShare
    let rests = stalled
    for (const until = performance.now() + patienceMs; !rests && performance.now() < until && !(await isFull());)
      rests = await atRest(process, restMs, idle)
    const unreadBytes = process.exit ? 0 : await residentNow(process)
    process.resumeOutput()
    const { method, params } = trivialCall(connection)
    const again = await connection.request(method, params, { timeout: patienceMs })
    const exit = process.exit
    await connection.close()
    return {
      request: asked.name,
      answerBytes: asked.bytes,
      sent,
      taken,
      stalled: stalled && taken < sent,
      rests,
      readBytes,
      unreadBytes,
      serves: again.kind !== 'lost',
      ended: exit ? (exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`) : null,
    }
  },
})
