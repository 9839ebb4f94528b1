import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { exchange } from './exchange.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const serve = async (respond: Parameters<typeof createServer>[1]): Promise<string> => {
  const server = createServer(respond)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
}

describe('exchange', () => {
  it('ends a stream that never ends', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => response.write('data: tick\n\n'), 10)
      response.on('close', () => clearInterval(timer))
    })
    const events: string[] = []
    const answer = await exchange(url, { method: 'GET', timeout: 300, event: data => events.push(data) < 0 })
    expect(answer).toMatchObject({ outcome: 'answered', status: 200, complete: false })
    expect(events.length).toBeGreaterThan(1)
  })

  it('cuts a body that is too large', async () => {
    const url = await serve((_, response) => {
      const block = Buffer.alloc(1 << 20, 'x')
      const go = (): void => {
        while (response.write(block));
        response.once('drain', go)
      }
      go()
    })
    const answer = await exchange(url, { method: 'GET', timeout: 20_000 })
    expect(answer).toMatchObject({ outcome: 'answered', complete: false })
    expect(answer.outcome === 'answered' && answer.text.length).toBeLessThan(34 * 1024 * 1024)
  })

  it('gives up on a server that never answers', async () => {
    const url = await serve(() => {})
    expect(await exchange(url, { method: 'GET', timeout: 100 })).toMatchObject({ outcome: 'failed', code: 'TIMEOUT' })
  })

  it('puts characters together that come in two pieces', async () => {
    const bytes = Buffer.from('data: größe\n\n')
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(bytes.subarray(0, 9))
      setTimeout(() => response.end(bytes.subarray(9)), 20)
    })
    const events: string[] = []
    await exchange(url, { method: 'GET', timeout: 2000, event: data => events.push(data) < 0 })
    expect(events).toEqual(['größe'])
  })
})
