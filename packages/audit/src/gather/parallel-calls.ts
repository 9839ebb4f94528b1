import { gatherer } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { variationsOf } from '../instruments/variations.ts'
import { describeReply, type Connection, type Json, type Reply } from '../target/connection.ts'
import { openLegacy, openModern, speakerFor } from '../target/handshake.ts'
import { run } from '../target/run.ts'
import { reopen } from '../target/reopen.ts'
import { losesByItself } from './by-itself.ts'
import { opening } from './startup.ts'
import { succeeded, trials, type Trials } from './trials.ts'

export interface ParallelCalls {
  /** Calls sent at the same time, and clients they were spread over. */
  sent: number
  clients: number
  /** Tools among them whose answers depend on their arguments, and whose answers do not. */
  telling: string[]
  same: string[]
  /** Tools left out because the same call gives another answer the second time. */
  changing: string[]
  /** Different answers that were expected. */
  distinct: number
  answered: number
  /** Refusals that speak of a limit. */
  limited: number
  /** Answers other than the one the same call got by itself, at most 10. */
  wrong: { tool: string; arguments: Json; alone: string; parallel: string; ofAnother: boolean }[]
  wrongCount: number
  /** Calls without an answer, in words, at most 10. */
  lost: string[]
  /** Calls that were not answered in time, of tools that may ask others, which may take one call after the other. */
  held: { tool: string; calls: number; withinMs: number } | null
  /** How such calls are lost one after the other too, in words; null when they are not, or none was lost. */
  lostAlone: string | null
  /** Answers to nothing that was open. */
  stray: number
  /** Why a second client could not connect beside the first; null when it could, or over stdio. */
  secondClient: string | null
}

const maxCalls = 200
const maxTools = 8
const variants = 6
const quickMs = 500
const aloneBudgetMs = 6000
const answerMs = 20_000
const moreClients = 2
/** So many calls that a server which takes them one after the other answers the last in time. */
const inTurnMs = 6000
const fewestCalls = 12

interface Expected {
  tool: string
  arguments: Json
  answer: string
  /** Milliseconds that it took by itself. */
  ms: number
}

const answerOf = (reply: Reply): string => {
  if (reply.kind !== 'result') return describeReply(reply)
  const { _meta, ...rest } = reply.result
  return JSON.stringify(rest)
}

const call = (connection: Connection, tool: string, given: Json): Promise<Reply> =>
  connection.request('tools/call', { name: tool, arguments: given }, { timeout: answerMs })

/** What each call answers by itself; only what answers the same twice can be compared later. */
const callAlone = async (
  connection: Connection,
  { good }: Trials,
): Promise<{ expected: Expected[]; changing: string[] }> => {
  const expected: Expected[] = []
  const changing = new Set<string>()
  const until = performance.now() + aloneBudgetMs
  for (const { tool, arguments: sample } of good.filter(({ reply }) => reply.ms < quickMs).slice(0, maxTools))
    for (const given of [sample, ...variationsOf(tool.inputSchema, sample, variants)]) {
      if (performance.now() > until || changing.has(tool.name)) break
      const first = await call(connection, tool.name, given)
      if (first.kind === 'lost') return { expected, changing: [...changing] }
      if (!succeeded(first)) continue
      const second = await call(connection, tool.name, given)
      const answer = answerOf(first)
      if (answer === answerOf(second)) expected.push({ tool: tool.name, arguments: given, answer, ms: first.ms })
      else changing.add(tool.name)
    }
  return { expected: expected.filter(({ tool }) => !changing.has(tool)), changing: [...changing] }
}

/** Tools among these that no longer give the answers they gave. */
const changedSince = async (connection: Connection, expected: Expected[], tools: Set<string>): Promise<Set<string>> => {
  const changed = new Set<string>()
  for (const { tool, arguments: given, answer } of expected)
    if (tools.has(tool) && !changed.has(tool) && answerOf(await call(connection, tool, given)) !== answer)
      changed.add(tool)
  return changed
}

/** More clients of the server behind a URL, beside the first. */
const joinedBy = async (
  target: Target,
  first: Connection,
): Promise<{ clients: Connection[]; refused: string | null }> => {
  const { server } = target
  if (server?.transport !== 'http' || !first.url) return { clients: [first], refused: null }
  const beside: Target = { ...target, server: { transport: 'http', url: first.url, headers: server.headers } }
  const clients = [first]
  for (let more = 0; more < moreClients; more++) {
    const speaker = speakerFor(beside, await run(beside))
    const handshake =
      first.era === 'modern' ? await openModern(speaker, 10_000, first.revision) : await openLegacy(speaker, 10_000)
    if (handshake.kind === 'refused') return { clients, refused: describeReply(handshake.reply) }
    clients.push(handshake.connection)
  }
  return { clients, refused: null }
}

