import type { Signal } from './otlp-messages.ts'
import { numberFrom, objectFrom, objectsFrom, textFrom, type Json } from './untrusted.ts'

export type Attribute = string | number | boolean | null | Attribute[] | { [name: string]: Attribute }
export type Attributes = Record<string, Attribute>

/** Whose span, point or record it is. */
export interface Origin {
  service: string | null
  /** Attributes of the resource. */
  resource: Attributes
  /** Name of the instrumentation. */
  scope: string
}

/** Times are milliseconds since 1970. Ids are lower case hexadecimal. */
export interface Span extends Origin {
  traceId: string
  spanId: string
  parentId: string | null
  name: string
  kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  attributes: Attributes
  status: 'unset' | 'ok' | 'error'
  statusMessage: string
  startedAt: number
  endedAt: number
  events: { name: string; at: number; attributes: Attributes }[]
}

export interface MetricPoint extends Origin {
  name: string
  unit: string
  kind: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary'
  attributes: Attributes
  at: number
  /** Of a gauge or sum; of the others their sum. */
  value: number | null
  /** How many were measured; null for a gauge or sum. */
  count: number | null
}

export interface LogRecord extends Origin {
  at: number
  severity: string
  /** 1 to 24 as OpenTelemetry counts, 0 when it was not told. */
  severityNumber: number
  body: Attribute
  attributes: Attributes
  traceId: string | null
  spanId: string | null
}

export interface Export {
  spans: Span[]
  points: MetricPoint[]
  logs: LogRecord[]
}

const deepest = 16

/** Nanoseconds since 1970 are text, because they are too large for a number to be exact; microseconds are not. */
const time = (value: unknown): number =>
  typeof value === 'string' && /^\d{1,20}$/.test(value)
    ? Number(BigInt(value) / 1000n) / 1000
    : (numberFrom(value) ?? 0) / 1e6

const id = (value: unknown): string | null => {
  const hex = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : textFrom(value).toLowerCase()
  return /^0*$/.test(hex) ? null : hex
}

const valueOf = (value: Json, depth = 0): Attribute => {
  if (depth > deepest) return null
  const [kind, given] = Object.entries(value).find(([, one]) => one !== null && one !== undefined) ?? []
  if (kind === 'stringValue') return textFrom(given)
  if (kind === 'boolValue') return given === true
  if (kind === 'intValue' || kind === 'doubleValue') return numberFrom(given)
  if (kind === 'arrayValue') return objectsFrom(objectFrom(given)['values']).map(one => valueOf(one, depth + 1))
  if (kind === 'kvlistValue') return attributesOf(objectFrom(given)['values'], depth + 1)
  if (kind === 'bytesValue')
    return given instanceof Uint8Array ? Buffer.from(given).toString('base64') : textFrom(given)
  return null
}

const attributesOf = (given: unknown, depth = 0): Attributes =>
  Object.fromEntries(objectsFrom(given).map(({ key, value }) => [textFrom(key), valueOf(objectFrom(value), depth)]))

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const statuses = ['unset', 'ok', 'error'] as const

/** An enumeration comes as its number, and from some senders of JSON as its name. */
const named = <T extends string>(names: readonly T[], given: unknown, usual: T): T =>
  (typeof given === 'string'
    ? names.find(name => given.toLowerCase().endsWith(`_${name}`))
    : names[numberFrom(given) ?? 0]) ?? usual

const spanOf = (span: Json, origin: Origin): Span[] => {
  const [traceId, spanId] = [id(span['traceId']), id(span['spanId'])]
  if (!traceId || !spanId) return []
  const status = objectFrom(span['status'])
  return [
    {
      ...origin,
      traceId,
      spanId,
      parentId: id(span['parentSpanId']),
      name: textFrom(span['name']),
      kind: named(kinds, span['kind'], 'unspecified'),
      attributes: attributesOf(span['attributes']),
      status: named(statuses, status['code'], 'unset'),
      statusMessage: textFrom(status['message']),
      startedAt: time(span['startTimeUnixNano']),
      endedAt: time(span['endTimeUnixNano']),
      events: objectsFrom(span['events']).map(({ name, timeUnixNano, attributes }) => ({
        name: textFrom(name),
        at: time(timeUnixNano),
        attributes: attributesOf(attributes),
      })),
    },
  ]
}

const pointKinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const

const pointsOf = (metric: Json, origin: Origin): MetricPoint[] =>
  pointKinds.flatMap(kind =>
    objectsFrom(objectFrom(metric[kind])['dataPoints']).map(point => ({
      ...origin,
      name: textFrom(metric['name']),
      unit: textFrom(metric['unit']),
      kind,
      attributes: attributesOf(point['attributes']),
      at: time(point['timeUnixNano']),
      value: numberFrom(point['asDouble']) ?? numberFrom(point['asInt']) ?? numberFrom(point['sum']),
      count: numberFrom(point['count']),
    })),
  )

const logOf = (record: Json, origin: Origin): LogRecord => ({
  ...origin,
  at: time(record['timeUnixNano']) || time(record['observedTimeUnixNano']),
  severity: textFrom(record['severityText']),
  severityNumber: numberFrom(record['severityNumber']) ?? 0,
  body: valueOf(objectFrom(record['body'])),
  attributes: attributesOf(record['attributes']),
  traceId: id(record['traceId']),
  spanId: id(record['spanId']),
})

const parts = (resources: unknown, scopes: string, members: string): { member: Json; origin: Origin }[] =>
  objectsFrom(resources).flatMap(one => {
    const resource = attributesOf(objectFrom(one['resource'])['attributes'])
    const service = typeof resource['service.name'] === 'string' ? resource['service.name'] : null
    return objectsFrom(one[scopes]).flatMap(scoped => {
      const origin = { service, resource, scope: textFrom(objectFrom(scoped['scope'])['name']) }
      return objectsFrom(scoped[members]).map(member => ({ member, origin }))
    })
  })

/** An export request as plain data. What lacks its ids, or is of another shape, is left out. */
export const readExport = (signal: Signal, given: unknown): Export => {
  const all = objectFrom(given)
  const none: Export = { spans: [], points: [], logs: [] }
  if (signal === 'traces') {
    const found = parts(all['resourceSpans'], 'scopeSpans', 'spans')
    return { ...none, spans: found.flatMap(({ member, origin }) => spanOf(member, origin)) }
  }
  if (signal === 'metrics') {
    const found = parts(all['resourceMetrics'], 'scopeMetrics', 'metrics')
    return { ...none, points: found.flatMap(({ member, origin }) => pointsOf(member, origin)) }
  }
  const found = parts(all['resourceLogs'], 'scopeLogs', 'logRecords')
  return { ...none, logs: found.map(({ member, origin }) => logOf(member, origin)) }
}
