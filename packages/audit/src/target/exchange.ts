import { request as requestHttp, type Agent, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { StringDecoder } from 'node:string_decoder'
import { createParser } from 'eventsource-parser'
import type { HttpAnswer } from './connection.ts'

const maxBodyBytes = 32 * 1024 * 1024
const keptBody = 64 * 1024
const maxEvents = 5000

export interface ExchangeOptions {
  method: string
  headers?: Record<string, string>
  body?: string | Buffer
  /** Milliseconds for the whole exchange. */
  timeout: number
  /** Told each server-sent event's data and id; returning true ends the exchange. */
  event?: (data: string, id?: string) => boolean
  signal?: AbortSignal
  /** Do not wait for the body. */
  headOnly?: boolean
  agent?: Agent
}

export type Exchanged =
  | ({ outcome: 'answered'; ms: number; complete: boolean; text: string } & HttpAnswer)
  | { outcome: 'failed'; ms: number; code: string; message: string }

const flat = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )

/**
 * One raw HTTP request without redirects, cookies or retries. Bodies are cut at 32 MB, streams at 5,000 events, and the
 * whole at `timeout`; what came until then is returned with `complete: false`.
 */
export const exchange = (url: string, options: ExchangeOptions): Promise<Exchanged> => {
  const started = performance.now()
  const ms = (): number => performance.now() - started
  const send = url.startsWith('https:') ? requestHttps : requestHttp
  return new Promise(resolve => {
    let answered = false
    const length = options.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(options.body)) }
    const outgoing = send(url, {
      method: options.method,
      headers: { ...length, ...options.headers },
      ...(options.agent ? { agent: options.agent } : {}),
    })
    const finish = (result: Exchanged): void => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', stop)
      if (answered) return
      answered = true
      resolve(result)
      if (result.outcome === 'failed' || !result.complete) outgoing.destroy()
    }
    const failed = (code: string, message: string): void => finish({ outcome: 'failed', ms: ms(), code, message })
    let cut = (): void => failed('TIMEOUT', `no answer within ${options.timeout} ms`)
    const timer = setTimeout(() => cut(), options.timeout)
    const stop = (): void => cut()
    options.signal?.addEventListener('abort', stop, { once: true })

    outgoing.on('error', (error: NodeJS.ErrnoException) => failed(error.code ?? 'ERROR', error.message))
    outgoing.on('response', response => {
      const chunks: Buffer[] = []
      let size = 0
      let events = 0
      let finished = false
      const headers = flat(response.headers)
      const done = (complete: boolean): void => {
        const text = Buffer.concat(chunks).toString('utf8')
        const around = { status: response.statusCode ?? 0, headers, body: text.slice(0, keptBody), bytes: size }
        finish({ outcome: 'answered', ms: ms(), complete, text, ...around })
      }
      cut = () => done(false)
      const decoder = new StringDecoder('utf8')
      if (options.headOnly) return done(false)
      const isStream = headers['content-type']?.startsWith('text/event-stream') === true
      const parser = createParser({
        onEvent: ({ data, id }) => {
          if (finished) return
          finished = options.event?.(data, id) === true || ++events >= maxEvents
          if (finished) done(false)
        },
      })
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > maxBodyBytes) return done(false)
        if (!isStream || size < keptBody) chunks.push(chunk)
        if (isStream) parser.feed(decoder.write(chunk))
      })
      response.on('end', () => done(true))
      response.on('error', () => done(false))
      response.on('aborted', () => done(false))
    })
    outgoing.end(options.body)
  })
}
