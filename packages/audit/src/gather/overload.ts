import { gatherer, Undecided } from '../core/item.ts'
import { trivialCall } from '../instruments/load/reaction.ts'
import { textParametersOf } from '../instruments/text-parameters.ts'
import { describeReply, modernMeta, type Connection, type Json, type Reply } from '../target/connection.ts'
import { exchange } from '../target/exchange.ts'
import type { Exit } from '../target/process.ts'
import { ownHeaders } from '../target/web.ts'
import { connectForLoad } from './anew.ts'
import { until } from './life-log.ts'
import { opening } from './startup.ts'
import { trials, type Trials } from './trials.ts'

export interface BigMessage {
  megabytes: number
  /** What came back, in words. */
  answer: string
  answered: boolean
  /** An error without an id that arrived meanwhile counts as a refusal. */
  refusedWithoutId: boolean
  /** How a small request was met afterwards. */
  afterwards: string
  serves: boolean
  exit: Exit | null
}

/** How one load was met. */
export interface Burden {
  at: string
  /** What came back, in words. */
  saw: string
  /** Whether all of it was answered or refused, an error without an id included. */
  met: boolean
  /** How many of several requests nobody answered in time. */
  unanswered: number
  /** How a small request was met afterwards. */
  afterwards: string
  serves: boolean
  /** How the process ended, in words; null while it runs. */
  ended: string | null
}

export interface Overload {
  /** One message of 12 MB over stdio, one body of 20 MB over HTTP. */
  big: BigMessage
  /** In the order they were tried. */
  burdens: Burden[]
}

const stdioMegabytes = 12
const httpMegabytes = 20
const patience = 15_000
const orderly = 1500
/** Of an argument: less than some transports take at most, so that it comes to the tool. */
const argumentBytes = 9_900_000
const levels = 1000
const requests = 1000
const requestMs = 20_000
const megabyte = 1024 * 1024

const ask = (connection: Connection, pad: string | null): Promise<Reply> => {
  const method = 'tools' in connection.capabilities ? 'tools/list' : 'ping'
  return connection.request(method, {}, { timeout: patience, ...(pad ? { meta: { 'com.example/padding': pad } } : {}) })
}

const bigBody = async (connection: Connection, headers: Record<string, string>): Promise<string> => {
  const pad = 'x'.repeat(httpMegabytes * megabyte)
  const modern = connection.era === 'modern'
  const meta = { ...(modern ? modernMeta(connection.revision) : {}), 'com.example/padding': pad }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'big', method: 'tools/list', params: { _meta: meta } })
  const own = { 'mcp-protocol-version': connection.revision, ...(modern ? { 'mcp-method': 'tools/list' } : {}) }
  const answer = await exchange(connection.url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...own, ...headers },
    body,
    timeout: patience,
  })
  // A server may refuse by its status and close before it has read the whole body.
  if (answer.outcome === 'failed') return /EPIPE|ECONNRESET/.test(answer.code) ? 'connection closed by the server' : ''
  return `HTTP ${answer.status}`
}

/** Whether an error without an id came among the messages since. */
const refusedSince = ({ received }: Connection, before: number): boolean =>
  received
    .slice(before)
    .some(({ message }) => 'error' in message && (message['id'] === null || message['id'] === undefined))

/** After an error without an id no answer has to be waited for: it is refused, whatever comes yet. */
const untilRefused = async (connection: Connection, before: number, ms: number): Promise<null> => {
  await until(() => refusedSince(connection, before), ms)
  return null
}

/** More than that over stdio while one small request waits is a flood, in which an answer may only be late. */
const floodBytes = 5 * megabyte

/** @throws Undecided for a server that floods its client and answered nothing in time. */
const sendBig = async (connection: Connection, headers: Record<string, string>): Promise<BigMessage> => {
  const before = connection.received.length
  const written = connection.process?.outputBytes ?? 0
  const isHttp = connection.transport === 'http'
  const big = isHttp ? null : ask(connection, 'x'.repeat(stdioMegabytes * megabyte))
  const status = isHttp ? await bigBody(connection, headers) : ''
  const small = await ask(connection, null)
  // What is answered in order has been answered or refused by now.
  const reply =
    big && (await Promise.race([big, small.kind === 'lost' ? big : untilRefused(connection, before, orderly)]))
  const flood = (connection.process?.outputBytes ?? 0) - written
  if (!isHttp && small.kind === 'lost' && !connection.process?.exit && flood > floodBytes)
    throw new Undecided(
      `it wrote ${Math.round(flood / megabyte)} MB that nobody asked for while a small request waited: whether that would be answered cannot be told`,
    )
  return {
    megabytes: isHttp ? httpMegabytes : stdioMegabytes,
    answer: reply ? describeReply(reply) : status || 'no answer, while the request after it was served',
    answered: isHttp ? status !== '' : reply !== null && reply.kind !== 'lost',
    refusedWithoutId: refusedSince(connection, before),
    afterwards: describeReply(small),
    serves: small.kind !== 'lost',
    exit: connection.process?.exit ?? null,
  }
}

