import type { Place } from '../code/resolve.ts'
import { fieldOf, nameOf, type Call, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { madeBy } from '../registered/made-by.ts'
import { serverOf } from '../registered/servers.ts'
import { byDefault } from './by-default.ts'
import type { Guard } from './guards.ts'

type State = Pick<Guard, 'fault' | 'only' | 'unsure' | 'onLoopback'>

const option = 'host_origin_protection'
const variable = 'FASTMCP_HTTP_HOST_ORIGIN_PROTECTION'
const serving = /^(run|run_async|run_http_async|http_app|sse_app|streamable_http_app)$/
const isNone = (value: Value): boolean => value.is === 'constant' && value.of === null

const open = (only: string): State => ({ fault: null, only, unsure: true })

/** FastMCP from 3.4.4 on looks at nothing unless asked: `True` for each request, `"auto"` for those to loopback. */
const stateOf = (value: Value, line: number, place: Place, reach: Reach): State => {
  const text = reach.resolver.text(value, place)?.toLowerCase()
  if (text === 'auto') return { fault: null, onLoopback: true }
  const isOn = text === undefined || text === null ? byDefault(value, place, reach) : /^(true|1|yes|on|t|y)$/.test(text)
  if (isOn === null) return open(`by what ${place.module.path}:${line} says`)
  return { fault: isOn ? null : 'it is turned off' }
}

/** What `**kwargs` says of it: undefined where it says nothing. */
const spreadState = (value: Value, line: number, place: Place, reach: Reach): State | undefined => {
  const { module } = place
  const unread = open(`where ${module.path}:${line} is given other options`)
  const name = nameOf(value)
  const isAdded = module.writes.some(
    ({ target }) => target.is === 'member' && target.name === option && nameOf(target.of) === name,
  )
  if (isAdded) return unread
  const states = reach.resolver.things(value, place).map((thing): State | undefined => {
    if (thing.value.is !== 'record' || thing.value.fields.some(([key]) => key === '...')) return unread
    const given = fieldOf(thing.value.fields, option)
    // a list of middleware may hold the same check
    if (!given) return fieldOf(thing.value.fields, 'middleware') ? unread : undefined
    return stateOf(given, thing.value.line, thing, reach)
  })
  const [first, ...others] = states
  return others.every(other => JSON.stringify(other) === JSON.stringify(first)) ? first : unread
}

const guardsOf = (module: Module, line: number, by: string, state: State): Guard[] =>
  (['host', 'origin'] as const).map(of => ({ of, file: module.path, line, by, ...state }))

/** `mcp.run(transport="http", host_origin_protection="auto")`, also where a dictionary is spread. */
export const protectionAsked = (call: Call, place: Place, reach: Reach): Guard[] => {
  const { callee, named, line } = call
  if (callee.is !== 'member' || !serving.test(callee.name)) return []
  const given = fieldOf(named, option)
  const spread = fieldOf(named, '...')
  if ((!given && !spread) || (given && isNone(given)) || !serverOf(callee.of, place, reach.resolver)) return []
  const state = given
    ? stateOf(given, line, place, reach)
    : spread && isOfFastMcp(callee.of, place, reach)
      ? spreadState(spread, line, place, reach)
      : undefined
  return state ? guardsOf(place.module, line, option, state) : []
}

/** FastMCP of its own package, and not the one that the SDK holds. */
const isOfFastMcp = (server: Value, place: Place, { resolver }: Reach): boolean =>
  resolver
    .things(server, place)
    .some(
      thing =>
        thing.value.is === 'call' &&
        madeBy(thing.value, thing, resolver).some(({ path }) => path.startsWith('fastmcp.')),
    )

/** `fastmcp.settings.http_host_origin_protection = "auto"`, `os.environ.setdefault("FASTMCP_HTTP_HOST_ORIGIN_PROTECTION", "auto")`. */
export const protectionSet = (module: Module, reach: Reach): Guard[] => {
  if (module.language !== 'python') return []
  const place: Place = { module, frames: [] }
  const written = module.writes.flatMap(({ target, value, line }) =>
    target.is === 'member' && (target.name === `http_${option}` || target.name === variable) ? [{ value, line }] : [],
  )
  const called = module.calls.flatMap(({ callee, arguments: [name, value], line }) =>
    name?.is === 'text' &&
    name.text === variable &&
    value &&
    reach.resolver.external(callee, place) === 'os.environ.setdefault'
      ? [{ value, line }]
      : [],
  )
  return [...written, ...called].flatMap(({ value, line }) =>
    guardsOf(module, line, option, stateOf(value, line, place, reach)),
  )
}
