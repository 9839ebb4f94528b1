import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import { isWithin, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { rootOf } from './mounts.ts'
import type { TransportStart } from '../transport-starts.ts'

/** A route that serves MCP. */
export interface Endpoint {
  file: string
  line: number
  /** As it is written: `get /sse`. */
  route: string
  /** Something before it, or in it, refuses requests; null when that cannot be told. */
  isGuarded: boolean | null
}

const verbs = /^(get|post|put|delete|all|route)$/

/** 401 and 403, as a number or by name. */
export const isRefusal = (value: Value): boolean =>
  (value.is === 'number' && (value.number === 401 || value.number === 403)) ||
  (value.is === 'member' && /^HTTP_40[13]|^UNAUTHORIZED$|^FORBIDDEN$/.test(value.name))

/** The function, or one that it calls, answers 401 or 403. */
export const refuses = (of: FunctionValue, module: Module, reach: Reach, depth = 0): boolean => {
  const calls = module.calls.filter(({ at }) => isWithin(at, of))
  const returned = module.returns.filter(({ at }) => isWithin(at, of))
  if ([...calls, ...returned.map(({ value }) => value), ...of.returns].some(value => someIn(value, isRefusal)))
    return true
  const place: Place = { module, frames: [] }
  return (
    depth < 3 &&
    calls.some(({ callee }) =>
      reach.resolver
        .things(callee, place)
        .some(({ value, module: other }) => value.is === 'function' && refuses(value, other, reach, depth + 1)),
    )
  )
}

/** Whether something that stands before a handler refuses; null for what is not in the repository. */
const guards = (value: Value, module: Module, reach: Reach): boolean | null => {
  const things = reach.resolver.things(value, { module, frames: [] })
  const found = new Set(
    things.map(thing => {
      const of = thing.value
      if (of.is === 'function') return refuses(of, thing.module, reach)
      const isHarmless = /^(text|pattern|list)$/.test(of.is) || isBodyParser(of, thing, reach)
      // nobody knows what a function of another package does
      return isHarmless ? false : null
    }),
  )
  return found.has(true) ? true : found.has(null) ? null : false
}

/** What reads bodies and writes headers refuses nobody. */
const isBodyParser = (of: { is: string; callee?: Value }, place: Place, { resolver }: Reach): boolean => {
  const path = of.callee ? (resolver.external(of.callee, place) ?? '') : ''
  return /^(express:(default\.)?(json|urlencoded|text|raw|static)|cors:(default)?|helmet:(default)?|morgan:(default)?|compression:(default)?)$/.test(
    path,
  )
}

/** What a transport is handed in a route: `transport.handlePostMessage(req, res)`. */
const handing = /^(handlePostMessage|handleRequest)$/

/** `use('/api', check)` stands before routes below that path alone. */
const isBefore = (use: Call, path: string | null): boolean => {
  const [first] = use.arguments
  if (first?.is !== 'text' || path === null) return true
  const below = first.text.replace(/\/?\*?$/, '')
  return below === '' || path === below || path.startsWith(`${below}/`)
}

/** An application that is made in the file, and that nobody else has put anything before. */
const isOwn = (app: Value, before: Call[], module: Module, { resolver }: Reach): boolean => {
  const place: Place = { module, frames: [] }
  const isMade = resolver
    .things(app, place)
    .every(
      ({ value, ...at }) =>
        value.is === 'call' &&
        /^(express:(default)?|hono:(\w+\.)?Hono|@modelcontextprotocol\/[^:]+:createMcpExpressApp)$/.test(
          resolver.external(value.callee, at) ?? '',
        ),
    )
  const name = app.is === 'name' ? app.name : ''
  const isHanded = before.some(({ arguments: given }) =>
    given.some(value => value.is === 'name' && value.name === name),
  )
  return isMade && !isHanded
}

/** The routes in which a transport is made, and whether something refuses requests on the way. */
export const endpointsOf = (starts: TransportStart[], reach: Reach): Endpoint[] => {
  const found = new Map<Call, Endpoint>()
  const modules = new Set(starts.filter(({ kind }) => kind === 'http').map(({ module }) => module))
  const handed = [...modules].flatMap(module =>
    module.calls
      .filter(({ callee }) => callee.is === 'member' && handing.test(callee.name))
      .map(({ at }) => ({ module, at, kind: 'http' as const, isHanded: true })),
  )
  for (const { module, at, kind, isHanded } of [...starts.map(one => ({ ...one, isHanded: false })), ...handed]) {
    if (kind !== 'http' || module.language !== 'typescript') continue
    const route = module.calls
      .filter(
        ({ callee, arguments: given }) =>
          callee.is === 'member' &&
          verbs.test(callee.name) &&
          given.some(each => each.is === 'function' && isWithin(at, each)),
      )
      .toSorted((a, b) => b.at - a.at)[0]
    if (!route || route.callee.is !== 'member' || found.has(route)) continue
    // the other verbs carry no calls, and serve sessions alone that somebody was let in for
    if (isHanded && /^(get|delete)$/.test(route.callee.name)) continue
    const { callee, arguments: given, line } = route
    const app = rootOf(callee.of, module)
    const [first] = given
    const written = first?.is === 'text' ? first.text : null
    const earlier = module.calls.filter(call => call.at < route.at)
    const before = earlier.filter(
      call =>
        call.callee.is === 'member' &&
        /^(use|all)$/.test(call.callee.name) &&
        rootOf(call.callee.of, module) === app &&
        isBefore(call, written),
    )
    const handlers = [...before.flatMap(call => call.arguments), ...given]
    const answers =
      app === '' || !isOwn(callee.of, earlier, module, reach)
        ? [null, ...handlers.map(value => guards(value, module, reach))]
        : handlers.map(value => guards(value, module, reach))
    const isGuarded = answers.includes(true) ? true : answers.includes(null) ? null : false
    const path = written === null ? '' : ` ${written}`
    found.set(route, { file: module.path, line, route: `${callee.name}${path}`, isGuarded })
  }
  return [...found.values()]
}
