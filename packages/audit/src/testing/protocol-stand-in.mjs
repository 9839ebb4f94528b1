// A server for tests that keeps the protocol in both eras over both transports; its arguments are the faults it has.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

const words = process.argv.slice(2)
const has = fault => words.includes(fault)
const port = Number(words[words.indexOf('--port') + 1])
const key = name => `io.modelcontextprotocol/${name}`
const fail = (code, message, status = 400, data) => ({ error: { code, message, ...(data ? { data } : {}) }, status })

const inputSchema = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }
const outputSchema = { type: 'object', properties: { length: { type: 'integer' } }, required: ['length'] }
const tools = [
  { name: 'echo', description: 'Gives a text back.', inputSchema, outputSchema, annotations: { readOnlyHint: true } },
]
const hasHandles = has('handles') || has('handle-is-enough')
if (has('inputs') || has('asks-anyway') || has('formless') || hasHandles)
  tools.push({
    name: 'confirm',
    description: 'Asks first.',
    inputSchema: { type: 'object' },
    annotations: { readOnlyHint: true },
  })
if (has('schema')) inputSchema.type = 'objekt'
if (has('rootless')) delete inputSchema.type
const capabilities = { tools: { listChanged: true }, resources: {} }
const serverInfo = { name: 'protocol-stand-in', version: '1.0.0' }

const needed = { elicitation: { form: {} } }
const confirm = (able, state) => {
  if (hasHandles)
    return state
      ? { result: { content: [{ type: 'text', text: 'done' }] } }
      : { result: { resultType: 'input_required', requestState: 'state-1' } }
  if (!able && !has('asks-anyway')) return fail(-32021, 'elicitation is needed', 400, { requiredCapabilities: needed })
  const request = { method: 'elicitation/create', params: { message: 'Sure?', requestedSchema: { type: 'object' } } }
  return { result: { resultType: 'input_required', ...(has('formless') ? {} : { inputRequests: { sure: request } }) } }
}

const call = async ({ name, arguments: given, _meta, requestState }, send) => {
  if (name === 'confirm' && tools.length > 1)
    return confirm(_meta?.[key('clientCapabilities')]?.elicitation, requestState)
  if (name !== 'echo') return has('unknown-tool') ? { result: { content: [] } } : fail(-32602, `no tool ${name}`, 200)
  if (typeof given?.text !== 'string') return { result: { content: [], isError: true } }
  const token = _meta?.progressToken
  const tell = progress => send({ method: 'notifications/progress', params: { progressToken: token, progress } })
  if (token !== undefined) {
    tell(1)
    tell(has('progress-back') ? 1 : 2)
    if (has('progress-token'))
      send({ method: 'notifications/progress', params: { progressToken: 'mine', progress: 1 } })
  }
  if (has('logs')) send({ method: 'notifications/message', params: { level: 'info', data: 'called' } })
  if (has('asks')) send({ id: 'mine', method: 'roots/list' })
  await setTimeout(has('resumes') ? 80 : 5)
  const structuredContent = { length: has('structured') ? '5' : given.text.length }
  const content = [has('blob') ? { type: 'blob', blob: '' } : { type: 'text', text: given.text }]
  return { result: { content, structuredContent } }
}

const read = ({ uri }, modern) => {
  if (uri === 'stand-in://a') return { result: { contents: [{ uri, text: 'a' }] } }
  if (has('empty-resource')) return { result: { contents: [] } }
  return fail(modern && !has('old-code') ? -32602 : -32002, `no resource ${uri}`, 200)
}

const lists = {
  'tools/list': () => ({
    tools: has('varies') ? [...tools, { ...tools[0], name: `echo_${process.pid}` }] : tools,
  }),
  'resources/list': () => ({ resources: [{ uri: 'stand-in://a', name: 'a' }] }),
  'resources/templates/list': () => ({ resourceTemplates: [] }),
}

const common = async (method, params, modern, send) => {
  if (has('no-list') && method === 'tools/list') return fail(-32601, 'not here', modern ? 404 : 200)
  if (lists[method])
    return params.cursor === undefined ? { result: lists[method]() } : fail(-32602, 'no such cursor', 200)
  if (method === 'tools/call') return call(params, send)
  if (method === 'resources/read') return read(params, modern)
  return fail(has('unknown-method') ? -32603 : -32601, `no method ${method}`, modern ? 404 : 200)
}