const endedHow = ({ process }: Connection): string | null => {
  const exit = process?.exit
  if (!exit) return null
  return exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`
}

/** A call that is heavy in one way, and a small request after it. */
const heavyCall = async (connection: Connection, { at, params, usual }: Heavy): Promise<Burden> => {
  const before = connection.received.length
  const written = connection.process?.outputBytes ?? 0
  const heavy = connection.request('tools/call', params, { timeout: patience, impatient: true })
  const first = connection.transport === 'http' ? await heavy : null
  const small = await ask(connection, null)
  const wait = Math.max(orderly + 3 * usual, small.ms * 10)
  const later = small.kind === 'lost' ? heavy : untilRefused(connection, before, wait)
  const reply = first ?? (await Promise.race([heavy, later]))
  const refused = refusedSince(connection, before)
  // An answer that repeats all of it may be longer than what is read.
  const huge = (connection.process?.outputBytes ?? 0) - written > argumentBytes / 2
  const cut = reply?.kind === 'lost' && /EPIPE|ECONNRESET/.test(reply.saw)
  const isMet = reply !== null && (reply.kind !== 'lost' || reply.http !== undefined)
  const plain = reply ? describeReply(reply) : 'no answer, while the request after it was served'
  return {
    at,
    saw: !isMet && refused ? 'refused with an error without an id' : plain,
    met: isMet || refused || huge || cut,
    unanswered: 0,
    afterwards: describeReply(small),
    serves: small.kind !== 'lost',
    ended: endedHow(connection),
  }
}

const manyRequests = async (connection: Connection): Promise<Burden> => {
  const { method, params } = trivialCall(connection)
  const replies = await Promise.all(
    Array.from({ length: requests }, () => connection.request(method, params, { timeout: requestMs, impatient: true })),
  )
  const small = await ask(connection, null)
  const lost = replies.filter(reply => reply.kind === 'lost' && reply.http === undefined)
  const served = replies.filter(({ kind }) => kind === 'result').length
  const refusals = replies.length - served - lost.length
  const without = lost.length > 0 ? `, ${lost.length} were not answered within ${requestMs / 1000} s` : ''
  return {
    at: `${requests} × ${method} without waiting for an answer`,
    saw: `${served} were served, ${refusals} were refused${without}`,
    met: lost.length === 0,
    unanswered: lost.length,
    afterwards: describeReply(small),
    serves: small.kind !== 'lost',
    ended: endedHow(connection),
  }
}

const deep = (): Json => {
  let value: Json = {}
  for (let level = 1; level < levels; level++) value = { a: value }
  return value
}

interface Heavy {
  at: string
  params: Json
  /** Milliseconds that the tool took with arguments of a usual size. */
  usual: number
}

/**
 * A text parameter is overfilled where the tool keeps to itself; elsewhere what it passes on is not ours to send, and an
 * argument it does not know has to be carried as well.
 */
const heavyCalls = ({ good }: Trials): Heavy[] => {
  const closed = good.find(
    ({ tool, arguments: given }) =>
      tool.annotations.openWorldHint === false && textParametersOf(tool.inputSchema, given).length > 0,
  )
  const chosen = closed ?? good[0]
  if (!chosen) return []
  const { tool, arguments: given, reply } = chosen
  const text = 'x'.repeat(argumentBytes)
  const parameter = closed ? textParametersOf(tool.inputSchema, given)[0] : undefined
  const filled = parameter ? parameter.given(text) : { ...given, airworthy: text }
  return [
    {
      at: `tools/call ${tool.name} with an argument that is ${levels.toLocaleString('en')} levels deep`,
      params: { name: tool.name, arguments: { ...given, airworthy: deep() } },
      usual: reply.ms,
    },
    {
      at: `tools/call ${tool.name} with an argument of ${argumentBytes / 1_000_000} MB`,
      params: { name: tool.name, arguments: filled },
      usual: reply.ms,
    },
  ]
}

/** Messages, arguments and numbers of requests beyond what is usual, one after the other at one server. */
export const overload = gatherer({
  id: 'overload',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  lasts: 4,
  deadline: 120_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Overload> => {
    let connection = await connectForLoad(target, opening)
    const fresh = async (serves: boolean): Promise<void> => {
      if (serves && !connection.process?.exit) return
      await connection.close()
      connection = await connectForLoad(target, opening)
    }
    const big = await sendBig(connection, ownHeaders(target))
    const burdens: Burden[] = []
    let serves = big.serves
    for (const heavy of heavyCalls(trials)) {
      await fresh(serves)
      const burden = await heavyCall(connection, heavy)
      burdens.push(burden)
      serves = burden.serves
    }
    await fresh(serves)
    burdens.push(await manyRequests(connection))
    await connection.close()
    return { big, burdens }
  },
})
