import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Target } from '../../core/target.ts'
import { secretsInUrl, type Secrets } from '../../target/secrets.ts'
import { isCredential } from '../../target/web.ts'

export interface SeenConnection {
  id: number
  /** `host:port` of a tunnel; null while it only carried requests in absolute form, of any host. */
  to: string | null
  /** Milliseconds since the proxy opened. */
  at: number
  closedAt: number | null
  /** Whether the client began TLS in it. */
  encrypted: boolean
  requests: number
  /** Why it carried no request, such as a certificate that was not trusted. */
  trouble: string | null
}

export interface SeenRequest {
  /** `CONNECT` for a connection that was refused, or passed on unread. */
  method: string
  scheme: 'http' | 'https'
  host: string
  port: number
  /** With the query; values of secrets are masked. */
  path: string
  /** Lower case names; values of credentials and secrets are masked. */
  headers: Record<string, string>
  /** The digest tells equal bodies, such as those of a repeated request, from others. */
  body: { bytes: number; digest: string; complete: boolean }
  /** The watched values that it carried, and where: `header authorization`, `path` or `body`. */
  carried: { name: string; where: string }[]
  /** Id of the connection to the proxy it came over. */
  connection: number
  /** Milliseconds since the proxy opened: its head, the beginning of the answer, the end of the exchange. */
  at: number
  answeredAt: number | null
  endedAt: number | null
  status: number | null
  /** `client-closed`: the client gave up before it had the whole answer. `closed`: the proxy was closed before. */
  end: 'pending' | 'answered' | 'reset' | 'refused' | 'passed' | 'client-closed' | 'closed'
}

const maxKept = 5000
const maxPath = 2000
const maxValue = 500
/** What is shorter is found everywhere by chance. */
const shortestWatched = 6

export const digestOf = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

const flat = (headers: IncomingHttpHeaders): [string, string][] =>
  Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')])

const maskedBy =
  (secrets: Secrets) =>
  (text: string): string =>
    secrets.reduce((masked, { name, value }) => masked.replaceAll(value, `<${name}>`), text)

const maskedHeader = (name: string, value: string): string => {
  if (!isCredential(name)) return value
  const scheme = /^[A-Za-z][\w-]* (?=\S)/.exec(value)?.[0] ?? ''
  return `${scheme}***`
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path.replaceAll('+', ' '))
  } catch {
    return path
  }
}

/** What a header says, and what its Basic credentials are. */
const readings = (value: string): string => {
  const [, basic] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(value) ?? []
  return basic ? `${value}\n${Buffer.from(basic, 'base64').toString('utf8')}` : value
}

/** Keeps what went over the proxy, bounded; `dropped` counts the requests and connections that did not fit. */
export const makeRecords = (target: Target) => {
  const started = performance.now()
  const requests: SeenRequest[] = []
  const connections: SeenConnection[] = []
  const watched: Secrets = []
  const kept = { dropped: 0 }
  const keep = <T>(list: T[], one: T): T => {
    if (list.length < maxKept) list.push(one)
    else kept.dropped++
    return one
  }
  const now = (): number => performance.now() - started
  let ids = 0
  return {
    requests,
    connections,
    kept,
    now,
    watch: (name: string, value: string): void => {
      if (value.length >= shortestWatched) watched.push({ name, value })
    },
    connection: (): SeenConnection =>
      keep(connections, {
        id: ++ids,
        to: null,
        at: now(),
        closedAt: null,
        encrypted: false,
        requests: 0,
        trouble: null,
      }),
    request: (
      { method, url, connection }: { method: string; url: URL; connection: number },
      headers: IncomingHttpHeaders,
    ): SeenRequest => {
      const path = url.pathname + url.search
      const list = flat(headers)
      const masked = maskedBy([...target.secrets, ...watched, ...secretsInUrl(url)].filter(({ value }) => value))
      const scheme = url.protocol === 'https:' ? 'https' : 'http'
      return keep(requests, {
        method: method.slice(0, 32),
        scheme,
        host: url.hostname.replaceAll(/^\[|\]$/g, ''),
        port: Number(url.port) || (scheme === 'https' ? 443 : 80),
        path: masked(path).slice(0, maxPath),
        headers: Object.fromEntries(
          list.map(([name, value]) => [name, masked(maskedHeader(name, value)).slice(0, maxValue)]),
        ),
        body: { bytes: 0, digest: digestOf(''), complete: false },
        carried: watched.flatMap(({ name, value }) => [
          ...(decoded(path).includes(value) || path.includes(value) ? [{ name, where: 'path' }] : []),
          ...list
            .filter(([, text]) => readings(text).includes(value))
            .map(([header]) => ({ name, where: `header ${header}` })),
        ]),
        connection,
        at: now(),
        answeredAt: null,
        endedAt: null,
        status: null,
        end: 'pending',
      })
    },
    /** Notes what the body was; `beginning` is all that is searched for watched values. */
    body: (seen: SeenRequest, body: SeenRequest['body'], beginning: string): void => {
      seen.body = body
      for (const { name, value } of watched) if (beginning.includes(value)) seen.carried.push({ name, where: 'body' })
    },
  }
}

export type Records = ReturnType<typeof makeRecords>
