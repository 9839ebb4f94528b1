import { gatherer } from '../core/item.ts'
import { durationOf } from '../instruments/arguments.ts'
import { calibrate, tooSlowFor } from '../instruments/calibration.ts'
import type { Connection, Json, Reply } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import { askedMeanwhile } from './elsewhere.ts'
import { opening } from './startup.ts'
import { succeeded, trials } from './trials.ts'

export interface Latency {
  tool: string
  /** Calls that succeeded, one after the other. */
  calls: number
  /** Calls that did not succeed any more, and how the first of them ended. */
  failed: number
  /** Milliseconds. */
  p50: number
  p95: number
  p99: number
  /** Its arguments ask for a duration: the time is its caller's choice. */
  timed: boolean
  /** How it is known that it asks others, so that part of the time is theirs; null when it is not. */
  asksOthers: string | null
}

export interface Latencies {
  tools: Latency[]
  callable: number
  /** Good tools that were not measured before the time was up. */
  left: number
  budgetMs: number
  /** Whether the settings set the budget. */
  declared: boolean
  /** Why it says more of the machine than of the server when only few calls were late; null when it does not. */
  busy: string | null
}

const slowCalls = 10
const quickCalls = 20
const quickMs = 200
const answerMs = 15_000
/** Fewer calls make no percentile. */
export const fewestCalls = 5
const timedCalls = 3
/** When few of its calls were late: more of them tell whether that is its way, or was a moment of the machine. */
const moreCalls = 60
const mostLimited = 5
const perToolMs = 6000
const totalMs = 40_000
const defaultBudgetMs = 1000

/** The value below which this share of the sorted values lies (nearest rank). */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0

/** Without waiting for a rate limit inside the time that is measured. */
const timedCall = (connection: Connection, name: string, given: Json): Promise<Reply> =>
  connection.request('tools/call', { name, arguments: given }, { timeout: answerMs, impatient: true })

const reasonFor = (says: boolean, asked: string | null): string | null => {
  if (says) return 'it says that it asks others (openWorldHint)'
  return asked === null ? null : `it asks ${asked} meanwhile`
}

const pause = (reply: Reply): Promise<void> => {
  const seconds = Number(reply.http?.headers['retry-after'] ?? 1)
  return new Promise(resolve => setTimeout(resolve, Math.min(5, Math.max(0.2, seconds || 1)) * 1000))
}

/** How long each tool takes, measured by calls one after the other with nothing beside them. */
export const latencies = gatherer({
  id: 'latencies',
  impact: 'call',
  from: 'server',
  alone: true,
  deadline: 90_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Latencies> => {
    const tools: Latency[] = []
    const started = performance.now()
    const budgetMs = target.settings.budgets?.p95Ms ?? defaultBudgetMs
    let connection = trials.good.length > 0 ? await reopen(target, opening, undefined) : null
    let busy: string | null = null
    for (const { tool, arguments: sample } of trials.good) {
      if (!connection || performance.now() - started > totalMs) break
      const opened = connection
      const taken: number[] = []
      let failed = 0
      let limited = 0
      let asked: string | null = null
      const timed = durationOf(tool.inputSchema) !== null
      const isOver = (until: number): boolean => taken.length >= fewestCalls && performance.now() > until
      const isPlain = (): boolean => taken.length >= fewestCalls && taken.every(ms => ms > budgetMs)
      const measure = async (most: number, fewer: number): Promise<void> => {
        const until = performance.now() + perToolMs
        let wanted = most
        while (taken.length + failed < wanted && !isOver(until) && !isPlain()) {
          const call = (): Promise<Reply> => timedCall(opened, tool.name, sample)
          const isWatched = asked === null && taken.some(ms => ms > budgetMs)
          const seen = isWatched && opened.process ? await askedMeanwhile(opened.process, call) : null
          const reply = seen?.answer ?? (await call())
          asked ??= seen?.asked ?? null
          if (reply.http?.status === 429 && limited++ < mostLimited) {
            await pause(reply)
            continue
          }
          if (succeeded(reply)) taken.push(reply.ms)
          else failed++
          if (reply.ms > quickMs) wanted = Math.min(wanted, fewer)
          if (reply.kind === 'lost') break
        }
      }
      const share = (part: number): number =>
        percentile(
          taken.toSorted((a, b) => a - b),
          part,
        )
      const isDoubtful = (): boolean => !timed && share(0.95) > budgetMs && share(0.5) <= budgetMs
      await measure(timed ? timedCalls : quickCalls, slowCalls)
      if (isDoubtful() && !opened.process?.exit) await measure(moreCalls, moreCalls)
      if (isDoubtful()) busy ??= tooSlowFor(await calibrate(), budgetMs)
      tools.push({
        tool: tool.name,
        calls: taken.length,
        failed,
        p50: share(0.5),
        p95: share(0.95),
        p99: share(0.99),
        timed,
        asksOthers: reasonFor(tool.annotations['openWorldHint'] === true, asked),
      })
      if (connection.process?.exit) connection = await reopen(target, opening, undefined)
    }
    await connection?.close()
    return {
      tools,
      callable: trials.trials.length,
      left: trials.good.length - tools.length,
      budgetMs,
      declared: target.settings.budgets?.p95Ms !== undefined,
      busy,
    }
  },
})
