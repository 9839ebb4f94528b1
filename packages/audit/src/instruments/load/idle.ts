import { connect, type Socket } from 'node:net'

export interface IdleConnections {
  /** How many were taken. */
  opened: number
  /** Why others were not; null when all were. */
  because: string | null
  /** How many the other side has not closed. */
  open(): number
  close(): void
}

const atOnce = 50
const connectMs = 5000

/** Opens this many TCP connections to a server and says nothing over them, as clients do that wait. */
export const idleConnections = async (url: URL, count: number, signal: AbortSignal): Promise<IdleConnections> => {
  const sockets = new Set<Socket>()
  const reasons: string[] = []
  const open = (): Promise<void> =>
    new Promise(resolve => {
      const socket = connect({ host: url.hostname.replaceAll(/^\[|\]$/g, ''), port: Number(url.port || 80) })
      const failed = (why: string): void => {
        reasons.push(why)
        socket.destroy()
        resolve()
      }
      socket.setTimeout(connectMs, () => failed('no connection in time'))
      socket.on('error', (error: NodeJS.ErrnoException) => failed(error.code ?? error.message))
      socket.on('close', () => sockets.delete(socket))
      socket.on('data', () => {})
      socket.once('connect', () => {
        socket.setTimeout(0)
        sockets.add(socket)
        resolve()
      })
    })
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  signal.addEventListener('abort', close, { once: true })
  for (let tried = 0; tried < count && reasons.length === 0 && !signal.aborted; tried += atOnce)
    await Promise.all(Array.from({ length: Math.min(atOnce, count - tried) }, open))
  return { opened: sockets.size, because: reasons[0] ?? null, open: () => sockets.size, close }
}