/** Each in turn, as often as it can be. */
export const affordable = <T extends { ms: number }>(pool: readonly T[]): T[] => {
  const calls: T[] = []
  for (let ms = 0; calls.length < maxCalls && (ms < inTurnMs || calls.length < fewestCalls);) {
    const next = pool[calls.length % pool.length]
    if (!next) break
    calls.push(next)
    ms += next.ms
  }
  return calls
}

const isLimit = (reply: Reply): boolean =>
  reply.http?.status === 429 ||
  reply.http?.status === 503 ||
  (!succeeded(reply) && /rate|limit|too many|busy|overload|capacity|concurren|throttl/i.test(answerOf(reply)))

/** Up to 200 calls at the same time, each against the answer it gets by itself. */
export const parallelCalls = gatherer({
  id: 'parallel-calls',
  impact: 'call',
  from: 'server',
  borrows: 'gentle',
  lasts: 3,
  deadline: 90_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<ParallelCalls | null> => {
    const connection = trials.good.length > 0 ? await reopen(target, opening, undefined) : null
    if (!connection) return null
    const { expected, changing } = await callAlone(connection, trials)
    const fallback = trials.good
      .filter(({ reply }) => reply.ms < quickMs)
      .map(({ tool, arguments: sample, reply }) => ({
        tool: tool.name,
        arguments: sample,
        answer: null,
        ms: reply.ms,
      }))
    const pool: (Omit<Expected, 'answer'> & { answer: string | null })[] = expected.length > 0 ? expected : fallback
    const { clients, refused } = await joinedBy(target, connection)
    const before = connection.received.length
    const calls = affordable(pool)
    const replies = await Promise.all(
      calls.map(({ tool, arguments: given }, index) =>
        call(clients[index % clients.length] ?? connection, tool, given),
      ),
    )
    const compared = calls.flatMap((expected, index) => {
      const reply = replies[index]
      return reply ? [{ ...expected, reply, got: answerOf(reply), limit: isLimit(reply) }] : []
    })
    const known = new Set(expected.map(({ answer }) => answer))
    const other = compared.filter(
      ({ answer, got, reply, limit }) => reply.kind !== 'lost' && !limit && answer !== null && answer !== got,
    )
    // A clock or a working directory may have moved on meanwhile: only what still answers as before is compared.
    const moved = await changedSince(connection, expected, new Set(other.map(({ tool }) => tool)))
    const wrong = other.filter(({ tool }) => !moved.has(tool))
    const ownWorld = new Set(
      trials.good.flatMap(({ tool }) => (tool.annotations['openWorldHint'] === false ? [tool.name] : [])),
    )
    const unanswered = compared.filter(({ reply, limit }) => reply.kind === 'lost' && !limit)
    const isHeld = ({ tool, reply }: (typeof unanswered)[number]): boolean =>
      reply.kind === 'lost' && reply.because === 'timeout' && !ownWorld.has(tool)
    const lost = unanswered.filter(one => !isHeld(one))
    const held = unanswered.filter(isHeld)
    const answersOf = (name: string): Set<string> =>
      new Set(expected.filter(({ tool }) => tool === name).map(({ answer }) => answer))
    const tools = [...new Set(expected.map(({ tool }) => tool))].filter(tool => !moved.has(tool))
    const stray = connection.received.slice(before).filter(({ message }) => !('method' in message)).length
    await Promise.all(clients.toReversed().map(client => client.close()))
    const lostAlone = lost.length > 0 ? await losesByItself(target, opening, trials, calls.length) : null
    return {
      sent: calls.length,
      clients: clients.length,
      telling: tools.filter(name => answersOf(name).size > 1),
      same: tools.filter(name => answersOf(name).size === 1),
      changing: [...changing, ...moved],
      distinct: known.size,
      answered: compared.filter(({ reply }) => reply.kind !== 'lost').length,
      limited: compared.filter(({ limit }) => limit).length,
      wrong: wrong.slice(0, 10).map(({ tool, arguments: given, answer, got }) => ({
        tool,
        arguments: given,
        alone: answer ?? '',
        parallel: got,
        ofAnother: known.has(got),
      })),
      wrongCount: wrong.length,
      lost: lost.slice(0, 10).map(({ tool, reply }) => `${tool}: ${describeReply(reply)}`),
      held: held[0] ? { tool: held[0].tool, calls: held.length, withinMs: answerMs } : null,
      lostAlone,
      stray,
      secondClient: refused,
    }
  },
})
