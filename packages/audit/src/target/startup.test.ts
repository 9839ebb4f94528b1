import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { bareTarget } from '../testing/repositories.ts'
import { speaking, stage } from '../testing/stage.ts'
import { stopEverything } from './process.ts'
import { startUp, withLegacy } from './startup.ts'

afterAll(stopEverything)

const start = async (script: string) => {
  const { target, end } = stage(script)
  try {
    return await withLegacy(target, await startUp(target))
  } finally {
    end()
  }
}

describe('startUp over stdio', () => {
  it('falls back to initialize', async () => {
    expect(await start(speaking(''))).toMatchObject({
      ready: true,
      eras: ['legacy'],
      revisions: { legacy: '2025-11-25' },
    })
  })

  it('starts anew when the server ends on what it does not know', async () => {
    const picky = speaking('').replace(
      "if (message.method === 'server/discover')",
      "if (message.method === 'server/discover') process.exit(1); if (false)",
    )
    expect(await start(picky)).toMatchObject({ ready: true, eras: ['legacy'] })
  })

  it('asks a server that drops what it does not know', async () => {
    const silent = speaking('').replace(
      "if (message.method === 'server/discover')",
      "if (message.method === 'server/discover') return; if (false)",
    )
    expect(await start(silent)).toMatchObject({ ready: true, eras: ['legacy'] })
  })

  it('keeps what was printed before the handshake', async () => {
    expect(await start(`console.log('Welcome!'); ${speaking('')}`)).toMatchObject({
      ready: true,
      strayLines: ['Welcome!'],
    })
  })

  it.each([
    ['an exit', `console.error('boom'); process.exit(3)`, 'exited with code 3', 'start it by hand'],
    [
      'a missing variable',
      `console.error('Error: API_KEY environment variable is required'); process.exit(1)`,
      'API_KEY',
      '--env',
    ],
    ['a missing argument', `console.error('Usage: server DIRECTORY'); process.exit(1)`, 'Usage', 'arguments'],
    ['a missing module', `await import('no-such-package')`, 'before any handshake', 'install its dependencies'],
  ])('tells %s apart', async (_, script, saw, advice) => {
    const startup = await start(script)
    expect(startup).toMatchObject({ ready: false })
    expect(startup.saw).toContain(saw)
    expect(startup.advice).toContain(advice)
  })

  it.each([
    [`console.error('Error: API_KEY environment variable is required'); process.exit(1)`, true],
    [`console.error('Usage: server DIRECTORY'); process.exit(1)`, true],
    [`JSON.parse('{token}')`, false],
    [`throw new Error('boom')`, false],
  ])('knows whether %s is for its user to complete', async (script, wantsSettings) => {
    expect(await start(script)).toMatchObject({ ready: false, wantsSettings })
  })

  it.each([
    ['echoes its input', 'process.stdin.pipe(process.stdout)', 'only echoes'],
    ['ends at once', `console.log('hello')`, 'ended at once'],
  ])('refuses a command that %s', async (_, script, message) => {
    await expect(start(script)).rejects.toThrow(message)
  })
})

describe('startUp over HTTP', () => {
  const servers: Server[] = []
  afterEach(() =>
    servers.splice(0).forEach(server => {
      server.closeAllConnections()
      server.close()
    }),
  )

  const at = async (respond: Parameters<typeof createServer>[1]): Promise<string> => {
    const server = createServer(respond)
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`
  }
  const reach = (url: string) => startUp(bareTarget({ server: { transport: 'http', url, headers: {} } }))

  it('refuses a closed port', async () => {
    await expect(reach('http://127.0.0.1:9/mcp')).rejects.toThrow('nothing listens')
  })

  it.each([
    ['a wrong path', 404, 'does not speak MCP'],
    ['a missing credential', 401, 'wants a credential'],
  ])('refuses %s', async (_, status, message) => {
    const url = await at((_, response) => response.writeHead(status).end('no'))
    await expect(reach(url)).rejects.toThrow(message)
  })

  it('refuses a web page', async () => {
    const url = await at((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
    )
    await expect(reach(url)).rejects.toThrow('does not speak MCP')
  })

  it('reports the transport that was replaced', async () => {
    const url = await at((request, response) => {
      if (request.method !== 'GET') return response.writeHead(405).end()
      return response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .write('event: endpoint\ndata: /messages?id=1\n\n')
    })
    expect(await reach(url)).toMatchObject({ ready: false, saw: expect.stringContaining('HTTP+SSE') as string })
  })

  it('names a TLS error', async () => {
    const url = await at((_, response) => response.end())
    await expect(reach(url.replace('http:', 'https:'))).rejects.toThrow('TLS connection')
  })
})
