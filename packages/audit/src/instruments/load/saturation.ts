import type { Connection } from '../../target/connection.ts'
import { closedLoop } from './closed.ts'
import type { Call, Limits, Load } from './meter.ts'

export interface Step {
  workers: number
  load: Load
}

export interface Saturation {
  steps: Step[]
  /** The fewest workers that reach 90 % of the best throughput, where more did not help; null when it was not reached. */
  knee: Step | null
  /** What the knee rests on, or why there is none. */
  because: string
}

const enough = 0.9
const tooManyFailures = 0.1
const ownLimit = 0.9

const failedShare = ({ load }: Step): number => (load.sent === 0 ? 1 : 1 - load.served / load.sent)

export const kneeOf = (steps: readonly Step[]): Pick<Saturation, 'knee' | 'because'> => {
  const sound = steps.filter(step => failedShare(step) <= tooManyFailures)
  const best = Math.max(0, ...sound.map(({ load }) => load.perSecond))
  const knee = sound.find(({ load }) => load.perSecond >= best * enough)
  const last = steps.at(-1)
  if (!knee || !last) return { knee: null, because: 'no step was served' }
  if (knee.load.own.utilisation > ownLimit) return { knee: null, because: 'the load generator itself was at its limit' }
  if (last !== knee && failedShare(last) > tooManyFailures)
    return { knee, because: `more than a tenth fails with ${last.workers} at a time` }
  if (last === knee) return { knee: null, because: `throughput still rose with ${last.workers} at a time` }
  return { knee, because: `up to ${last.workers} at a time brought at most a tenth more` }
}

export interface SaturationOptions extends Pick<Limits, 'timeoutMs' | 'signal' | 'warmUp' | 'bytes'> {
  /** Ascending; doubling from 1 to 64 unless told. */
  workers?: readonly number[]
  /** Milliseconds for each step. */
  stepMs: number
  /** Milliseconds for all of them. */
  deadlineMs: number
}

/** Throughput and latencies by the number of requests at a time, until a tenth fails or the time is up. */
export const saturate = async (
  connections: readonly Connection[],
  call: (number: number) => Call,
  { workers = [1, 2, 4, 8, 16, 32, 64], stepMs, deadlineMs, ...limits }: SaturationOptions,
): Promise<Saturation> => {
  const until = performance.now() + deadlineMs
  const steps: Step[] = []
  for (const count of workers) {
    const left = until - performance.now()
    if (left < stepMs || limits.signal?.aborted === true) break
    const load = await closedLoop(connections, call, { ...limits, workers: count, deadlineMs: stepMs })
    const step = { workers: count, load }
    steps.push(step)
    if (failedShare(step) > tooManyFailures || load.ended === 'lost' || load.ended === 'bytes') break
  }
  return { steps, ...kneeOf(steps) }
}