let known = false
const cacheable = /^(server\/discover|.*\/list|resources\/read)$/
const modern = async (id, method, params, send) => {
  const meta = params._meta
  if (meta[key('protocolVersion')] !== '2026-07-28' && !(has('later-version') && known))
    return fail(-32022, 'no such version', 400, { supported: ['2026-07-28', '2025-11-25'] })
  if (!meta[key('clientCapabilities')] && !has('incomplete')) return fail(-32602, 'no clientCapabilities')
  if (!meta[key('clientInfo')] && has('needs-client-info')) return fail(-32602, 'no clientInfo')
  if (method === 'server/discover') known = true
  if (!known && has('needs-discover')) return fail(-32600, 'server/discover comes first')
  if (method === 'subscriptions/listen') {
    const tag = has('untagged') ? {} : { [key('subscriptionId')]: id }
    send({ method: 'notifications/subscriptions/acknowledged', params: { _meta: tag, notifications: {} } })
    return null
  }
  const answer =
    method === 'server/discover'
      ? {
          result: {
            supportedVersions: ['2026-07-28', '2025-11-25'],
            ...(has('no-capabilities') ? {} : { capabilities }),
          },
        }
      : await common(method, params, true, send)
  if (answer.error) return answer
  const hints = cacheable.test(method) && !has('uncached') ? { ttlMs: 0, cacheScope: 'private' } : {}
  const type = has('untyped') ? {} : { resultType: 'complete' }
  return { result: { ...type, ...answer.result, ...hints, _meta: { [key('serverInfo')]: serverInfo } } }
}

const legacy = (method, params, send) => {
  if (method === 'initialize') {
    const protocolVersion = has('echoes-revision') ? params.protocolVersion : '2025-11-25'
    return { result: { protocolVersion, capabilities, serverInfo } }
  }
  if (method === 'ping') return has('no-ping') ? fail(-32601, 'no ping', 200) : { result: {} }
  return common(method, params, false, send)
}

/** The answer to a message, null for none; an envelope of the modern era tells the eras apart. */
const handle = async (message, isModern, send) => {
  const { id, method, params = {} } = message
  if (typeof method !== 'string') return null
  if (id === undefined) return has('answers-notifications') ? { id: null, result: {} } : null
  if (id === null && !has('null-id')) return { id, ...fail(-32600, 'an id is a string or an integer') }
  const answer = await (isModern ? modern(id, method, params, send) : legacy(method, params, send))
  return answer && { id: has('text-ids') && id === 0 ? String(id) : id, ...answer }
}

const lineOf = message => JSON.stringify({ jsonrpc: '2.0', ...message, status: undefined })
const envelope = ({ params }) => params?._meta?.[key('clientCapabilities')] ?? params?._meta?.[key('protocolVersion')]

const overStdio = () => {
  const cancelled = new Set()
  const send = message => process.stdout.write(`${lineOf(message)}\n`)
  if (has('unprompted')) send({ method: 'notifications/message', params: { level: 'info', data: 'started' } })
  const hear = async line => {
    let message
    try {
      message = JSON.parse(line)
    } catch {
      return
    }
    if (message.method === 'notifications/cancelled') {
      if (has('dies-when-cancelled') && message.params.requestId === 'airworthy-cancelled') process.exit(3)
      cancelled.add(message.params.requestId)
    }
    const answer = await handle(message, envelope(message) !== undefined, send)
    if (answer && !cancelled.has(message.id)) send(answer)
    if (answer && has('late-progress') && message.params?._meta?.progressToken)
      send({
        method: 'notifications/progress',
        params: { progressToken: message.params._meta.progressToken, progress: 9 },
      })
  }
  createInterface({ input: process.stdin }).on('line', line => void hear(line))
}

const sessions = new Set()
const decoded = text => (text?.startsWith('=?base64?') ? Buffer.from(text.slice(9, -2), 'base64').toString() : text)

/** What is wrong with the headers of a modern request. */
const headerFault = ({ method, params }, headers) => {
  if (has('headers')) return null
  if (headers['mcp-protocol-version'] !== params._meta[key('protocolVersion')]) return 'MCP-Protocol-Version'
  if (headers['mcp-method'] !== method) return 'Mcp-Method'
  const name = params.name ?? params.uri
  const sent = has('raw-name') ? headers['mcp-name'] : decoded(headers['mcp-name'])
  return name !== undefined && sent !== name ? 'Mcp-Name' : null
}

const sessionFault = (message, headers) => {
  if (message.method === 'initialize') return null
  if (!headers['mcp-session-id']) return [400, 'no session']
  if (!sessions.has(headers['mcp-session-id'])) return [has('ended-session') ? 400 : 404, 'no such session']
  return headers['mcp-protocol-version'] === '2025-11-25' || has('any-version') ? null : [400, 'no such version']
}

const streams = has('resumes') ? new Map() : null
let events = 0

/** A legacy call whose stream begins with an event, and can be taken up again. */
const callOnStream = async (message, reply) => {
  const name = `stream-${streams.size}`
  const stored = []
  streams.set(name, stored)
  const store = data => {
    const id = `${has('event-ids') ? '' : `${name}_`}${has('event-ids') ? stored.length : ++events}`
    stored.push({ id, data })
    return `id: ${id}\ndata: ${data}\n\n`
  }
  const gone = reply.open(store(''))
  await setTimeout(has('cancels') ? 400 : 20)
  if (has('cancels') && gone()) return
  const answer = await handle(message, false, () => {})
  reply.write(store(lineOf(answer)))
}

