import { createServer, type Server } from 'node:net'

const hold = (port: number, host: string): Promise<Server | null> =>
  new Promise(resolve => {
    const server = createServer(socket => socket.destroy())
    server.once('error', () => resolve(null))
    server.listen(port, host, () => resolve(server))
  })

export interface HeldPort {
  port: number
  release(): void
}

/** Takes a free port of the loopback addresses, so that nobody else can. */
export const holdPort = async (): Promise<HeldPort> => {
  const first = await hold(0, '127.0.0.1')
  const address = first?.address()
  if (!first || typeof address !== 'object' || !address) throw new Error('no port of 127.0.0.1 could be taken')
  const second = await hold(address.port, '::1')
  return {
    port: address.port,
    release: () => {
      first.close()
      second?.close()
    },
  }
}
