import { randomInt } from 'node:crypto'
import type { Target } from '../core/target.ts'
import { isObject, patienceFor, recordCall, replyOf, withMeta } from './connection.ts'
import type { Connection, Era, Json, Received, Reply, RequestOptions } from './connection.ts'
import { crowding } from './crowding.ts'
import type { ServerProcess } from './process.ts'
import { awaited } from './waiting.ts'

const maxReceived = 2000
const maxStray = 100

/** The message layer over a process: matches answers to requests, keeps everything else that was said. */
export interface Pipe {
  process: ServerProcess
  strayLines: string[]
  received: Received[]
  request(method: string, params: Json | undefined, options?: RequestOptions): Promise<Reply>
  notify(method: string, params?: Json): Promise<void>
  /** Sends bytes as they are and waits for the answer that carries `id` (or `null`). */
  raw(text: string | Buffer, id: string | number, timeout: number): Promise<Reply>
}

const parse = (text: string): Json[] | null => {
  try {
    const value: unknown = JSON.parse(text)
    const messages: unknown[] = Array.isArray(value) ? value : [value]
    return messages.every(message => isObject(message) && message['jsonrpc'] === '2.0') ? (messages as Json[]) : null
  } catch {
    return null
  }
}

export const openPipe = (target: Target, process: ServerProcess): Pipe => {
  const strayLines: string[] = []
  const received: Received[] = []
  const open = new Map<string, (message: Json) => void>()
  // One listener for all requests: thousands would stay with the process until its end.
  const losing = new Set<() => void>()
  void process.exited.then(() => losing.forEach(lose => lose()))
  // Ids differ between connections, so that an answer to another connection's request is seen.
  let nextId = randomInt(1, 9000) * 1000

  const answerServer = (message: Json): void => {
    const { id, method } = message
    if (id === undefined || method === undefined) return
    const body =
      method === 'ping' ? { result: {} } : { error: { code: -32601, message: 'the client offers no such method' } }
    void process.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`)
  }
  const take = (message: Json): void => {
    const waiting = 'method' in message ? undefined : open.get(JSON.stringify(message['id']))
    if (waiting) return waiting(message)
    if (received.length < maxReceived) received.push({ ms: performance.now() - process.startedAt, message })
    answerServer(message)
  }
  process.onLine((text, terminated) => {
    const messages = parse(text)
    if (messages && terminated) return messages.forEach(take)
    // The end of a process, which may be a signal of ours, cuts what it was about to say.
    if (!messages && !terminated && text.startsWith('{')) return
    if (strayLines.length < maxStray)
      strayLines.push(terminated ? text.slice(0, 500) : `${text.slice(0, 500)} (no line end)`)
  })

  const waitFor = (id: string | number, timeout: number, send: () => Promise<boolean>): Promise<Reply> => {
    const started = performance.now()
    const lost = (because: 'timeout' | 'closed'): Reply => {
      const exit = process.exit
      const how = exit?.signal ? `signal ${exit.signal}` : `exit code ${exit?.code}`
      const saw = because === 'closed' && exit ? `the process ended with ${how}` : ''
      return { kind: 'lost', because, saw, ms: performance.now() - started }
    }
    return new Promise(resolve => {
      const key = JSON.stringify(id)
      const finish = (reply: Reply): void => {
        clearTimeout(timer)
        open.delete(key)
        losing.delete(lose)
        resolve(reply)
      }
      const lose = (): void => finish(lost('closed'))
      const timer = setTimeout(() => finish(lost('timeout')), timeout)
      if (process.exit) return lose()
      losing.add(lose)
      open.set(key, message => finish({ ...replyOf(message, performance.now() - started), after: received.length }))
      void send()
    })
  }
  const line = (message: Json): string => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`
  return {
    process,
    strayLines,
    received,
    request: (method, params, options = {}) => {
      const id = options.id ?? nextId++
      recordCall(target.journal, method, params)
      const send = (): Promise<boolean> => process.write(line({ id, method, ...(params ? { params } : {}) }))
      return awaited(target.journal, waitFor(id, patienceFor(options), send))
    },
    notify: async (method, params) => {
      await process.write(line({ method, ...(params ? { params } : {}) }))
    },
    raw: (text, id, timeout) =>
      awaited(
        target.journal,
        waitFor(id, timeout * crowding(), () => process.write(text)),
      ),
  }
}

/** A connection on a pipe whose handshake is done. */
export const overStdio = (
  pipe: Pipe,
  era: Era,
  facts: Pick<Connection, 'revision' | 'serverInfo' | 'capabilities' | 'instructions' | 'openedMs'>,
): Connection => ({
  transport: 'stdio',
  era,
  ...facts,
  process: pipe.process,
  strayLines: pipe.strayLines,
  received: pipe.received,
  request: (method, params, options = {}) =>
    pipe.request(method, withMeta(era, facts.revision, params, options), options),
  notify: (method, params) => pipe.notify(method, params),
  close: async () => void pipe.process.stop(),
})
