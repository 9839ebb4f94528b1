import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Target } from '../core/target.ts'

/** A listener that has no visitors unless somebody was led here. */
export interface Visitors {
  port: number
  /** Paths that were asked for, and how many connections came, whatever they said. */
  paths(): ReadonlySet<string>
  connections(): number
  close(): void
}

const maxPaths = 1000

const listen = (server: ReturnType<typeof createServer>, port: number, host: string): Promise<number | null> =>
  new Promise(resolve => {
    server.once('error', () => resolve(null))
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })

/** Listens on 127.0.0.1, 127.0.0.2 and ::1, as far as the machine has them, on one port. */
export const awaitVisitors = async (target: Target): Promise<Visitors> => {
  const paths = new Set<string>()
  let connections = 0
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (paths.size < maxPaths) paths.add((request.url ?? '').replace(/^https?:\/\/[^/]+/, '').split(/[?#]/, 1)[0] ?? '')
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Not public</title>')
  }
  const servers = ['127.0.0.1', '127.0.0.2', '::1'].map(host => ({ host, server: createServer(answer) }))
  for (const { server } of servers) {
    server.unref()
    server.on('connection', socket => {
      connections++
      socket.unref()
    })
  }
  const close = (): void => {
    for (const { server } of servers) {
      server.close()
      server.closeAllConnections()
    }
  }
  const [first, ...others] = servers
  const port = first ? await listen(first.server, 0, first.host) : null
  if (port === null) throw new Error('nothing can listen on 127.0.0.1')
  await Promise.all(others.map(({ host, server }) => listen(server, port, host)))
  target.signal.addEventListener('abort', close, { once: true })
  return { port, paths: () => paths, connections: () => connections, close }
}
