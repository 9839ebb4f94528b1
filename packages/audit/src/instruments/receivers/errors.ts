import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Target } from '../../core/target.ts'
import { answer, readBody } from './body.ts'
import { readEnvelope, type EnvelopeItem } from './envelopes.ts'
import { openReceiver } from './receiver.ts'
import { objectFrom, objectsFrom, textFrom, type Json } from './untrusted.ts'

const maxKept = 2000
const maxKeptBytes = 64 * 1024 * 1024

export interface ReportedError {
  id: string
  /** Milliseconds since 1970 at which it came. */
  at: number
  level: string
  message: string
  /** The outermost first, as they were thrown one because of the other. */
  exceptions: { type: string; value: string; frames: number }[]
  traceId: string | null
  tags: Record<string, string>
  environment: string | null
  release: string | null
  /** The whole event, untrusted. */
  event: Json
}

export interface ErrorReceiver {
  dsn: string
  /** What an SDK of Sentry needs in its environment to report here. */
  env: Record<string, string>
  errors(): readonly ReportedError[]
  /** All items of all envelopes, those of errors included. */
  items(): readonly EnvelopeItem[]
  /** What came and could not be read, in words. */
  faults(): readonly string[]
  /** How many items were not kept. */
  dropped(): number
  close(): Promise<void>
}

/** Interfaces may be a list or `{ values: [...] }`, tags a map or pairs. */
const values = (given: unknown): Json[] => objectsFrom(Array.isArray(given) ? given : objectFrom(given)['values'])
const tagsOf = (given: unknown): Record<string, string> => {
  const pairs: unknown[] = Array.isArray(given) ? given : Object.entries(objectFrom(given))
  return Object.fromEntries(
    pairs.flatMap((pair): [string, string][] =>
      Array.isArray(pair) ? [[textFrom(pair[0]), String(pair[1]).slice(0, 200)]] : [],
    ),
  )
}

const errorOf = (event: Json): ReportedError => ({
  id: textFrom(event['event_id']),
  at: Date.now(),
  level: textFrom(event['level']) || 'error',
  message:
    textFrom(event['message']) ||
    textFrom(objectFrom(event['logentry'])['formatted']) ||
    textFrom(objectFrom(event['logentry'])['message']),
  exceptions: values(event['exception'])
    .map(({ type, value, stacktrace }) => ({
      type: textFrom(type),
      value: textFrom(value),
      frames: objectsFrom(objectFrom(stacktrace)['frames']).length,
    }))
    .toReversed(),
  traceId: textFrom(objectFrom(objectFrom(event['contexts'])['trace'])['trace_id']) || null,
  tags: tagsOf(event['tags']),
  environment: textFrom(event['environment']) || null,
  release: textFrom(event['release']) || null,
  event,
})

const projectPath = /^\/api\/1\/(envelope|store)\/?(?:\?(.*))?$/

/** The public key an SDK shows: in a header, the query, or the header of the envelope. */
const keyOf = ({ headers }: IncomingMessage, query: string, header: Json): string => {
  const shown = [headers['x-sentry-auth'], headers.authorization].flat().join(',')
  const dsn = textFrom(header['dsn'])
  const [, key] = /sentry_key=([0-9a-z]{1,64})/i.exec(`${shown}&${query}`) ?? []
  return key ?? (URL.canParse(dsn) ? new URL(dsn).username : '')
}

/** Receives what the SDKs of Sentry report, in envelopes and in the older form of one event for each request. */
export const openErrorReceiver = async (target: Target): Promise<ErrorReceiver> => {
  const key = randomBytes(16).toString('hex')
  const errors: ReportedError[] = []
  const items: EnvelopeItem[] = []
  let dropped = 0
  let bytes = 0
  const keep = (item: EnvelopeItem): void => {
    bytes += item.bytes
    if (items.length >= maxKept || bytes > maxKeptBytes) return void dropped++
    items.push(item)
    if (item.type === 'event' && item.payload) errors.push(errorOf(item.payload))
  }
  const receiver = await openReceiver(target, async (request, response, fault) => {
    const refuse = (status: number, why: string): void => {
      fault(`${(request.url ?? '').slice(0, 100)}: ${why}`)
      answer(response, status, 'application/json', JSON.stringify({ detail: why }))
    }
    const [, form, query = ''] = projectPath.exec(request.url ?? '') ?? []
    if (!form) return refuse(404, 'no path of the ingest')
    if (request.method !== 'POST') return refuse(405, 'only POST')
    const body = await readBody(request)
    if ('fault' in body) return refuse(body.status, body.fault)
    const single = Buffer.from(`{}\n{"type":"event","length":${body.bytes.length}}\n`)
    const envelope = readEnvelope(form === 'store' ? Buffer.concat([single, body.bytes]) : body.bytes)
    if (!envelope) return refuse(400, 'a body that is no envelope')
    if (keyOf(request, query, envelope.header) !== key) return refuse(403, 'another key than that of the DSN')
    for (const item of envelope.items) keep(item)
    answer(response, 200, 'application/json', JSON.stringify({ id: textFrom(envelope.header['event_id']) }))
  })
  const dsn = `http://${key}@127.0.0.1:${receiver.port}/1`
  return {
    dsn,
    env: { SENTRY_DSN: dsn },
    errors: () => errors,
    items: () => items,
    faults: () => receiver.faults,
    dropped: () => dropped,
    close: () => receiver.close(),
  }
}
