import { gatherer, Undecided } from '../../core/item.ts'
import { describeReply, type Reply } from '../../target/connection.ts'
import { listTools } from '../lists.ts'
import { opening } from '../startup.ts'
import { succeeded } from '../trials.ts'
import { outgoingCalls, type OutgoingCall } from './outgoing.ts'
import { answerAsDeclared, tryThrough, type Through } from './through.ts'

export interface WithoutOthers {
  /** Tools that ask others. */
  going: string[]
  /** How a start failed while every connection to others was refused; null when it came to its handshake. */
  startFailed: string | null
  listed: number
  /** Tools that are listed only while others answer. */
  unlisted: string[]
  /** Tools that need nothing outside and had a good answer before: what they say now. */
  staying: { tool: string; good: boolean; saw: string }[]
  /** Whether it asked something of others before it was called, so that the others may lack what it got there. */
  asksAtStart: boolean
  /** Calls that could not reach what they need. */
  storm: { calls: number; unanswered: number; replies: { tool: string; reply: Reply }[] } | null
  /** The same tools once more after the storm. */
  after: { tool: string; good: boolean; saw: string }[]
  /** How the process ended meanwhile; null when it did not. */
  ended: string | null
  /** Tools that ask others, when those answer again; null where there was no good answer before. */
  recovered: boolean | null
}

const stormCalls = 24
const atOnce = 6
const maxStaying = 12
const stormMs = 8000
const recoveryMs = 5000

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const callEach = (through: Through, calls: OutgoingCall[]): Promise<WithoutOthers['staying']> =>
  Promise.all(
    calls.slice(0, maxStaying).map(async ({ tool, arguments: given }) => {
      const reply = await through.call(tool, given)
      return { tool: tool.name, good: succeeded(reply), saw: describeReply(reply) }
    }),
  )

const raiseStorm = async (through: Through, going: OutgoingCall[]): Promise<WithoutOthers['storm']> => {
  const until = performance.now() + stormMs
  const seen: { tool: string; reply: Reply }[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < stormCalls && performance.now() < until && !through.connection.process?.exit) {
      const one = going[next++ % going.length]
      if (one) seen.push({ tool: one.tool.name, reply: await through.call(one.tool, one.arguments, stormMs) })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return {
    calls: seen.length,
    unanswered: seen.filter(({ reply }) => reply.kind === 'lost').length,
    replies: going.flatMap(({ tool }) => seen.find(one => one.tool === tool.name) ?? []),
  }
}

/** Whether a tool that had a good answer has one again; null where none had. */
const recover = async (through: Through, going: OutgoingCall[]): Promise<boolean | null> => {
  const known = going.find(({ reply }) => succeeded(reply))
  if (!known) return null
  for (const until = performance.now() + recoveryMs; performance.now() < until; await pause(250))
    if (succeeded(await through.call(known.tool, known.arguments))) return true
  return false
}

/** A server that can reach nobody: its start, its lists, its other tools, and all of it again after calls that failed. */
export const withoutOthers = gatherer({
  id: 'without-others',
  impact: 'call',
  from: 'server',
  lasts: 2,
  deadline: 90_000,
  needs: { opening, outgoingCalls },
  gather: async (target, { opening, outgoingCalls: { going, staying, listed, atStart, nothing } }) => {
    if (nothing !== null && atStart === 0) throw new Undecided(nothing)
    const refusing = { before: (proxy: Through['proxy']) => proxy.rule('*', { refuse: true }) }
    const none = { listed: 0, unlisted: [], staying: [], storm: null, after: [], ended: null, recovered: null }
    const known = { going: going.map(({ tool }) => tool.name), asksAtStart: atStart > 0 }
    const first = await tryThrough(target, opening, refusing)
    // Once more: a start may fail for another reason.
    const opened = 'through' in first ? first : await tryThrough(target, opening, refusing)
    if (!('through' in opened)) return { ...known, ...none, startFailed: opened.saw }
    const { through } = opened
    const names = new Set(((await listTools(through.connection)) ?? []).map(({ name }) => name))
    const before = await callEach(through, staying)
    const reach = going.slice(0, 3)
    const storm = reach.length > 0 ? await raiseStorm(through, reach) : null
    const after = await callEach(through, staying)
    const exit = through.connection.process?.exit
    through.proxy.clear()
    answerAsDeclared(through.proxy, target)
    const recovered = exit ? null : await recover(through, reach)
    await through.close()
    return {
      ...known,
      startFailed: null,
      listed: names.size,
      unlisted: listed.filter(name => !names.has(name)),
      staying: before,
      storm,
      after,
      ended: exit ? (exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`) : null,
      recovered,
    } satisfies WithoutOthers
  },
})
