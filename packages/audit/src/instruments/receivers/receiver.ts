import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Target } from '../../core/target.ts'
import { listenOnLoopback } from '../loopback.ts'

const maxFaults = 100
const maxConnections = 500

export interface Receiver {
  port: number
  /** What came and could not be read, in words; at most 100. */
  faults: string[]
  close(): Promise<void>
}

/** A server on loopback that reads what a target reports. Ends with the scope of the target at the latest. */
export const openReceiver = async (
  target: Target,
  receive: (request: IncomingMessage, response: ServerResponse, fault: (text: string) => void) => Promise<void>,
): Promise<Receiver> => {
  const faults: string[] = []
  const fault = (text: string): void => {
    if (faults.length < maxFaults && !faults.includes(text)) faults.push(text)
  }
  const server = createServer((request, response) => {
    receive(request, response, fault).catch((error: Error) => {
      fault(`a request that broke off: ${error.message}`)
      response.destroy()
    })
  })
  server.maxConnections = maxConnections
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'HPE_PAUSED_H2_UPGRADE') fault('HTTP/2, as gRPC speaks it')
    else if (error.code !== 'ECONNRESET') fault(`bytes that are no HTTP/1.1 (${error.code ?? error.message})`)
    socket.destroy()
  })
  const port = await listenOnLoopback(server)
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= new Promise(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return closed
  }
  if (target.signal.aborted) await close()
  target.signal.addEventListener('abort', () => void close(), { once: true })
  return { port, faults, close }
}
