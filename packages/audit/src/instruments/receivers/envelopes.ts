import type { Json } from './untrusted.ts'

export interface EnvelopeItem {
  /** Such as `event`, `transaction`, `session`, `log` or `attachment`. */
  type: string
  /** Null when it is not a JSON object, or larger than is kept. */
  payload: Json | null
  bytes: number
}

export interface Envelope {
  header: Json
  items: EnvelopeItem[]
}

const maxItems = 100
const maxPayload = 1024 * 1024
const newline = 0x0a

const parsed = (bytes: Buffer): Json | null => {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
  } catch {
    return null
  }
}

/**
 * Reads a Sentry envelope: a line with its header, then for each item a line with its header and its payload, which is as
 * long as its header says or else one line. Null when it is none.
 */
export const readEnvelope = (bytes: Buffer): Envelope | null => {
  let at = 0
  const line = (): Buffer => {
    const end = bytes.indexOf(newline, at)
    const found = bytes.subarray(at, end < 0 ? bytes.length : end)
    at = end < 0 ? bytes.length : end + 1
    return found
  }
  const header = parsed(line())
  if (!header) return null
  const items: EnvelopeItem[] = []
  while (at < bytes.length && items.length < maxItems) {
    const head = line()
    if (head.length === 0) continue
    const about = parsed(head)
    if (typeof about?.['type'] !== 'string') return null
    const { type, length } = about
    let payload: Buffer
    if (length === undefined) payload = line()
    else {
      if (typeof length !== 'number' || !Number.isInteger(length) || length < 0 || at + length > bytes.length)
        return null
      payload = bytes.subarray(at, at + length)
      at += length
      if (bytes[at] === newline) at++
    }
    const isKept = payload.length <= maxPayload
    items.push({ type: type.slice(0, 60), payload: isKept ? parsed(payload) : null, bytes: payload.length })
  }
  return { header, items }
}
