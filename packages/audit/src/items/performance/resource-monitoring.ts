import { check, type Item } from '../../core/item.ts'
import { fail, judged, type Evidence, type Verdict } from '../../core/verdict.ts'
import { resourceMetrics, type Reading, type ResourceMetrics } from '../../gather/resource-metrics.ts'

const megabyte = 1024 * 1024
const mb = (bytes: number): string => `${Math.round(bytes / megabyte)} MB`
const seconds = (value: number): string => `${value.toFixed(2)} s`

/** Measured at two moments, and a page may count for one process or for several. */
const isNear = (told: number, real: number): boolean => told >= real / 3 && told <= real * 3
/** Less processor time than this is lost in rounding. */
const leastSeconds = 0.3

const fits = (told: number, real: readonly number[]): boolean =>
  [...real, real.reduce((sum, one) => sum + one, 0)].some(one => isNear(told, one))

const judge = ({ from, memory, cpu, runtime, system }: ResourceMetrics): Verdict => {
  if (from === null)
    return fail({
      at: 'metrics of the server',
      saw: 'none are served at /metrics, and none were pushed to OTEL_EXPORTER_OTLP_ENDPOINT',
      wanted: 'resident memory, processor time and the runtime’s own figures',
    })
  const shown = ({ name, value }: Reading, as: (value: number) => string): Evidence => ({
    at: from,
    saw: `${name} ${as(value)}`,
  })
  const missing = (reading: Reading | null, wanted: string): Evidence[] =>
    reading ? [] : [{ at: from, saw: 'no such metric', wanted }]
  const real = system ?? []
  const wrong = (reading: Reading | null, told: (value: number) => string, of: number[]): Evidence[] =>
    reading === null || of.length === 0 || fits(reading.value, of)
      ? []
      : [{ ...shown(reading, told), wanted: `what the system says: ${of.map(told).join(', ')}` }]
  const used = real.map(({ cpuSeconds }) => cpuSeconds)
  const measurable = used.some(value => value >= leastSeconds) ? used : []
  const broken = [
    ...missing(memory, 'resident memory, such as process_resident_memory_bytes'),
    ...missing(cpu, 'processor time, such as process_cpu_seconds_total'),
    ...missing(runtime, 'what the runtime does: event loop lag, garbage collection, threads'),
    ...wrong(
      memory,
      mb,
      real.map(({ rss }) => rss),
    ),
    ...wrong(cpu, seconds, measurable),
  ]
  const proven = [
    ...(memory ? [shown(memory, mb)] : []),
    ...(cpu ? [shown(cpu, seconds)] : []),
    ...(runtime ? [shown(runtime, String)] : []),
  ]
  return judged(broken, proven, 'no metric was read')
}

const item: Item = {
  id: 'resource-monitoring',
  area: 'performance',
  rows: [44],
  title: 'Memory, processor and event loop are measured',
  level: 'should',
  why: 'A leak or a blocked event loop shows in these figures hours before calls fail; without them the first sign is the outage.',
  how: 'Add the process metrics of the metrics library: collectDefaultMetrics() of prom-client, the default collectors of prometheus_client, or the host and runtime metrics of OpenTelemetry.',
  refs: [
    'https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics',
    'https://opentelemetry.io/docs/specs/semconv/system/process-metrics/',
    'https://github.com/siimon/prom-client#default-metrics',
  ],
  applies: { profile: 'service', transport: 'http' },
  checks: [
    check({
      asks: 'Do the metrics tell memory, processor time and the state of the runtime, and are they what the system says?',
      needs: { resourceMetrics },
      judge: ({ resourceMetrics }) => judge(resourceMetrics),
    }),
  ],
}

export default item
