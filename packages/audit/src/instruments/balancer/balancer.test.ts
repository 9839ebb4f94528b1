import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { exchange } from '../../target/exchange.ts'
import { bareTarget } from '../../testing/repositories.ts'
import { listenOnLoopback } from '../loopback.ts'
import { openBalancer, type Balancer } from './balancer.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const instance = async (answer: RequestListener): Promise<URL> => {
  const server: Server = createServer(answer)
  const port = await listenOnLoopback(server)
  open.push(
    () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return new URL(`http://127.0.0.1:${port}/mcp`)
}

const before = async (...instances: URL[]): Promise<Balancer> => {
  const balancer = await openBalancer(bareTarget(), instances)
  open.unshift(() => balancer.close())
  return balancer
}

const post = (url: string, body = 'x', event?: (data: string) => boolean) =>
  exchange(url, { method: 'POST', body, timeout: 5000, ...(event ? { event } : {}) })

describe('openBalancer', () => {
  it('gives each request to the next instance, and what came back', async () => {
    const saying = (name: string): RequestListener => {
      return (request, response) => {
        let body = ''
        request.on('data', chunk => (body += String(chunk)))
        request.on('end', () =>
          response.writeHead(201, { 'x-name': name }).end(`${name} ${body} ${request.headers.host}`),
        )
      }
    }
    const [a, b] = [await instance(saying('a')), await instance(saying('b'))]
    const { origin, requests } = await before(a, b)
    const texts: string[] = []
    for (let number = 0; number < 3; number++) {
      const answer = await post(`${origin}/mcp?n=${number}`, 'question')
      expect(answer).toMatchObject({ outcome: 'answered', status: 201, complete: true })
      if (answer.outcome === 'answered') texts.push(answer.text)
    }
    expect(texts).toEqual([`a question ${a.host}`, `b question ${b.host}`, `a question ${a.host}`])
    expect(requests.map(({ instance, status }) => [instance, status])).toEqual([
      [1, 201],
      [2, 201],
      [1, 201],
    ])
    expect(requests[2]?.path).toBe('/mcp?n=2')
  })

  it('passes events on as they are written', async () => {
    const url = await instance((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: first\n\n')
      setTimeout(() => response.end('data: last\n\n'), 400)
    })
    const { origin } = await before(url)
    const started = performance.now()
    const came: [string, number][] = []
    await post(origin, '', data => {
      came.push([data, performance.now() - started])
      return false
    })
    expect(came.map(([data]) => data)).toEqual(['first', 'last'])
    expect((came[1]?.[1] ?? 0) - (came[0]?.[1] ?? 0)).toBeGreaterThan(200)
  })

  it('ends at the instance what the client gave up', async () => {
    let ended = (): void => {}
    const gone = new Promise<void>(resolve => (ended = resolve))
    const url = await instance((_, response) => void response.once('close', () => ended()))
    const { origin } = await before(url)
    expect(await exchange(origin, { method: 'GET', timeout: 100 })).toMatchObject({ outcome: 'failed' })
    await gone
  })

  it('answers 502 for an instance that is gone, and goes on', async () => {
    const a = await instance((_, response) => void response.end('here'))
    const { origin, requests } = await before(new URL('http://127.0.0.1:1'), a)
    expect(await post(origin)).toMatchObject({ status: 502 })
    expect(await post(origin)).toMatchObject({ status: 200, text: 'here' })
    expect(requests.map(({ status }) => status)).toEqual([null, 200])
  })

  it('ends with the scope of the target', async () => {
    const scope = new AbortController()
    const { origin } = await openBalancer(bareTarget({ signal: scope.signal }), [new URL('http://127.0.0.1:1')])
    scope.abort()
    expect(await post(origin)).toMatchObject({ outcome: 'failed' })
  })
})
