import { gatherer, Undecided } from '../core/item.ts'
import { forceCollection, type Reachable } from '../instruments/collector.ts'
import { closedLoop } from '../instruments/load/closed.ts'
import { soak, trendIn } from '../instruments/load/soak.ts'
import { absence } from '../instruments/observer/figures.ts'
import { observe, serverPart } from '../instruments/observer/observe.ts'
import type { Point } from '../instruments/observer/series.ts'
import { trendOf, type Trend } from '../instruments/trend.ts'
import { isOnThisMachine } from '../target/canaries.ts'
import { startAnew } from './anew.ts'
import { oftenCalled, type Often } from './often.ts'
import { nothingQuick } from './proven-tools.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export interface InUse {
  /** After the first and after the last collection. */
  fromMb: number
  toMb: number
  /** Bytes that each call leaves at most; null where that cannot be told. */
  mostPerCall: number | null
}

export interface MemorySoak {
  tools: string[]
  /** Of the last soak. */
  calls: number
  seconds: number
  /** Resident megabytes of the server and what it started, at the end of the warm-up and at the end. */
  fromMb: number
  toMb: number
  trend: Trend
  /** What its runtime could still reach after collecting garbage; null where that is not known. */
  inUse: InUse | null
  /** How many soaks were needed; a rise has to show in two of them, one after the other. */
  soaks: number
  rises: number
  /** Why its memory may rise without a leak: its runtime collects garbage when it likes; null when it was made to. */
  lazy: string | null
  ended: string | null
}

const megabyte = 1024 * 1024
const workers = 4
const answerMs = 5000
/** Leaves the auditor time to look. */
const thinkMs = 3
/** A second soak decides what the first one leaves open, and a third what that does. */
const lengthsMs = [16_000, 24_000, 24_000]
const enough = 2
/** Until what is loaded and compiled at the first calls is there: on a slow machine that would take most of a soak. */
const warmUpCalls = 800
const warmUpMs = 8000
const mostlyKnown = 0.8
const maxBytes = 1024 * megabyte
/** Growth over a soak that does not matter: what a heap takes to settle. */
const negligible = 8 * megabyte

/** Bytes with each call of one tool; what leaks less than that is not looked for. */
const finestBytes = 32 * 1024
/** The same with each call, when the tools are called in turn. */
export const finestOf = ({ tools }: { tools: string[] }): number => finestBytes / Math.max(1, tools.length)
const fewestCollections = 24

const mostCopies = 4

/** Quick calls more often than slow ones, so that the slowest does not set the number of all. */
const weighed = (calls: Often[]): Often[] => {
  const slowest = Math.max(...calls.map(({ ms }) => ms))
  return calls.flatMap(call =>
    Array.from({ length: Math.min(mostCopies, Math.max(1, Math.round(slowest / Math.max(1, call.ms)))) }, () => call),
  )
}

/** Of collections from `since` on, when the series of `points` began. */
const inUseIn = (after: Reachable[], since: number, points: readonly Point[]): InUse | null => {
  const counted = after.filter(({ at }) => at >= since)
  const [first, last] = [counted[0], counted.at(-1)]
  if (!first || !last || counted.length < fewestCollections) return null
  let point = 0
  const series = counted.map(({ at, bytes }) => {
    while ((points[point + 1]?.ms ?? Infinity) <= at - since) point++
    return { value: bytes, ms: at - since, calls: points[point]?.calls ?? 0 }
  })
  const { perCall } = trendOf(series, { fewest: fewestCollections })
  return { fromMb: first.bytes / megabyte, toMb: last.bytes / megabyte, mostPerCall: perCall?.high ?? null }
}

/**
 * Resident memory takes up to a minute to settle where a runtime keeps what it has freed, and hides a leak that is small
 * beside that; after a collection nothing has to settle. So what is in use decides what resident memory leaves open, and
 * leaves open what is level beside it.
 */
