// A small MCP server that turns hostile in the middle; its first argument says how, the second on which port it serves HTTP.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

const [how = 'good', port] = process.argv.slice(2)

const text = { type: 'string', maxLength: 1000, description: 'The text, such as "good day"' }
const tool = (name, description) => ({
  name,
  description,
  inputSchema: { type: 'object', properties: { text }, required: ['text'], additionalProperties: false },
  annotations: { readOnlyHint: true },
})
const first = [tool('echo', 'Gives a text back as it is.'), tool('count', 'Counts the letters of a text.')]

let calls = 0
let listings = 0

/** What a well-behaved server answers. */
const answerTo = ({ method, params = {} }) => {
  if (method === 'initialize')
    return {
      result: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: { listChanged: true }, logging: {} },
        serverInfo: { name: 'hostile', version: '1.0.0' },
      },
    }
  if (method === 'ping' || method === 'logging/setLevel') return { result: {} }
  if (method === 'tools/list') {
    const another = tool(`reverse_${process.pid}_${listings++}`, 'Turns a text round.')
    return { result: { tools: how === 'changes-tools' ? [...first.slice(0, 1), another] : first } }
  }
  if (method !== 'tools/call') return { error: { code: -32601, message: 'Method not found' } }
  calls++
  if (!first.some(({ name }) => name === params.name))
    return { error: { code: -32602, message: `Unknown tool: ${params.name}` } }
  const given = params.arguments ?? {}
  const wrong = Object.keys(given).find(name => name !== 'text') ?? (typeof given.text === 'string' ? null : 'text')
  if (wrong !== null || given.text.length > 1000) {
    const says = wrong === 'text' ? 'text: expected a text' : `${wrong ?? 'text'}: not expected`
    return { result: { isError: true, content: [{ type: 'text', text: says }] } }
  }
  const said = params.name === 'echo' ? given.text : String(given.text.length)
  return { result: { content: [{ type: 'text', text: said }] } }
}

const line = message => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`
const note = { method: 'notifications/message', params: { level: 'info', data: 'x'.repeat(200) } }

const overStdio = () => {
  const write = chunk => process.stdout.write(chunk)
  let silent = false
  createInterface({ input: process.stdin }).on('line', read => {
    let message
    try {
      message = JSON.parse(read)
    } catch {
      return write(line({ id: null, error: { code: -32700, message: 'Parse error' } }))
    }
    if (message.id === undefined || message.method === undefined || silent) return undefined
    const answer = { id: message.id, ...answerTo(message) }
    const isCall = message.method === 'tools/call'
    if (how === 'dies' && calls > 2) process.exit(3)
    if (how === 'wrong-id' && isCall && calls % 3 === 0) answer.id = message.id + 1
    if (how === 'half-line' && isCall && calls > 2) {
      silent = true
      return write(line(answer).slice(0, 20))
    }
    return write(how === 'twice' ? line(answer).repeat(2) : line(answer))
  })
  if (how === 'floods') setInterval(() => write(line(note).repeat(200)), 5)
  if (how === 'stderr') {
    const megabyte = Buffer.alloc(1_000_000, 'x')
    let left = 100
    const more = () => left-- > 0 && process.stderr.write(megabyte, more)
    more()
  }
}

/** Starts the server anew whenever it ends, as a process manager does. */
const respawning = () => {
  let ended = false
  const start = () => {
    const child = spawn(process.execPath, [process.argv[1], 'dies'], { stdio: 'inherit' })
    child.on('exit', () => !ended && start())
    process.once('SIGTERM', () => {
      ended = true
      child.kill()
      process.exit(0)
    })
  }
  start()
}

const overHttp = () =>
  createServer((request, response) => {
    if (request.method !== 'POST') return response.writeHead(405).end()
    let body = ''
    request.on('data', chunk => (body += chunk))
    request.on('end', () => {
      let message
      try {
        message = JSON.parse(body)
      } catch {
        return response.writeHead(400).end()
      }
      if (message.id === undefined) return response.writeHead(202).end()
      const answer = JSON.stringify({ jsonrpc: '2.0', id: message.id, ...answerTo(message) })
      const isCall = message.method === 'tools/call' && calls > 10
      if (isCall && how === 'headers-only')
        return response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
      if (isCall && how === 'redirects') return response.writeHead(307, { location: request.url }).end()
      if (isCall && how === 'garbage') {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        return response.end(
          `data: {"jsonrpc"\n\nevent: \u0000\nid\n:::\ndata\n\nretry: -1\n\n${'\u00ff'.repeat(5000)}\n\n`,
        )
      }
      if (isCall && how === 'endless') {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const timer = setInterval(
          () => response.write(`: still here\n\ndata: {"jsonrpc":"2.0","method":"notifications/x"}\n\n`),
          20,
        )
        return response.on('close', () => clearInterval(timer))
      }
      return response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
    })
    return response
  }).listen(Number(port), '127.0.0.1')

if (port !== undefined) overHttp()
else if (how === 'respawns') respawning()
else overStdio()
