// A small MCP server for tests; its arguments are the faults it has, and the directory after `--root`.
import { exec, execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'

const words = process.argv.slice(2)
const has = fault => words.includes(fault)
const root = words[words.indexOf('--root') + 1] ?? '.'
if (has('big')) globalThis.hoard = Buffer.alloc(600e6, 1)

const text = { type: 'string', description: 'The text, such as "good day"' }
const readOnly = { readOnlyHint: true }
const tool = (name, description, properties, required = Object.keys(properties)) => {
  const inputSchema = { type: 'object', properties, required, additionalProperties: false }
  return { name, description, inputSchema, annotations: readOnly }
}
const place = { type: 'string', examples: ['Riga'], description: 'The name of the place' }
const date = { type: 'string', description: 'The day' }
const limit = { type: 'integer', description: 'How many', ...(has('unbounded') ? {} : { minimum: 1, maximum: 50 }) }
const tools = [
  tool('add', has('bare') ? 'add' : 'Adds two numbers and gives their sum.', {
    a: { type: 'number', description: 'The first number' },
    b: has('untyped') ? {} : { type: 'number', description: 'The second number' },
  }),
  tool(
    'echo',
    has('twins') ? 'Adds two numbers and gives their sum.' : 'Gives a text back as it is.',
    { text, repeat: { type: 'integer', minimum: 1, maximum: 5, default: 1, description: 'How often' } },
    ['text'],
  ),
  ...(has('files')
    ? [tool('read_file', 'Reads a file of the folder.', { path: { type: 'string', examples: ['a.txt'] } })]
    : []),
  ...(has('addresses') ? [tool('look', 'Looks at a page.', { url: { type: 'string', description: 'A URL' } })] : []),
  ...(has('pages') ? [tool('list_pages', 'Names the pages of a day.', { date, limit }, [])] : []),
  ...(has('starts') ? [tool('start', 'Starts a program.', { command: { type: 'string' } })] : []),
  ...(has('fetches') ? [tool('weather', 'Gives the weather of a place.', { place })] : []),
  ...(has('words') || has('shell') ? [tool('count_words', 'Counts the words of a text.', { text })] : []),
]
if (has('invalid')) tools[0].inputSchema.properties.a = { type: 'numbre' }
if (has('undescribed')) delete tools[0].inputSchema.properties.a.description

const said = text => ({ content: [{ type: 'text', text }] })
let latest = ''

const inside = path => {
  const full = resolve(root, path)
  if (has('any-path')) return full
  if (has('prefix')) return full.startsWith(resolve(root)) ? full : null
  if (has('links')) return full.startsWith(`${resolve(root)}/`) ? full : null
  const real = realpathSync(full)
  return real.startsWith(`${realpathSync(root)}/`) ? real : null
}

const makeMissing = file => {
  try {
    writeFileSync(file, '', { flag: 'wx' })
  } catch {
    // It is there, or it cannot be.
  }
}

const handlers = {
  add: ({ a, b }) => said(String(Number(a) + Number(b ?? 0))),
  echo: async ({ text, repeat = 1 }) => {
    latest = text
    if (has('mixes')) await setTimeout(20)
    if (has('lags')) await setTimeout(60)
    if (has('asks')) createSocket('udp4').unref().connect(9, '192.0.2.1')
    if (has('waits')) await setTimeout(1100)
    return said(Array.from({ length: repeat }, () => (has('mixes') ? latest : text)).join('\n'))
  },
  read_file: ({ path }) => {
    if (has('overwrites')) writeFileSync(resolve(root, path), '')
    if (has('makes-missing')) makeMissing(resolve(root, path))
    const full = inside(path)
    if (!full) throw new Error('path: expected a file of the folder')
    return said(readFileSync(full, 'utf8'))
  },
  look: async ({ url }) => {
    const { protocol, hostname } = new URL(url)
    if (has('named') && /^(localhost|127\.0\.0\.1)$/.test(hostname)) throw new Error('url: expected a public address')
    if (!has('named') && !has('any-address')) {
      if (!/^https?:$/.test(protocol) || hostname !== 'pages.example') throw new Error('url: expected our own pages')
      return said('a page')
    }
    return said(await (await fetch(url, { signal: AbortSignal.timeout(1000) })).text())
  },
  list_pages: ({ date = '2026-01-15', limit = 3 }) => {
    if (!has('any-date') && Number.isNaN(Date.parse(date))) throw new Error('date: expected a day')
    const most = has('clamps') ? Math.max(1, limit) : limit
    if (!has('any-limit') && (most < 1 || most > 50)) throw new Error('limit: expected 1 to 50')
    return said(`${date}: ${['one', 'two', 'three', 'four', 'five', 'six', 'seven'].slice(0, most).join(', ')}`)
  },
  start: ({ command }) => {
    if (/^ls\b/.test(command)) throw new Error('command: it is not allowed')
    return said(`started ${command}`)
  },
  weather: ({ place }) => weather(place, !has('once')),
  count_words: ({ text }) =>
    new Promise((done, failed) => {
      const end = (error, stdout) =>
        error ? failed(new Error('text: it cannot be counted')) : done(said(stdout.trim()))
      if (has('shell')) exec(`echo "${text}" | wc -w`, end)
      else execFile('wc', ['-w'], end).stdin.end(text)
    }),
}

const weather = async (place, again) => {
  const headers = { authorization: `Bearer ${process.env.WEATHER_KEY ?? 'none'}` }
  const url = `https://api.weather.example/v1/now?place=${encodeURIComponent(place)}`
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(1000) })
  if (answer.status >= 500 && again) return weather(place, false)
  if (!answer.ok) throw new Error(`the weather service answered ${answer.status}`)
  return said(await answer.text())
}

