import { gatherer } from '../core/item.ts'
import { broadcastsIn, type Broadcast } from './broadcasts.ts'
import { someIn } from './code/parts.ts'
import { isWithin, visibleAt, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import { serverOf } from './registered/servers.ts'

/** One transport, or one server, that answers the HTTP requests of all clients. */
export interface SharedTransport {
  /** `variable`: it holds the transport of whoever came last. */
  what: 'transport' | 'server' | 'variable'
  file: string
  /** Where a request is handed to it, and where it is made. */
  line: number
  madeAt: { file: string; line: number }
}

export interface SharedTransports {
  shared: SharedTransport[]
  /** Requests that get one of their own. */
  own: { file: string; line: number }[]
  /** Transports of its own that hand each message to all who are connected. */
  broadcasts: Broadcast[]
}

const transport =
  /(^|[:.])((Node|WebStandard)?StreamableHTTPServerTransport|SSEServerTransport|StreamableHTTPServerTransport)(\(\))?$/

interface Made {
  module: Module
  call: Call
}

/** The transports that a value stands for, where they are made. */
const transportsOf = (value: Value, module: Module, { resolver }: Reach): Made[] =>
  resolver
    .things(value, { module, frames: [] })
    .flatMap(thing =>
      thing.value.is === 'call' && transport.test(resolver.external(thing.value.callee, thing) ?? '')
        ? [{ module: thing.module, call: thing.value }]
        : [],
    )

/** Without a session the transport cannot tell one client from another. */
const isStateless = ({ module, call }: Made, { resolver }: Reach): boolean => {
  const name = module.language === 'python' ? 'mcp_session_id' : 'sessionIdGenerator'
  const options = call.arguments[0]
  const given = call.named.find(([key]) => key === name)?.[1]
  if (module.language === 'python')
    return given === undefined
      ? call.arguments.length === 0 && !call.named.some(([key]) => key === '...')
      : resolver
          .things(given, { module, frames: [] })
          .every(({ value }) => value.is === 'constant' && value.of === null)
  if (!options) return true
  if (options.is !== 'record' || options.fields.some(([key]) => key === '...')) return false
  const generator = options.fields.findLast(([key]) => key === name)?.[1]
  return !generator || (generator.is === 'name' && generator.name === 'undefined') || generator.is === 'constant'
}

/** The functions whose parameters a value is made of: `wrap(req)`, `c.req.raw`, `{ url: req.url }`. */
const madeOf = (value: Value, module: Module, depth = 0): FunctionValue[] => {
  const found: FunctionValue[] = []
  someIn(value, part => {
    if (part.is === 'name')
      for (const { value: kept } of visibleAt(module, part.name, part.at)) {
        const of = kept.is === 'parameter' ? module.functions.find(({ at }) => at === kept.function) : undefined
        if (of) found.push(of)
        else if (depth < maxDepth && kept !== part) found.push(...madeOf(kept, module, depth + 1))
      }
    return false
  })
  return found
}

const maxDepth = 4

/** The function whose parameter the request is, or is made of: it runs once for each request. */
const requestFunction = (call: Call, module: Module): FunctionValue | null => {
  const around = (of: FunctionValue): boolean => isWithin(call.at, of)
  for (const given of call.arguments) {
    if (given.is !== 'name') continue
    for (const { value } of visibleAt(module, given.name, given.at))
      if (value.is === 'parameter') {
        const of = module.functions.find(({ at }) => at === value.function)
        if (of) return of
      }
  }
  const [request] = call.arguments
  // the innermost: a program is made of parameters as well
  return request
    ? (madeOf(request, module)
        .filter(around)
        .toSorted((a, b) => b.at - a.at)[0] ?? null)
    : null
}

/** The name is bound outside of the function, and bound to one thing that is made there and never again. */
const isOutside = (value: Value, request: FunctionValue, module: Module): boolean => {
  if (value.is === 'member') return value.of.is === 'name' && value.of.name === 'this'
  if (value.is !== 'name') return false
  const declared = visibleAt(module, value.name, value.at)
  const isSet = module.writes.some(({ target }) => target.is === 'name' && target.name === value.name)
  return (
    declared.length === 1 &&
    !isSet &&
    declared.every(({ at, value: of }) => !isWithin(at, request) && of.is !== 'parameter' && of.is !== 'unknown')
  )
}

/** `transport = new SSEServerTransport('/messages', response)` for each client, in one variable for all of them. */
const replaced = (call: Call, request: FunctionValue, module: Module, { resolver }: Reach): SharedTransport[] => {
  const { callee, line } = call
  if (callee.is !== 'member' || (callee.of.is !== 'name' && callee.of.is !== 'member')) return []
  const of = callee.of
  const isIt = (value: Value): boolean =>
    of.is === 'name'
      ? value.is === 'name' && value.name === of.name
      : value.is === 'member' && value.name === of.name && isItself(value.of) && isItself(of.of)
  if (of.is === 'name' && visibleAt(module, of.name, of.at).some(({ from }) => isWithin(from, request))) return []
  return module.writes.flatMap(({ target, operator, value, at }): SharedTransport[] => {
    if (operator !== '=' || !isIt(target) || value.is !== 'call') return []
    if (!/(^|[:.])SSEServerTransport$/.test(resolver.external(value.callee, { module, frames: [] }) ?? '')) return []
    const connecting = requestFunction(value, module)
    if (!connecting || connecting === request || !isWithin(at, connecting)) return []
    const isAsked = module.guards.some(
      guard => isWithin(guard.at, connecting) && guard.at < at && someIn(guard.test, isIt),
    )
    const isInside = of.is === 'name' && visibleAt(module, of.name, at).some(({ from }) => isWithin(from, connecting))
    return isAsked || isInside
      ? []
      : [{ what: 'variable', file: module.path, line, madeAt: { file: module.path, line: value.line } }]
  })
}

const isItself = (value: Value): boolean => value.is === 'name' && /^(this|self)$/.test(value.name)

const handles = /^(handleRequest|handle_request)$/

const inModule = (module: Module, reach: Reach): Omit<SharedTransports, 'broadcasts'> => {
  const shared: SharedTransport[] = []
  const own: SharedTransports['own'] = []
  for (const call of module.calls) {
    const { callee, line } = call
    if (callee.is !== 'member' || !/^handle(_?[rR]equest|_?[pP]ost_?[mM]essage)$/.test(callee.name)) continue
    const request = requestFunction(call, module)
    if (request) shared.push(...replaced(call, request, module, reach))
    if (!handles.test(callee.name)) continue
    const made = request ? transportsOf(callee.of, module, reach) : []
    const [first] = made
    if (!request || !first || made.length !== 1) continue
    const place = { file: module.path, line }
    const isOwn = first.module === module && isWithin(first.call.at, request)
    if (!isOwn && isOutside(callee.of, request, module) && isStateless(first, reach))
      shared.push({ what: 'transport', ...place, madeAt: { file: first.module.path, line: first.call.line } })
    if (!isOwn) continue
    const before = shared.length
    for (const connect of module.calls) {
      if (connect.callee.is !== 'member' || connect.callee.name !== 'connect' || !isWithin(connect.at, request))
        continue
      const server = connect.callee.of
      const to = connect.arguments[0]
      if (!to || !isOutside(server, request, module)) continue
      if (!transportsOf(to, module, reach).some(one => one.call === first.call)) continue
      const where = serverOf(server, { module, frames: [] }, reach.resolver)
      const [, file, at] = /^(.*):(\d+)$/.exec(where ?? '') ?? []
      if (file === undefined || (file === module.path && isWithinLines(Number(at), request, module, reach))) continue
      shared.push({ what: 'server', file: module.path, line: connect.line, madeAt: { file, line: Number(at) } })
    }
    if (shared.length === before) own.push(place)
  }
  return { shared, own }
}

/** A server that is made on that line is made for each request. */
const isWithinLines = (line: number, request: FunctionValue, module: Module, { resolver }: Reach): boolean =>
  module.calls.some(
    call =>
      call.line === line && isWithin(call.at, request) && serverOf(call, { module, frames: [] }, resolver) !== null,
  )

/** Whether requests of several clients over HTTP share what keeps their answers apart. */
export const sharedTransports = gatherer<SharedTransports, { reach: typeof reach; project: typeof project }>({
  id: 'shared-transports',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const modules = ownModules(reach, project)
    const found = modules.map(module => inModule(module, reach))
    return {
      shared: found.flatMap(({ shared }) => shared),
      own: found.flatMap(({ own }) => own),
      broadcasts: modules.flatMap(module => broadcastsIn(module, modules, reach)),
    }
  },
})
