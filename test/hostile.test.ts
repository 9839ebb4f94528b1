import { createServer } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { audit, terminal, type Report } from '../packages/audit/src/api.ts'
import { stopEverything } from '../packages/audit/src/target/process.ts'
import { speaking } from '../packages/audit/src/testing/stage.ts'

afterAll(stopEverything)

const auditScript = async (script: string): Promise<Report> => {
  const command = [process.execPath, '--input-type=module', '-e', script]
  const [report] = await audit({ target: { command }, impact: 'call' })
  if (!report) throw new Error('no report')
  return report
}

const tool = (name: string, more = ''): string =>
  `{ name: ${JSON.stringify(name)}, description: 'Reads one thing and returns it.', annotations: { readOnlyHint: true }, inputSchema: { type: 'object', properties: { text: { type: 'string' } } } ${more} }`

const parsed = (body: string): { id?: unknown; method?: string } => {
  try {
    return JSON.parse(body) as { id?: unknown; method?: string }
  } catch {
    return {}
  }
}

const listing = (...tools: string[]): string =>
  `if (message.method === 'tools/list') return send({ id: message.id, result: { tools: [${tools.join(', ')}] } });`

const answering = `send({ id: message.id, result: { content: [{ type: 'text', text: 'ok' }] } })`

const faults = ({ run, items }: Report): string[] => [
  ...run.notes.filter(note => note.includes('a fault of the audit itself')),
  ...items
    .flatMap(({ verdicts }) => verdicts.map(({ because = '' }) => because))
    .filter(text => text.includes('a fault of')),
]

describe('a hostile server', () => {
  it('cannot write to the terminal with its names', { timeout: 120_000 }, async () => {
    const evil = 'get_\u001b]0;owned\u0007\u001b[2J\u202etxt'
    const report = await auditScript(speaking(`${listing(tool(evil))} ${answering}`))
    const page = terminal(report, { width: 80, colour: false, verbose: true })
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/)
    expect(faults(report)).toEqual([])
  })

  it('cannot fill the memory or hold the audit with a flood', { timeout: 120_000 }, async () => {
    const flood = `setInterval(() => process.stderr.write('x'.repeat(100_000) + '\\n'), 1)`
    const report = await auditScript(speaking(`${listing(tool('get_text'))} ${answering}`, flood))
    expect(report.run.seconds).toBeLessThan(100)
    expect(faults(report)).toEqual([])
  })

  it('cannot leave children behind', { timeout: 120_000 }, async () => {
    const forking = `import { spawn } from 'node:child_process'
for (let i = 0; i < 3; i++) spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }).unref()`
    const report = await auditScript(speaking(`${listing(tool('get_text'))} ${answering}`, forking))
    expect(report.items.find(({ id }) => id === 'process-cleanup')).toMatchObject({ status: 'fail' })
    expect(report.run.leftovers).toEqual([])
    expect(faults(report)).toEqual([])
  })

  it('cannot hold the audit with answers that are none', { timeout: 120_000 }, async () => {
    const odd = `send({ id: message.id, result: { content: 'none', structuredContent: [1], _meta: null } }); send({ id: message.id, result: null }); process.stdout.write('{"jsonrpc":"2.0","id":\\n[]\\n"x"\\n')`
    const lists = listing(
      `null`,
      `7`,
      `{}`,
      tool('get_text', ', outputSchema: { type: "strnig" }'),
      `{ name: 5, inputSchema: "x" }`,
    )
    const report = await auditScript(speaking(`${lists} ${odd}`))
    expect(report.items.find(({ id }) => id === 'clean-stdout')).toMatchObject({ status: 'fail' })
    expect(faults(report)).toEqual([])
  })

  it('cannot hold the audit with a stream that never ends', { timeout: 240_000 }, async () => {
    const server = createServer((request, response) => {
      if (request.method !== 'POST') return response.writeHead(405).end()
      let body = ''
      request.on('data', chunk => (body += String(chunk)))
      request.on('end', () => {
        const message = parsed(body)
        if (message.method !== 'initialize' && message.method !== 'tools/list') {
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          const timer = setInterval(() => response.write(': still here\n\n'), 50)
          response.on('close', () => clearInterval(timer))
          return
        }
        const opened = {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'x', version: '1' },
        }
        const result = message.method === 'initialize' ? opened : { tools: [] }
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }))
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`
    const [report] = await audit({
      target: { url },
      impact: 'call',
      only: ['startup-script', 'message-size', 'rate-limiting', 'health-checks'],
    })
    server.closeAllConnections()
    server.close()
    expect(report && faults(report)).toEqual([])
    expect(report?.server?.name).toBe('x')
  })
})