const decided = (resident: Trend, inUse: InUse | null, finest: number): Trend => {
  if (!inUse) return resident
  const isSmall = inUse.mostPerCall !== null && inUse.mostPerCall <= finest
  if (resident.answer === 'level' && !isSmall)
    return { ...resident, answer: 'undecided', because: 'it is level, but what is in use after collections may rise' }
  if (resident.answer === 'undecided' && isSmall && (resident.perCall?.high ?? Infinity) <= finestBytes)
    return { ...resident, answer: 'level', because: 'what is in use after collections does not rise' }
  return resident
}

/** Resident memory of a server that is called without a pause, and whether it goes on rising. */
export const memorySoak = gatherer({
  id: 'memory-soak',
  impact: 'stress',
  from: 'server',
  does: 'makes calls of its quick tools without a pause for 16 s, or up to a minute while its memory is not steady',
  alone: true,
  deadline: 120_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<MemorySoak> => {
    if (!isOnThisMachine(target))
      throw new Undecided('the memory of a server that the audit did not start on this machine cannot be read')
    const { well, badly } = oftenCalled(trials)
    const plan = weighed([...well, ...badly])
    if (plan.length === 0) throw new Undecided(nothingQuick(trials, 'is quick enough to be called often'))
    const collector = forceCollection(target)
    const { connection, process } = await startAnew(target, opening, { env: collector.env })
    const unread = absence(serverPart(process, await observe(process)), 'rss')
    if (unread !== null) throw new Undecided(unread)
    const call = (number: number) => {
      const { tool, arguments: given } = plan[number % plan.length] ?? { tool: '', arguments: () => ({}) }
      return { method: 'tools/call', params: { name: tool, arguments: given(number) } }
    }
    const usual = { workers, timeoutMs: answerMs, patient: true } as const
    let { sent } = await closedLoop([connection], call, { ...usual, calls: warmUpCalls, deadlineMs: warmUpMs })
    let rises = 0
    const measure = async (deadlineMs: number): Promise<Omit<MemorySoak, 'tools' | 'soaks' | 'rises' | 'lazy'>> => {
      const limits = { ...usual, thinkMs, deadlineMs, bytes: maxBytes, sampleMs: 30 } as const
      const before = sent
      const since = Date.now()
      const { load, points } = await soak(process, [connection], number => call(before + number), limits)
      sent += load.sent
      // A child that just ends has no memory to tell of: that moment is left out.
      const known = points.filter(point => point.rss !== null)
      const resident = known.length < points.length * mostlyKnown ? null : trendIn(known, 'rss', { negligible })
      if (!resident) throw new Undecided('the memory of the server could not be read throughout')
      const rss = known.map(point => (point.rss ?? 0) / megabyte)
      const pid = process.server()?.pid
      const inUse = pid === undefined ? null : inUseIn(collector.reachable(pid), since, points)
      const exit = process.exit
      const unanswered = load.failures
        .filter(({ outcome }) => outcome === 'refused' || outcome === 'timeout' || outcome === 'transport')
        .reduce((sum, { count }) => sum + count, 0)
      if (!exit && unanswered > load.sent / 10)
        throw new Undecided(`${unanswered} of ${load.sent} calls were not answered: what calls leave is not known`)
      return {
        calls: load.sent,
        seconds: load.seconds,
        fromMb: rss[Math.floor(rss.length / 4)] ?? 0,
        toMb: rss.at(-1) ?? 0,
        trend: decided(resident, inUse, finestOf({ tools })),
        inUse,
        ended: exit ? (exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`) : null,
      }
    }
    const tools = [...new Set(plan.map(({ tool }) => tool))]
    let soaks = 0
    let found = await measure(lengthsMs[soaks++] ?? 0)
    for (;;) {
      rises = found.trend.answer === 'rising' ? rises + 1 : 0
      const next = lengthsMs[soaks]
      if (found.trend.answer === 'level' || rises >= enough || found.ended !== null || next === undefined) break
      soaks++
      found = await measure(next)
    }
    const server = process.server()
    const collected = server !== undefined && collector.collections(server.pid) > 0
    const isPython = /(^|\/)(python|pypy)[\d.]*( |$)/.test(server?.command ?? '')
    const lazy = collected || isPython ? null : 'its runtime collects garbage when it likes'
    await connection.close()
    return { tools, ...found, soaks, rises, lazy }
  },
})
