import type { Connection } from '../../target/connection.ts'
import type { Observed } from '../observer/observe.ts'
import { watch, type Point } from '../observer/series.ts'
import { trendOf, type Trend, type TrendOptions } from '../trend.ts'
import { closedLoop, type ClosedLoop } from './closed.ts'
import type { Call, Load } from './meter.ts'

export interface SoakOptions extends ClosedLoop {
  /** Between two samples, 50 ms unless told; longer by and by, so that there are at most 600. */
  sampleMs?: number
}

export interface Soak {
  load: Load
  /** Without descriptors. */
  points: readonly Point[]
}

/** Milliseconds for which a family is taken to be what it was: to look for its members is most of an observation. */
const familyMs = 300

const known = (server: Observed): Observed => {
  let family: ReturnType<Observed['family']> = []
  let at = -Infinity
  return {
    pid: server.pid,
    family: () => {
      if (performance.now() - at > familyMs) {
        family = server.family()
        at = performance.now()
      }
      return family
    },
  }
}

/** A long closed loop with the observer beside it. A garbage collector's tooth has to fit in several times. */
export const soak = async (
  server: Observed,
  connections: readonly Connection[],
  call: (number: number) => Call,
  { sampleMs = 50, ...loop }: SoakOptions,
): Promise<Soak> => {
  let calls = 0
  const series = watch(known(server), { everyMs: sampleMs, calls: () => calls, descriptors: false })
  const load = await closedLoop(connections, call, {
    ...loop,
    answered: reply => {
      calls++
      loop.answered?.(reply)
    },
  })
  return { load, points: await series.stop() }
}

/** The trend of one figure of a soak; null where the figure is not known on this system. */
export const trendIn = (
  points: readonly Point[],
  figure: Exclude<keyof Point, 'ms' | 'calls'>,
  options?: TrendOptions,
): Trend | null => {
  const series = points.flatMap(point => {
    const value = point[figure]
    return value === null ? [] : [{ value, ms: point.ms, calls: point.calls }]
  })
  return series.length < points.length || series.length === 0 ? null : trendOf(series, options)
}
