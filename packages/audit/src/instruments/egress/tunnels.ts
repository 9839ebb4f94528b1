import type { Server } from 'node:http'
import { connect, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { Authority } from './authority.ts'
import type { SeenConnection } from './records.ts'

/** What stands behind a socket on which HTTP is spoken. */
export interface Tunnel {
  /** Null when the client speaks to the proxy itself. */
  to: { host: string; port: number; secured: boolean } | null
  connection: SeenConnection
  /** The socket of the client to the proxy. */
  raw: Socket
}

/** The host and port after CONNECT; null when they are none. */
export const destinationOf = (authority: string | undefined): { host: string; port: number } | null => {
  const [, bracketed, name, digits] =
    /^(?:\[([0-9a-fA-F:.]{2,45})\]|([\w.-]{1,253})):(\d{1,5})$/.exec(authority ?? '') ?? []
  const host = (bracketed ?? name ?? '').toLowerCase()
  const port = Number(digits)
  if (!host || port < 1 || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) return null
  return { host, port }
}

/** Connects both ends and reads nothing. */
export const passOn = (client: Socket, host: string, port: number, head: Buffer): void => {
  const server = connect({ host, port })
  const drop = (): void => {
    client.destroy()
    server.destroy()
  }
  client.once('close', drop)
  server.once('close', drop)
  server.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'))
  server.once('connect', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    server.write(head)
    client.pipe(server).pipe(client)
  })
}

const firstByteOfTls = 0x16

const troubleOf = (error: NodeJS.ErrnoException): string =>
  /unknown ca|certificate|bad_certificate/i.test(error.message)
    ? 'the client did not trust the certificate of the proxy'
    : `TLS failed: ${error.code ?? error.message}`.slice(0, 200)

/** Lets a server speak HTTP with the client of a tunnel, through TLS when the client begins it. */
export const speakInside = (
  server: Server,
  authority: Authority,
  { raw, connection }: Tunnel,
  { host, port }: { host: string; port: number },
  enter: (socket: Duplex, tunnel: Tunnel) => void,
): void => {
  const hand = (socket: Duplex, secured: boolean): void => {
    enter(socket, { raw, connection, to: { host, port, secured } })
    server.emit('connection', socket)
  }
  const secure = async (): Promise<void> => {
    connection.encrypted = true
    const secureContext = await authority.contextFor(host)
    const socket = new TLSSocket(raw, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (connection.requests === 0) connection.trouble ??= troubleOf(error)
      raw.destroy()
    })
    // Some clients judge the certificate after the handshake and leave without a word.
    raw.once('close', () => {
      if (connection.requests === 0)
        connection.trouble ??= 'the client left when it had seen the certificate of the proxy'
    })
    hand(socket, true)
  }
  raw.once('data', (first: Buffer) => {
    raw.pause()
    raw.unshift(first)
    if (first[0] !== firstByteOfTls) {
      hand(raw, false)
      raw.resume()
    } else
      secure().catch((error: Error) => {
        connection.trouble = error.message
        raw.destroy()
      })
  })
}
