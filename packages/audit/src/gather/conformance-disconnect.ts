import { setTimeout } from 'node:timers/promises'
import { gatherer } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import type { SeenRequest } from '../instruments/egress/records.ts'
import { recordCall, withMeta, type Json } from '../target/connection.ts'
import { exchange } from '../target/exchange.ts'
import { note, startSession, type Session } from './conformance/asking.ts'
import type { Observed } from './conformance/observation.ts'
import { rawRequest, until } from './conformance/raw.ts'
import { argumentsOf } from './egress/outgoing.ts'
import { shownRequest, tryThrough, type Through } from './egress/through.ts'
import { lists, listTools } from './lists.ts'
import { opening } from './startup.ts'
import { reasonNotToCall } from './tool-plan.ts'
import { trials, type Trials } from './trials.ts'

const arrivesMs = 2000
/** How long what a call asks of others may go on after its stream was closed. */
const goesOnMs = 3000
const lastsMs = 30_000
/** By how much a time limit of the server may be late for the other call, for each millisecond that the first took. */
const lateness = 0.5
const spareMs = 250
const quickMs = 1000
const maxTools = 12
const budgetMs = 12_000

interface Call {
  tool: string
  arguments: Json
}

interface Waiting {
  /** What it asked of others, which do not answer. */
  request: SeenRequest | undefined
  isOpen: () => boolean
  close: () => void
}

const startCall = async (target: Target, through: Through, call: Call, id: string): Promise<Waiting> => {
  const { connection, proxy } = through
  const known = proxy.requests().length
  const params = { name: call.tool, arguments: call.arguments }
  recordCall(target.journal, 'tools/call', params)
  const closing = new AbortController()
  let ended = false
  void exchange(connection.url ?? '', {
    method: 'POST',
    headers: connection.headersOf?.('tools/call', params) ?? {},
    body: rawRequest('tools/call', withMeta(connection.era, connection.revision, params, {}), id),
    timeout: lastsMs,
    signal: closing.signal,
  }).then(() => (ended = true))
  const find = (): SeenRequest | undefined => through.askedSince(known)[0]
  await until(() => find() !== undefined || ended, arrivesMs)
  const request = find()
  return { request, isOpen: () => !ended && request?.end === 'pending', close: () => closing.abort() }
}

/** The first call that waits for another server, once with its stream open and once more. */
const waitingCalls = async (target: Target, through: Through, seen: Trials) => {
  const end = performance.now() + budgetMs
  const slow = new Set(seen.trials.filter(({ reply }) => reply.ms > quickMs).map(({ tool }) => tool.name))
  const callable = ((await listTools(through.connection)) ?? []).filter(
    tool => reasonNotToCall(tool, target.settings.allowTools ?? []) === null && !slow.has(tool.name),
  )
  for (const tool of callable.slice(0, maxTools)) {
    const given = performance.now() > end ? null : await argumentsOf(tool, seen, target)
    if (!given) continue
    const call = { tool: tool.name, arguments: given }
    const left = await startCall(target, through, call, 'airworthy-left')
    if (!left.isOpen()) {
      left.close()
      continue
    }
    return { call, left, other: await startCall(target, through, call, 'airworthy-kept') }
  }
  return null
}

const probeClosing = async (session: Session, through: Through, seen: Trials): Promise<void> => {
  const found = await waitingCalls(session.target, through, seen)
  if (!found) return
  const { call, left, other } = found
  const { request } = left
  if (request && other.request && left.isOpen() && other.isOpen()) {
    const closedAt = performance.now()
    left.close()
    const hasEnded = await until(() => request.end !== 'pending', goesOnMs)
    const ms = performance.now() - closedAt
    await setTimeout(other.request.at - request.at + Math.max(spareMs, hasEnded ? ms * lateness : 0))
    // Where the other one has ended too, both may have met a time limit of the server.
    const isTold = other.isOpen()
    const isCancelled = isTold && hasEnded
    const goesOn = isTold && !hasEnded
    const after = `${Math.round(ms)} ms after the stream was closed`
    const saw = isCancelled
      ? `${shownRequest(request)} ended ${after}, the same of another call went on`
      : `${shownRequest(request)} went on ${after}, as long as that of a call whose stream stayed open`
    const reply = { kind: 'lost' as const, because: 'not-json-rpc' as const, saw, ms }
    const at = `tools/call ${call.tool}, its stream closed while it waited for another server`
    if (isTold) note(session, { probe: 'closed-stream', at, method: 'tools/call', reply, goesOn })
  }
  left.close()
  other.close()
}

/**
 * Two calls that wait for others. The stream of the first is closed: what it asked of others ends with it, or goes on like
 * that of the second. Nothing is learnt where both end soon, as by a time limit of the server.
 */
export const conformanceDisconnect = gatherer({
  id: 'conformance-disconnect',
  impact: 'call',
  from: 'server',
  lasts: 2,
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<Observed> => {
    const transport = target.server?.transport ?? 'stdio'
    const capabilities = Object.keys(lists.capabilities)
    const empty = { transport, eras: opening.eras, capabilities, seen: [], unasked: [], schemas: [], tokens: [] }
    if (transport !== 'http' || !target.server?.launch || opening.eras[0] !== 'modern' || lists.tools.length === 0)
      return empty
    const opened = await tryThrough(target, opening)
    if (!('through' in opened)) {
      await opened.proxy.close()
      return empty
    }
    const { through } = opened
    const session = startSession(target, through.connection, () => Promise.resolve(null))
    through.proxy.rule('*', { hang: 'before' })
    await probeClosing(session, through, trials)
    await through.close()
    return { ...empty, seen: session.seen }
  },
})
