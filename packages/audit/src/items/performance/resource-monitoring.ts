import { check, type Item } from '../../core/item.ts'
import { fail, judged, type Evidence, type Verdict } from '../../core/verdict.ts'
import { resourceMetrics, type Reading, type ResourceMetrics } from '../../gather/resource-metrics.ts'

const megabyte = 1024 * 1024
const mb = (bytes: number): string => `${Math.round(bytes / megabyte)} MB`
const seconds = (value: number): string => `${value.toFixed(2)} s`

/** Measured at two moments. */
const margin = 3
/** Less processor time than this is lost in rounding. */
const leastSeconds = 0.3

/** Each process, and all together: a page may count for one of them or for several. */
const andTheirSum = (values: readonly number[]): number[] =>
  values.length > 1 ? [...values, values.reduce((sum, one) => sum + one, 0)] : [...values]

const isMemory = (told: number, rss: readonly number[]): boolean =>
  andTheirSum(rss).some(real => told >= real / margin && told <= real * margin)

/** The counter may have begun with the process, or as late as when the server was ready. */
const isProcessorTime = (told: number, system: NonNullable<ResourceMetrics['system']>): boolean => {
  const whole = andTheirSum(system.map(({ cpuSeconds }) => cpuSeconds))
  const worked = andTheirSum(system.map(({ workedSeconds }) => workedSeconds))
  return worked.some((least, index) => told >= least / margin && told <= (whole[index] ?? 0) * margin)
}

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
  const worked = real.some(({ workedSeconds }) => workedSeconds >= leastSeconds)
  const wrongMemory: Evidence[] =
    memory === null ||
    real.length === 0 ||
    isMemory(
      memory.value,
      real.map(({ rss }) => rss),
    )
      ? []
      : [{ ...shown(memory, mb), wanted: `what the system says: ${real.map(({ rss }) => mb(rss)).join(', ')}` }]
  const wrongCpu: Evidence[] =
    cpu === null || !worked || isProcessorTime(cpu.value, real)
      ? []
      : [
          {
            ...shown(cpu, seconds),
            wanted: `what the system says: ${real.map(({ cpuSeconds, workedSeconds }) => `${seconds(cpuSeconds)}, ${seconds(workedSeconds)} of it at the work of this proof`).join('; ')}`,
          },
        ]
  const broken = [
    ...missing(memory, 'resident memory, such as process_resident_memory_bytes'),
    ...missing(cpu, 'processor time, such as process_cpu_seconds_total'),
    ...missing(runtime, 'what the runtime does: event loop lag, garbage collection, threads'),
    ...wrongMemory,
    ...wrongCpu,
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
