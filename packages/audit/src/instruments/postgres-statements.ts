/** A statement that was run: its text, and how many rows its answer had. */
export interface Statement {
  text: string
  rows: number
}

/** What clients ask a PostgreSQL server, read from the bytes that they send. */
export interface Statements {
  /** Takes what one connection sends, in order. */
  heard(connection: object, bytes: Buffer): void
  /** Takes what one connection was answered, in order. */
  answered(connection: object, bytes: Buffer): void
  /**
   * The statements that were run, in order, one that was sent for many values before any answer was waited for once; null
   * when a connection spoke anything else, or TLS.
   */
  sent(): Statement[] | null
}

const most = 20_000
const longest = 4000
const maxMessage = 1024 * 1024
/** Of the messages that begin a connection: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const opens = { startup: 3, tls: 80_877_103, gss: 80_877_104, cancel: 80_877_102 }
const header = 5

interface Heard {
  rest: Buffer
  isOpen: boolean
  /** Bytes of a message too long to be kept. */
  skip: number
  prepared: Map<string, string>
  /** What was run since an answer was waited for. */
  batch: Set<string>
  /** What is being answered. */
  current: Statement
}

/** Where the reading of the answers stands. */
interface Answered {
  /** Bytes of the current message that are still to come. */
  left: number
  /** The beginning of one whose header is not all there. */
  head: Buffer
}

const textAt = (body: Buffer, from = 0): { text: string; next: number } => {
  const end = body.indexOf(0, from)
  const to = end === -1 ? body.length : end
  return { text: body.toString('utf8', from, to), next: to + 1 }
}

const newlyHeard = (): Heard => ({
  rest: Buffer.alloc(0),
  isOpen: false,
  skip: 0,
  prepared: new Map(),
  batch: new Set(),
  current: { text: '', rows: 0 },
})

/** The statement that a message runs, if it does. */
const runBy = (type: string, body: Buffer, { prepared }: Heard): string | undefined => {
  const first = textAt(body)
  if (type === 'Q') return first.text
  const second = textAt(body, first.next)
  if (type === 'P') {
    if (prepared.size < most) prepared.set(first.text, second.text.slice(0, longest))
    return undefined
  }
  return type === 'B' ? (prepared.get(second.text) ?? '') : undefined
}

export const listenToPostgres = (): Statements => {
  const connections = new WeakMap<object, Heard>()
  const answers = new WeakMap<object, Answered>()
  const found: Statement[] = []
  let isKnown = true

  const keep = (one: Heard, text: string): void => {
    one.current = { text: text.slice(0, longest), rows: 0 }
    if (found.length < most) found.push(one.current)
  }

  /** Takes one message off the front; false when it is not all there. */
  const take = (one: Heard): boolean => {
    const { rest } = one
    if (!one.isOpen) {
      if (rest.length < 8) return false
      const [size, code] = [rest.readUInt32BE(0), rest.readUInt32BE(4)]
      const isBegun = code >>> 16 === opens.startup
      isKnown &&= size >= 8 && size <= maxMessage && (isBegun || Object.values(opens).includes(code))
      if (!isKnown || rest.length < size) return false
      one.isOpen = isBegun
      one.rest = rest.subarray(size)
      return true
    }
    if (rest.length < header) return false
    const [type, size] = [String.fromCharCode(rest[0] ?? 0), rest.readUInt32BE(1) + 1]
    isKnown &&= /[A-Za-z]/.test(type) && size >= header
    if (!isKnown) return false
    if (size > maxMessage) {
      one.skip = size - rest.length
      one.rest = rest.subarray(size)
      if ('QB'.includes(type)) keep(one, '')
      return one.skip <= 0
    }
    if (rest.length < size) return false
    const text = runBy(type, rest.subarray(header, size), one)
    if (type === 'S') one.batch.clear()
    if (text !== undefined && !(type === 'B' && one.batch.has(text))) keep(one, text)
    if (text !== undefined && type === 'B' && one.batch.size < most) one.batch.add(text)
    one.rest = rest.subarray(size)
    return true
  }

  return {
    heard: (connection, bytes) => {
      const one = connections.get(connection) ?? newlyHeard()
      connections.set(connection, one)
      const skipped = Math.min(Math.max(one.skip, 0), bytes.length)
      one.skip -= skipped
      one.rest = Buffer.concat([one.rest, bytes.subarray(skipped)])
      while (take(one));
      if (!isKnown) one.rest = Buffer.alloc(0)
    },
    answered: (connection, bytes) => {
      // Whether TLS is spoken is answered with one byte, before the connection begins.
      const asker = connections.get(connection)
      if (!isKnown || asker?.isOpen !== true) return
      const one = answers.get(connection) ?? { left: 0, head: Buffer.alloc(0) }
      answers.set(connection, one)
      let rest = Buffer.concat([one.head, bytes.subarray(Math.min(one.left, bytes.length))])
      one.left -= Math.min(one.left, bytes.length)
      while (rest.length >= header) {
        const size = rest.readUInt32BE(1) + 1
        if (rest[0] === 'D'.charCodeAt(0)) asker.current.rows++
        one.left = Math.max(0, size - rest.length)
        rest = rest.subarray(size)
      }
      one.head = rest
    },
    sent: () => (isKnown ? found.map(one => ({ ...one })) : null),
  }
}
