import { build } from 'hdr-histogram-js'

/** Milliseconds. */
export interface Latency {
  count: number
  mean: number
  p50: number
  p90: number
  p95: number
  p99: number
  max: number
}

const longestMs = 3_600_000

/** Times in milliseconds to three digits, from a microsecond to an hour; 100 kB however many there are. */
export const latencies = () => {
  const histogram = build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestMs * 1000,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  })
  const microseconds = (ms: number): number => Math.round(Math.min(longestMs, Math.max(0, ms)) * 1000)
  const percentile = (percent: number): number => histogram.getValueAtPercentile(percent) / 1000
  return {
    record: (ms: number): void => histogram.recordValue(microseconds(ms)),
    /** Also records the requests that would have waited meanwhile, had they been sent every `expectedMs`. */
    recordAgainst: (ms: number, expectedMs: number): void =>
      histogram.recordValueWithExpectedInterval(microseconds(ms), Math.max(1, microseconds(expectedMs))),
    percentile,
    summary: (): Latency => ({
      count: histogram.totalCount,
      mean: histogram.totalCount === 0 ? 0 : histogram.mean / 1000,
      p50: percentile(50),
      p90: percentile(90),
      p95: percentile(95),
      p99: percentile(99),
      max: histogram.maxValue / 1000,
    }),
  }
}
