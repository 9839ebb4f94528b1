import { clientInfo, isObject } from './connection.ts'
import { exchange } from './exchange.ts'

/** How a client of the HTTP+SSE transport of revision 2024-11-05 was met. */
export interface OldAnswer {
  /** In words: how far it came. */
  saw: string
  /** It came to a handshake and was given the list of tools. */
  served: boolean
  /** It was refused for who it is. */
  refused: boolean
}

const revision = '2024-11-05'
const post = async (to: string, headers: Record<string, string>, message: object, timeout: number): Promise<number> => {
  const answer = await exchange(to, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    timeout,
  })
  return answer.outcome === 'answered' ? answer.status : 0
}

const parsed = (data: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(data)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** 408, 409, 425 and 429 tell of the moment, not of who asks. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status)

/** Opens the stream, posts `initialize` and `tools/list` where it says to, and waits for both answers on the stream. */
export const askOverOldTransport = async (
  url: string,
  headers: Record<string, string>,
  timeout = 5000,
): Promise<OldAnswer> => {
  let to: string | null = null
  let [opened, listed] = [false, false]
  const statuses: number[] = []
  const over = new AbortController()
  const send = async (message: object): Promise<void> => {
    if (to === null) return
    const status = await post(to, headers, message, timeout)
    statuses.push(status)
    if (status >= 300 || status === 0) over.abort()
  }
  const stream = await exchange(url, {
    method: 'GET',
    headers: { accept: 'text/event-stream', ...headers },
    timeout,
    signal: over.signal,
    event: data => {
      if (to === null) {
        const named = URL.canParse(data, url) ? new URL(data, url) : null
        if (named?.origin !== new URL(url).origin) return true
        to = named.href
        const params = { protocolVersion: revision, capabilities: {}, clientInfo }
        void send({ id: 1, method: 'initialize', params })
        return false
      }
      const { id, result } = parsed(data)
      if (id === 1) {
        opened = isObject(result)
        if (!opened) return true
        void send({ method: 'notifications/initialized' }).then(() => send({ id: 2, method: 'tools/list' }))
      }
      listed ||= id === 2 && isObject(result)
      return id === 2
    },
  })
  if (stream.outcome === 'failed') return { saw: `no answer (${stream.code})`, served: false, refused: false }
  const bad = statuses.find(status => status >= 300)
  if (listed)
    return { saw: `HTTP ${stream.status}, then answers to initialize and tools/list`, served: true, refused: false }
  if (bad !== undefined)
    return { saw: `HTTP ${stream.status}, then HTTP ${bad} to a message`, served: false, refused: isRefusal(bad) }
  const saw = `HTTP ${stream.status}${to === null ? '' : opened ? ', and no list of tools' : ', and no answer to initialize'}`
  return { saw, served: false, refused: isRefusal(stream.status) }
}
