import { setTimeout } from 'node:timers/promises'
import { observe, serverPart, type Observed } from '../instruments/observer/observe.ts'
import type { Socket } from '../instruments/observer/figures.ts'
import { isLoopback } from './http/host-names.ts'

const namesPort = 53
const everyMs = 100

const socketsOf = async (server: Observed): Promise<Socket[]> =>
  serverPart(server, await observe(server, { sockets: true })).flatMap(({ sockets }) => sockets ?? [])

/** Datagrams are sent from sockets without a peer: of those it cannot be seen where to, but that they are new. */
const isSender = ({ protocol, remote }: Socket): boolean => protocol === 'udp' && !remote

const portsOf = (sockets: readonly Socket[]): Set<number | undefined> =>
  new Set(sockets.filter(isSender).map(({ local }) => local?.port))

/** Where a socket leads out of this machine. */
const wayOut = ({ remote }: Socket): string | null => {
  if (remote?.port === namesPort) return 'a name server'
  return remote && !isLoopback(remote) ? `${remote.host}:${remote.port}` : null
}

/** Sends a request and tells, as its sockets show it, whom the server asks meanwhile; null when nobody was seen. */
export const askedMeanwhile = async <T>(
  server: Observed,
  request: () => Promise<T>,
): Promise<{ answer: T; asked: string | null }> => {
  const before = portsOf(await socketsOf(server))
  const end = new AbortController()
  const look = async (): Promise<string | null> => {
    while (!end.signal.aborted) {
      await setTimeout(everyMs, null, { signal: end.signal }).catch(() => {})
      if (end.signal.aborted) break
      const sockets = await socketsOf(server)
      const out = sockets.map(wayOut).find(way => way !== null)
      if (out) return out
      if (sockets.some(one => isSender(one) && !before.has(one.local?.port))) return 'others by datagrams'
    }
    return null
  }
  const looking = look()
  const answer = await request().finally(() => end.abort())
  return { answer, asked: await looking }
}