const resume = (last, reply) => {
  const own = [...streams.values()].find(stored => stored.some(({ id }) => id === last)) ?? []
  reply.open('')
  const from = has('replays-all') ? [...streams.values()].flat() : own
  void setTimeout(300).then(() => {
    const rest = has('replays-all')
      ? [...streams.values()].flat()
      : own.slice(from.findIndex(({ id }) => id === last) + 1)
    reply.write(rest.map(({ id, data }) => `id: ${id}\ndata: ${data}\n\n`).join(''))
  })
}

const answerPost = async (request, text, reply) => {
  let message
  try {
    message = JSON.parse(text)
  } catch {
    return reply(400, { id: null, ...fail(-32700, 'no JSON') })
  }
  if (Array.isArray(message) && !has('batches')) return reply(400, { id: null, ...fail(-32600, 'no batches') })
  const { headers } = request
  const first = Array.isArray(message) ? message[0] : message
  const isModern = envelope(first) !== undefined || headers['mcp-protocol-version'] === '2026-07-28'
  if (isModern && first.params?._meta?.[key('protocolVersion')] === undefined)
    return reply(400, { id: first.id, ...fail(-32602, 'no protocolVersion') })
  const fault = isModern && headerFault(first, headers)
  if (fault) return reply(400, { id: first.id, ...fail(-32020, `${fault} does not match`) })
  const refused = !isModern && sessionFault(first, headers)
  if (refused) return reply(refused[0], { id: first.id ?? null, ...fail(-32000, refused[1]) })
  if (!isModern && first.method === 'tools/call' && streams) return callOnStream(first, reply)
  if (!isModern && first.method === 'initialize') {
    if (has('one-client') && sessions.size > 0) return reply(500, { id: first.id, ...fail(-32603, 'already in use') })
    const id = has('session-characters')
      ? `a b ${randomUUID()}`
      : has('session-counter')
        ? `s-${1000 + sessions.size}`
        : randomUUID()
    sessions.add(id)
    reply.headers['mcp-session-id'] = id
  }
  const pushed = []
  const answer = await handle(first, isModern, note => pushed.push(note))
  if (pushed.length > 0) return reply.stream([...pushed, ...(answer ? [answer] : [])])
  if (!answer) return reply(has('notification-200') ? 200 : 202, null)
  return reply(answer.result ? 200 : isModern ? answer.status : 200, answer)
}

/** An authorization server of its own, at the same origin. */
const metadataAt = (path, host) => {
  const issuer = `http://${host}/as`
  if (path === '/.well-known/oauth-protected-resource')
    return { authorization_servers: [has('plain-issuer') ? 'http://as.example' : issuer, 'https://as.example'] }
  if (path !== '/.well-known/oauth-authorization-server/as') return null
  return {
    issuer: has('other-issuer') ? 'https://as.example' : issuer,
    token_endpoint: `${issuer}/token`,
    code_challenge_methods_supported: [has('no-s256') ? 'plain' : 'S256'],
  }
}

const overHttp = () =>
  createServer((request, response) => {
    const reply = (status, message) => {
      const type = has('text-type') ? 'text/plain' : 'application/json'
      response.writeHead(status, message ? { 'content-type': type, ...reply.headers } : reply.headers)
      response.end(message ? lineOf(message) : undefined)
    }
    reply.headers = {}
    reply.stream = messages => {
      response.writeHead(200, { 'content-type': 'text/event-stream', ...reply.headers })
      response.end(messages.map(message => `event: message\ndata: ${lineOf(message)}\n\n`).join(''))
    }
    reply.open = text => {
      let gone = false
      response.on('close', () => (gone = true))
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(text)
      return () => gone
    }
    reply.write = text => response.end(text)
    if (streams && request.method === 'GET' && request.headers['last-event-id'])
      return resume(request.headers['last-event-id'], reply)
    const metadata =
      request.method === 'GET' && has('authorizes') ? metadataAt(request.url, request.headers.host) : null
    if (metadata) return reply(200, metadata)
    const isLocked = has('locked') || has('session-is-enough')
    const isKnown = has('session-is-enough') && sessions.has(request.headers['mcp-session-id'])
    const bearer = request.headers.authorization
    const isLesser = (has('scoped') || has('scoped-silent')) && bearer === 'Bearer less'
    const mayKnow = has('handle-is-enough') && request.method === 'POST'
    if (isLocked && bearer !== 'Bearer right' && !isKnown && !isLesser && !mayKnow) return reply(401, null)
    if (request.method === 'DELETE') return reply(sessions.delete(request.headers['mcp-session-id']) ? 200 : 404, null)
    if (request.method !== 'POST') return reply(has('no-get') ? 404 : 405, null)
    const chunks = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      if (isLesser && body.includes('"tools/call"')) {
        const challenge = `Bearer error="insufficient_scope", scope="call", resource_metadata="http://${request.headers.host}/m"`
        if (has('scoped')) reply.headers['www-authenticate'] = challenge
        return reply(403, null)
      }
      if (isLocked && mayKnow && !isLesser && bearer !== 'Bearer right' && !body.includes('"requestState"'))
        return reply(401, null)
      void answerPost(request, body, reply)
    })
  }).listen(port, '127.0.0.1')

if (words.includes('--port')) overHttp()
else overStdio()
