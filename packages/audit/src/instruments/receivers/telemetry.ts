import type { IncomingMessage } from 'node:http'
import type { Target } from '../../core/target.ts'
import { answer, readBody } from './body.ts'
import { decodeExport, type Signal } from './otlp-messages.ts'
import { readExport, type Export, type LogRecord, type MetricPoint, type Span } from './otlp-plain.ts'
import { openReceiver } from './receiver.ts'

const maxKept = 20_000

export interface TelemetryReceiver {
  url: string
  /** What an OpenTelemetry SDK needs in its environment to export here, soon and all of it. */
  env: Record<string, string>
  spans(): readonly Span[]
  points(): readonly MetricPoint[]
  logs(): readonly LogRecord[]
  /** How many export requests were understood, those without content included. */
  exports(): number
  /** What came and could not be read, in words. */
  faults(): readonly string[]
  /** How many spans, points and records were not kept. */
  dropped(): number
  close(): Promise<void>
}

/** Short intervals, since an audit does not wait for a minute. */
const environment = (url: string): Record<string, string> => ({
  OTEL_SDK_DISABLED: 'false',
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces`,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${url}/v1/metrics`,
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${url}/v1/logs`,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'otlp',
  OTEL_LOGS_EXPORTER: 'otlp',
  OTEL_TRACES_SAMPLER: 'always_on',
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_BLRP_SCHEDULE_DELAY: '200',
  // The time-out may not be longer than the interval.
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
  OTEL_METRIC_EXPORT_TIMEOUT: '1000',
})

const signals: Record<string, Signal> = { '/v1/traces': 'traces', '/v1/metrics': 'metrics', '/v1/logs': 'logs' }

const typeOf = ({ headers }: IncomingMessage): string => (headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''

/** Receives what OpenTelemetry exports over HTTP, as JSON and as protocol buffers. */
export const openTelemetryReceiver = async (target: Target): Promise<TelemetryReceiver> => {
  const kept: Export = { spans: [], points: [], logs: [] }
  let dropped = 0
  let exports = 0
  const keep = <T>(into: T[], more: T[]): void => {
    const room = maxKept - into.length
    into.push(...more.slice(0, room))
    dropped += Math.max(0, more.length - room)
  }
  const receiver = await openReceiver(target, async (request, response, fault) => {
    const signal = signals[(request.url ?? '').split('?')[0] ?? '']
    const type = typeOf(request)
    const isBinary = type === 'application/x-protobuf'
    const refuse = (status: number, why: string): void => {
      fault(`${(request.url ?? '').slice(0, 100)}: ${why}`)
      answer(response, status, 'application/json', JSON.stringify({ code: 3, message: why }))
    }
    if (!signal) return refuse(404, 'no path of OTLP')
    if (request.method !== 'POST') return refuse(405, 'only POST')
    if (!isBinary && type !== 'application/json')
      return refuse(415, `the content type ${type.slice(0, 60) || '(none)'}`)
    const body = await readBody(request)
    if ('fault' in body) return refuse(body.status, body.fault)
    try {
      const given = isBinary ? await decodeExport(signal, body.bytes) : JSON.parse(body.bytes.toString('utf8'))
      const { spans, points, logs } = readExport(signal, given)
      exports++
      keep(kept.spans, spans)
      keep(kept.points, points)
      keep(kept.logs, logs)
    } catch {
      return refuse(400, `a body that is no ${isBinary ? 'protocol buffer' : 'JSON'}`)
    }
    if (isBinary) answer(response, 200, 'application/x-protobuf', Buffer.alloc(0))
    else answer(response, 200, 'application/json', '{}')
  })
  const url = `http://127.0.0.1:${receiver.port}`
  return {
    url,
    env: environment(url),
    spans: () => kept.spans,
    points: () => kept.points,
    logs: () => kept.logs,
    exports: () => exports,
    faults: () => receiver.faults,
    dropped: () => dropped,
    close: () => receiver.close(),
  }
}
