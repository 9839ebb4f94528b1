import { gatherer, Undecided } from '../../core/item.ts'
import type { Target } from '../../core/target.ts'
import type { SeenRequest } from '../../instruments/egress/records.ts'
import type { Rule } from '../../instruments/egress/rules.ts'
import { variationsOf } from '../../instruments/variations.ts'
import type { Json, Reply } from '../../target/connection.ts'
import type { Tool } from '../lists.ts'
import { opening } from '../startup.ts'
import { outgoingCalls, type OutgoingCall } from './outgoing.ts'
import { answerAsDeclared, openThrough, type Through } from './through.ts'

export interface Exchanged {
  reply: Reply
  asked: SeenRequest[]
}

/** What a tool does when those it asks fail, each time in another way. */
export interface FailingUpstream {
  tool: Tool
  /** While all is well. */
  usual: Exchanged
  /** Its first request gets 503, or its connection is reset; those after it are answered. */
  unavailableOnce: Exchanged
  resetOnce: Exchanged
  /** The same call twice, answered with `cache-control: max-age=60`. */
  first: Exchanged
  again: Exchanged
  /** Each request gets 503. */
  unavailable: Exchanged
}

const maxTools = 2
const patienceMs = 12_000
/** Until when another tool is begun. */
const anotherMs = 10_000
const fresh = { 'cache-control': 'public, max-age=60', etag: '"airworthy"' }

/** A call while a rule holds over the declared answers. */
const callUnder = async (
  target: Target,
  { proxy, call, askedSince }: Through,
  { tool, given, rule }: { tool: Tool; given: Json; rule?: Rule },
): Promise<Exchanged> => {
  proxy.clear()
  answerAsDeclared(proxy, target, fresh)
  if (rule) proxy.rule('*', rule)
  const before = proxy.requests().length
  const reply = await call(tool, given, patienceMs)
  return { reply, asked: askedSince(before) }
}

const tryTool = async (target: Target, through: Through, usual: OutgoingCall): Promise<FailingUpstream> => {
  const { tool, arguments: given } = usual
  const others = variationsOf(tool.inputSchema, given, 3)
  // Each in turn with other arguments: what was answered well may be kept.
  const under = (index: number, rule?: Rule): Promise<Exchanged> =>
    callUnder(target, through, { tool, given: others[index] ?? given, ...(rule ? { rule } : {}) })
  const unavailableOnce = await callUnder(target, through, { tool, given, rule: { answer: 503, times: 1 } })
  const resetOnce = await under(0, { reset: 'before', times: 1 })
  const first = await under(1)
  const again = await under(1)
  const unavailable = await under(2, { answer: 503 })
  return { tool, usual, unavailableOnce, resetOnce, first, again, unavailable }
}

/** Tools that ask others, while those fail for a moment, fail for good, or answer twice the same. */
export const failingUpstream = gatherer({
  id: 'failing-upstream',
  impact: 'call',
  from: 'server',
  deadline: 150_000,
  needs: { opening, outgoingCalls },
  gather: async (target, { opening, outgoingCalls: { going, nothing } }): Promise<FailingUpstream[]> => {
    if (nothing !== null) throw new Undecided(nothing)
    const through = await openThrough(target, opening)
    const found: FailingUpstream[] = []
    const until = performance.now() + anotherMs
    for (const usual of going.slice(0, maxTools)) {
      if (through.connection.process?.exit || performance.now() > until) break
      found.push(await tryTool(target, through, usual))
    }
    await through.close()
    return found
  },
})
