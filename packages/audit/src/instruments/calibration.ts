import { availableParallelism, loadavg } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { latencies, type Latency } from './load/histogram.ts'

/** How this machine runs the audit itself, measured for a moment. */
export interface Calibration {
  /** How late a timer of 5 ms fires, in milliseconds. */
  timerLate: Latency
  /** Rounds of a small loop in a millisecond, in the best slice of 2 ms. */
  loopSpeed: number
  /** The worst slice against the best: near 1 when nothing else takes the processor. */
  steadiness: number
  processors: number
  /** Processes that wanted a processor in the last minute, for each; null where the system does not tell. */
  loadPerProcessor: number | null
}

const timerMs = 5
const sliceMs = 2

const loopFor = (ms: number): number => {
  const started = performance.now()
  let rounds = 0
  let value = 1
  while (performance.now() - started < ms) {
    for (let step = 0; step < 200; step++) value = (value * 48_271) % 2_147_483_647
    rounds++
  }
  return value > 0 ? rounds / (performance.now() - started) : 0
}

/** Takes about `ms`, 200 unless told, half of it busy. */
export const calibrate = async (ms = 200): Promise<Calibration> => {
  const late = latencies()
  const speeds: number[] = []
  loopFor(sliceMs)
  for (const until = performance.now() + ms; performance.now() < until || speeds.length < 5;) {
    const started = performance.now()
    await setTimeout(timerMs)
    late.record(performance.now() - started - timerMs)
    speeds.push(loopFor(sliceMs), loopFor(sliceMs))
  }
  const processors = availableParallelism()
  const load = loadavg()[0] ?? 0
  const loopSpeed = Math.max(...speeds)
  return {
    timerLate: late.summary(),
    loopSpeed,
    steadiness: Math.min(...speeds) / loopSpeed,
    processors,
    loadPerProcessor: process.platform === 'win32' ? null : load / processors,
  }
}

/** A limit in milliseconds can be judged when the machine's own delays are a small part of it. */
const smallPart = 0.1

/** Why a time near this limit would say more of the machine than of the server, in words; null when it would not. */
export const tooSlowFor = ({ timerLate }: Calibration, limitMs: number): string | null =>
  timerLate.p95 > limitMs * smallPart
    ? `this machine is busy: a timer fires up to ${Math.ceil(timerLate.p95)} ms late, too much to judge ${limitMs} ms`
    : null