/** The first member that does not match; null when all do. */
const wrongIn = ({ properties, required }, given) => {
  for (const name of required)
    if (given[name] === undefined && !(has('lenient') && name === 'b'))
      return `${name}: expected a value, it is required`
  for (const [name, value] of Object.entries(given)) {
    const type = properties[name]?.type
    if (!properties[name]) return `${name}: not expected`
    if (type === undefined || (value === null && has('lenient'))) continue
    const coerced = has('coerces') && type === 'number' && typeof value === 'string'
    const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
    if (!coerced && kind !== (type === 'integer' ? 'number' : type))
      return `${name}: expected ${type}, received ${kind}`
  }
  if (has('needs-repeat') && properties.repeat && given.repeat === undefined) return 'repeat: expected a value'
  return null
}

const merge = (into, from) => {
  for (const [key, value] of Object.entries(from))
    if (typeof value === 'object' && value !== null) merge((into[key] ??= {}), value)
    else into[key] = value
}

let isWarm = false

const call = async ({ name, arguments: given }) => {
  if (has('cold') && !isWarm) await setTimeout(3200)
  isWarm = true
  if (has('merges')) merge({}, given)
  if (has('logs-texts')) console.error(`${name} with ${Object.values(given).join(' ')}`)
  if (has('ends-at-nul') && Object.values(given).some(value => String(value).includes('\0'))) process.exit(7)
  const { inputSchema } = tools.find(tool => tool.name === name) ?? {}
  if (!inputSchema) throw Object.assign(new Error(`no tool ${name}`), { code: -32602 })
  if (typeof given !== 'object') throw Object.assign(new Error('arguments: expected an object'), { code: -32602 })
  const wrong = wrongIn(inputSchema, given)
  if (wrong && has('crash')) process.exit(7)
  if (wrong && has('hang')) return new Promise(() => {})
  if (wrong && has('internal')) throw Object.assign(new Error(wrong), { code: -32603 })
  if (wrong && has('slips')) return { ...said("Cannot read properties of undefined (reading 'length')"), isError: true }
  if (wrong && has('stack')) return { ...said(`${wrong}\n${new Error('x').stack}`), isError: true }
  if (wrong && has('vague')) return { ...said('Invalid arguments'), isError: true }
  if (wrong && has('empty')) return { content: [] }
  if (wrong) return { ...said(wrong), isError: true }
  try {
    return await handlers[name](given)
  } catch (error) {
    return { ...said(error.code === 'ENOENT' ? 'path: expected a file that exists' : error.message), isError: true }
  }
}

const serverInfo = { name: 'stand-in', version: '1.0.0' }
const capabilities = {
  tools: {},
  ...(has('prompts') ? { prompts: {} } : {}),
  ...(has('resources') ? { resources: {} } : {}),
}

const prompts = ['summarise', 'translate', 'review'].map(name => ({
  name,
  description: has('bare') ? '' : `A prompt to ${name} a text.`,
  arguments: [{ name: 'subject', description: 'The text', required: true }],
}))
if (has('few')) prompts.length = 2

const getPrompt = ({ name, arguments: given }) => {
  if (name === 'review' && has('fails')) throw new Error('template not found')
  if (name === 'review' && has('choosy'))
    throw Object.assign(new Error('subject: expected a known text'), { code: -32602 })
  if (name === 'review' && has('empty')) return { messages: [] }
  return { messages: [{ role: 'user', content: { type: 'text', text: `${name} ${given.subject}` } }] }
}

const resources = [
  { uri: 'info://guide', name: 'Guide', description: 'How to use it', mimeType: 'text/markdown' },
  {
    uri: 'info://limits',
    name: has('nameless') ? '' : 'Limits',
    description: 'Its limits',
    mimeType: 'application/json',
  },
]
if (has('bare')) for (const resource of resources) delete resource.description
const resourceTemplates = has('templates')
  ? [{ uriTemplate: 'info://{name}', name: 'Any', description: 'One by name' }]
  : []

const readResource = ({ uri }) => {
  const found = resources.find(resource => resource.uri === uri)
  if (!found || (uri === 'info://guide' && has('gone'))) throw Object.assign(new Error('not found'), { code: -32002 })
  const text = uri === 'info://limits' && !has('mistyped') ? '{"calls":200}' : '# Guide'
  return { contents: [{ uri, mimeType: found.mimeType, text }] }
}

const answers = {
  initialize: () => ({ protocolVersion: '2025-11-25', capabilities, serverInfo }),
  'prompts/list': () => ({ prompts }),
  'prompts/get': getPrompt,
  'resources/list': () => ({ resources: has('none') ? [] : resources }),
  'resources/templates/list': () => ({ resourceTemplates }),
  'resources/read': readResource,
  'tools/list': () => ({ tools }),
  'tools/call': call,
}

for await (const line of createInterface({ input: process.stdin })) {
  let message
  try {
    message = JSON.parse(line)
  } catch {
    if (has('brittle')) process.exit(1)
    continue
  }
  const { id, method, params } = message ?? {}
  if (id === undefined || method === undefined) continue
  const send = body => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`)
  const answer = answers[method]
  if (answer)
    Promise.resolve()
      .then(() => answer(params))
      .then(
        result => send({ result }),
        error => send({ error: { code: error.code ?? -32603, message: error.message } }),
      )
  else send({ error: { code: -32601, message: `${method} is not offered` } })
}
