import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from '../code/values.ts'
import { serverOf } from '../registered/servers.ts'
import { isMadeOf, partsOf } from './mentions.ts'
import type { Way } from './model.ts'

/** What tests may call directly, by `path:offset` of the function. */
export interface Entrances {
  /** Functions that are registered as tools, or do nothing but what one tool does. */
  tools: ReadonlyMap<string, string[]>
  /** Handlers that are given the name of the tool. */
  dispatchers: ReadonlyMap<string, 'request' | 'name and arguments' | 'context and parameters' | 'address'>
  names: ReadonlySet<string>
  /** Functions that register tools, with the names of these. */
  registrars: ReadonlyMap<string, string[]>
}

export interface Called {
  method: string
  tools: (string | null)[]
  way: Way
}

export const keyOf = ({ path }: Module, { at }: { at: number }): string => `${path}:${at}`

const clientMethods = new Map([
  ['callTool', 'tools/call'],
  ['call_tool', 'tools/call'],
  ['call_tool_mcp', 'tools/call'],
  ['listTools', 'tools/list'],
  ['list_tools', 'tools/list'],
  ['listResources', 'resources/list'],
  ['list_resources', 'resources/list'],
  ['readResource', 'resources/read'],
  ['read_resource', 'resources/read'],
  ['listPrompts', 'prompts/list'],
  ['list_prompts', 'prompts/list'],
  ['getPrompt', 'prompts/get'],
  ['get_prompt', 'prompts/get'],
])
const protocolMethod = /^(initialize|ping|server\/discover|(tools|resources|prompts)\/\w+)$/
const mocked =
  /\b(vi|jest)\.(fn|mocked|spyOn)\b|\bmock\.(fn|method)\b|unittest\.mock|\b(Magic|Async)?Mock\(|^sinon:|create_autospec|mocker\./

const member = (of: Value, name: string): Value => ({ is: 'member', of, name })

/** Every text that a value may be; null among them when it cannot be told. */
const textsOf = (value: Value | undefined, place: Place, resolver: Resolver): (string | null)[] => {
  const things = value ? resolver.things(value, place) : []
  if (things.length === 0) return [null]
  return [...new Set(things.map(({ value: each }) => (each.is === 'text' ? each.text : null)))]
}

const toolNames = (given: Value | undefined, call: Call, place: Place, resolver: Resolver): (string | null)[] => {
  const named = fieldOf(call.named, 'name') ?? fieldOf(call.named, 'tool_name')
  if (named) return textsOf(named, place, resolver)
  if (!given) return [null]
  const isRecord = resolver.things(given, place).some(({ value }) => value.is === 'record')
  return textsOf(isRecord ? member(given, 'name') : given, place, resolver)
}

const isMocked = (value: Value, place: Place, resolver: Resolver): boolean =>
  resolver
    .things(value, place)
    .some(
      thing =>
        (thing.value.is === 'external' && mocked.test(thing.value.path)) ||
        (thing.value.is === 'call' && mocked.test(`${resolver.external(thing.value.callee, thing) ?? ''}(`)),
    )

const carriers =
  /(^|\.)(stringify|dumps|encode|from|write|concat|Buffer|bytes|str|JSONRPCRequest|ClientRequest|CallToolRequest|to_json|model_dump_json|model_dump)$/

/** `{ method: 'tools/call', params: { name } }` in what is sent, also behind `JSON.stringify`. */
const requestIn = (value: Value, place: Place, resolver: Resolver, depth = 0): Called | null => {
  if (depth > 5) return null
  if (value.is === 'record' || value.is === 'name' || value.is === 'parameter') {
    for (const thing of resolver.things(value, place)) {
      if (thing.value.is === 'call' && value.is !== 'record') {
        const found = requestIn(thing.value, thing, resolver, depth + 1)
        if (found) return found
      }
      if (thing.value.is !== 'record') continue
      const { fields } = thing.value
      const written = fieldOf(fields, 'method')
      const method = written ? resolver.text(written, thing) : null
      if (method !== null && protocolMethod.test(method)) {
        const params = fieldOf(fields, 'params')
        const tools = method === 'tools/call' ? textsOf(params && member(params, 'name'), thing, resolver) : []
        return { method, tools, way: 'client' }
      }
      const inner = fields.filter(([key]) => /^(body|json|data|payload|message|request|root|\.\.\.)$/.test(key))
      for (const [, field] of inner) {
        const found = requestIn(field, thing, resolver, depth + 1)
        if (found) return found
      }
    }
    return null
  }
  if (value.is === 'call') {
    const path = value.callee.is === 'name' || value.callee.is === 'member' ? value.callee.name : ''
    if (path === 'CallToolRequestParams')
      return { method: 'tools/call', tools: textsOf(fieldOf(value.named, 'name'), place, resolver), way: 'client' }
    if (!carriers.test(path)) return null
  } else if (value.is !== 'join' && value.is !== 'list' && value.is !== 'either' && value.is !== 'member') return null
  for (const part of partsOf(value)) {
    const found = requestIn(part, place, resolver, depth + 1)
    if (found) return found
  }
  return null
}

const executing = /^(handler|callback|execute|run|fn|call|invoke|cb|handle|__wrapped__|apply)$/

/** `handlers.get('x')(...)`, `server._registeredTools.x.handler(...)`, `tools.find(tool => tool.name === 'x').execute(...)`. */
const fetchedByName = (call: Call, { module }: Place, { names }: Entrances): string[] => {
  const { callee } = call
  if (callee.is === 'member' && !executing.test(callee.name)) return []
  const holder = callee.is === 'member' ? callee.of : callee
  const found = new Set<string>()
  isMadeOf(holder, module, part => {
    const texts =
      part.is === 'call'
        ? part.arguments
        : part.is === 'compare'
          ? [part.left, part.right]
          : part.is === 'index'
            ? [part.index]
            : []
    for (const text of texts) if (text.is === 'text' && names.has(text.text)) found.add(text.text)
    if (part.is === 'member' && names.has(part.name)) found.add(part.name)
    return false
  })
  return found.size === 1 ? [...found] : []
}

/** What of the server a call in a test calls; null when it is something else. */
export const calledBy = (call: Call, place: Place, resolver: Resolver, entrances: Entrances): Called | null => {
  const { callee } = call
  const name = callee.is === 'member' || callee.is === 'name' ? callee.name : ''
  const targets = resolver.things(callee, place)
  const held = callee.is === 'member' && executing.test(callee.name) ? resolver.things(callee.of, place) : []
  for (const { value, module } of [...targets, ...held]) {
    if (value.is !== 'function') continue
    const tools = entrances.tools.get(keyOf(module, value))
    if (tools) return { method: 'tools/call', tools, way: 'function' }
    const given = entrances.dispatchers.get(keyOf(module, value))
    const [first, second] = call.arguments
    if (given === 'name and arguments')
      return { method: 'tools/call', tools: toolNames(first, call, place, resolver), way: 'server' }
    if (given === 'request' && first)
      return {
        method: 'tools/call',
        tools: textsOf(member(member(first, 'params'), 'name'), place, resolver),
        way: 'server',
      }
    if (given === 'context and parameters' && second)
      return { method: 'tools/call', tools: textsOf(member(second, 'name'), place, resolver), way: 'server' }
  }
  const isOwn = targets.some(({ value, module }) => value.is === 'function' && module.role !== 'server')
  const method = clientMethods.get(name)
  if (method && !isOwn) {
    // a function of that name is no client
    const isFunction = targets.some(({ value }) => value.is === 'function')
    const isAtServer = callee.is !== 'member' || isFunction || serverOf(callee.of, place, resolver) !== null
    const isStub = isMocked(callee, place, resolver) || (callee.is === 'member' && isMocked(callee.of, place, resolver))
    if (isStub) return null
    const tools = method === 'tools/call' ? toolNames(call.arguments[0], call, place, resolver) : []
    return { method, tools, way: isAtServer ? 'server' : 'client' }
  }
  if (isMocked(callee, place, resolver)) return null
  for (const given of [...call.arguments, ...call.named.map(([, value]) => value)]) {
    const found = requestIn(given, place, resolver)
    if (found) return found
  }
  const [fetched] = isOwn ? [] : fetchedByName(call, place, entrances)
  return fetched === undefined ? null : { method: 'tools/call', tools: [fetched], way: 'function' }
}

/** `registerEcho(stub)`: the tools that the stub is given. */
export const handedOver = (call: Call, place: Place, resolver: Resolver, { registrars }: Entrances): string[] => {
  const made = resolver
    .things(call.callee, place)
    .flatMap(({ value, module }) => (value.is === 'function' ? (registrars.get(keyOf(module, value)) ?? []) : []))
  const isServer = call.arguments.some(argument => serverOf(argument, place, resolver) !== null)
  return isServer ? [] : made
}

/** A variable that holds nothing that is written down: what a stub was given is put there. */
export const isFilledLater = ({ callee }: Call, place: Place, resolver: Resolver): boolean => {
  const holder = callee.is === 'member' ? callee.of : callee
  if (holder.is !== 'name') return false
  const things = resolver.things(holder, place)
  return (
    things.length > 0 &&
    things.every(
      ({ value }) =>
        (callee.is === 'name' && (value.is === 'unknown' || (value.is === 'constant' && value.of === null))) ||
        (callee.is === 'member' && value.is === 'record' && value.fields.length === 0),
    )
  )
}
