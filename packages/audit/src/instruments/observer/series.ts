import { setTimeout } from 'node:timers/promises'
import { observe, serverPart, totalsNow, type ObserveOptions, type Observed } from './observe.ts'
import { totalsOf, type Totals } from './figures.ts'

export interface Point extends Totals {
  /** Milliseconds since the series began. */
  ms: number
  /** Requests that had been answered by then. */
  calls: number
}

export interface WatchOptions extends ObserveOptions {
  everyMs?: number
  /** Points that are kept: when there are more, every second one goes and the beat is halved. */
  most?: number
  /** How many requests have been answered until now. */
  calls?: () => number
}

/** Samples a server in a fixed beat until it is stopped or nothing is left of it. */
export const watch = (
  server: Observed,
  { everyMs = 250, most = 600, calls = () => 0, ...options }: WatchOptions = {},
): { points: readonly Point[]; stop(): Promise<readonly Point[]> } => {
  const points: Point[] = []
  const started = performance.now()
  let every = everyMs
  const end = new AbortController()
  const take = async (): Promise<boolean> => {
    const sample = await observe(server, options)
    const processes = serverPart(server, sample)
    if (processes.length === 0) return false
    points.push({ ms: sample.at - started, calls: calls(), ...totalsOf(processes) })
    if (points.length >= most) {
      points.splice(0, points.length, ...points.filter((_, index) => index % 2 === 0))
      every *= 2
    }
    return true
  }
  const work = (async () => {
    while (!end.signal.aborted && (await take())) await setTimeout(every, null, { signal: end.signal }).catch(() => {})
    await take()
  })()
  return {
    points,
    stop: async () => {
      end.abort()
      await work
      return points
    },
  }
}

export interface Settled {
  /** Whether it held, several times in a row. */
  settled: boolean
  /** Nothing is left of the server: it never counts as settled. */
  gone: boolean
  ms: number
  last: Totals
}

/** Waits until the figures are what they should be, seen `times` in a row, for at most `withinMs`. */
export const settle = async (
  server: Observed,
  until: (totals: Totals) => boolean,
  { withinMs, everyMs = 50, times = 2 }: { withinMs: number; everyMs?: number; times?: number },
): Promise<Settled> => {
  const started = performance.now()
  for (let held = 0; ;) {
    const last = await totalsNow(server)
    const gone = last.processes === 0
    held = !gone && until(last) ? held + 1 : 0
    const ms = performance.now() - started
    if (gone || held >= times || ms > withinMs) return { settled: held >= times, gone, ms, last }
    await setTimeout(everyMs)
  }
}
