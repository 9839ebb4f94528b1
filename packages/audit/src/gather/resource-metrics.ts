import { gatherer } from '../core/item.ts'
import { observe, serverPart } from '../instruments/observer/observe.ts'
import { readExposition, type Exposition, type Sample } from '../instruments/prometheus.ts'
import { openTelemetryReceiver } from '../instruments/receivers/telemetry.ts'
import { isOnThisMachine } from '../target/canaries.ts'
import type { Connection } from '../target/connection.ts'
import { exchange } from '../target/exchange.ts'
import { atPath, endpointOf } from '../target/web.ts'
import { connectAnew } from './anew.ts'
import { metrics } from './metrics.ts'
import { opening } from './startup.ts'

export interface Reading {
  name: string
  value: number
}

export interface ResourceMetrics {
  /** The path that was read, `OTLP` for what the server pushed, null when there was neither. */
  from: string | null
  /** Resident memory in bytes, processor time in seconds, and what the runtime tells of its loop, heap or threads. */
  memory: Reading | null
  cpu: Reading | null
  runtime: Reading | null
  /** What the system says of each process at that time; null for a server elsewhere. */
  system: SystemFigures[] | null
}

interface SystemFigures {
  rss: number
  cpuSeconds: number
  /** Of it after the server was ready: the counters of a metrics library may begin when it is loaded. */
  workedSeconds: number
}

const patterns = {
  memory: /(^|_)(process_resident_memory(_bytes)?|process_memory_(usage|rss)(_bytes)?|rss(_bytes)?)$/,
  cpu: /(^|_)process_cpu_(seconds|time(_seconds)?)(_total)?$/,
  runtime:
    /(^|_)(nodejs_event_?loop_\w+|event_?loop_(lag|delay|utilization)\w*|v8js_\w+|nodejs_(heap|gc)\w+|(python|cpython)_gc_\w+|asyncio_\w+|go_(gc|goroutines?|goroutine_count)\w*|jvm_(gc|threads?|memory)\w*|dotnet_(gc|thread_pool|collection)\w*|process_runtime_\w+|process_threads?(_count)?|tokio_\w+)$/,
}

/** The sums over all labels, such as user and system time. */
const readingOf = (samples: readonly Reading[], pattern: RegExp): Reading | null => {
  const first = samples.find(({ name }) => pattern.test(name))
  if (!first) return null
  const value = samples.filter(({ name }) => name === first.name).reduce((sum, one) => sum + one.value, 0)
  return { name: first.name, value }
}

const readings = (samples: readonly Reading[]): Pick<ResourceMetrics, 'memory' | 'cpu' | 'runtime'> => ({
  memory: readingOf(samples, patterns.memory),
  cpu: readingOf(samples, patterns.cpu),
  runtime: readingOf(samples, patterns.runtime),
})

const scrape = async (url: string): Promise<readonly Sample[]> => {
  const answer = await exchange(url, { method: 'GET', timeout: 4000 })
  const none: Exposition = { samples: [], types: {}, faults: [] }
  return (answer.outcome === 'answered' && answer.status === 200 ? readExposition(answer.text) : none).samples
}

/** Processor seconds of each process of the server, by its id. */
const usedNow = async ({ process }: Connection): Promise<Map<number, { rss: number; cpuSeconds: number }>> =>
  new Map(
    (process ? serverPart(process, await observe(process)) : []).flatMap(({ pid, rss, cpuMs }) =>
      rss === null || cpuMs === null ? [] : [[pid, { rss, cpuSeconds: cpuMs / 1000 }] as const],
    ),
  )

const lists = 20
const maxRounds = 25
/** What a server has to have worked for, so that its counter can be held against the system's. */
const enoughSeconds = 0.4
const pushMs = 2500
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Lists tools until one process of the server has used enough processor time. */
const work = async (connection: Connection, seesSystem: boolean): Promise<ResourceMetrics['system']> => {
  const before = seesSystem ? await usedNow(connection) : null
  for (let round = 0; round < maxRounds; round++) {
    for (let count = 0; count < lists; count++) await connection.request('tools/list', undefined, { timeout: 4000 })
    if (!before) return null
    const now = [...(await usedNow(connection))].map(([pid, { rss, cpuSeconds }]) => ({
      rss,
      cpuSeconds,
      workedSeconds: cpuSeconds - (before.get(pid)?.cpuSeconds ?? 0),
    }))
    if (round === maxRounds - 1 || now.some(({ workedSeconds }) => workedSeconds >= enoughSeconds)) return now
  }
  return null
}

/** What the metrics tell of memory, processor and runtime of the server, beside what the system says of them. */
export const resourceMetrics = gatherer({
  id: 'resource-metrics',
  impact: 'call',
  from: 'server',
  needs: { opening, metrics },
  gather: async (target, { opening, metrics }): Promise<ResourceMetrics> => {
    const seesSystem = isOnThisMachine(target)
    const receiver = metrics.path === null && target.server?.launch ? await openTelemetryReceiver(target) : null
    const connection = await connectAnew(target, opening, receiver ? { env: receiver.env } : {})
    const system = await work(connection, seesSystem)
    if (receiver) await pause(pushMs)
    // Names of OpenTelemetry with dots, as Prometheus would show them.
    const pushed = (receiver?.points() ?? []).flatMap(({ name, value, at }) =>
      value === null ? [] : [{ name: name.replaceAll('.', '_'), value, at }],
    )
    const latest = Math.max(...pushed.map(({ at }) => at))
    const samples =
      metrics.path === null
        ? pushed.filter(({ at }) => latest - at < 1)
        : await scrape(atPath(endpointOf(connection), metrics.path))
    await connection.close()
    await receiver?.close()
    return { from: metrics.path ?? (pushed.length > 0 ? 'OTLP' : null), ...readings(samples), system }
  },
})
