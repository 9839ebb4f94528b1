import { gatherer } from '../core/item.ts'
import { isHardCoded, originOf } from './code/origin.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { innermost, type Call, type Module, type Value } from './code/values.ts'
import { isInScope, project } from './project.ts'

/** A limit of time that the source sets. */
export interface TimeoutAmount {
  /** What it limits, such as `fetch` or `httpx.AsyncClient`. */
  what: string
  /** `settings` when whoever starts the server has a say in it. */
  from: 'settings' | 'source' | 'undecided'
  /** As it is written, when it is written in the source. */
  text: string | null
  file: string
  line: number
}

const key =
  /^(timeout|timeoutMs|timeout_ms|timeout_seconds|(connect|read|request|headers|body|command|statement|query|socket|response|connection|operation|call)_?[tT]imeout(Ms|MS|Millis|_ms)?|connectionTimeoutMillis|timeoutMS|socketTimeoutMS|socket_timeout|socket_connect_timeout)$/
/** Its argument with that number is the time. */
const wrappers: [called: RegExp, index: number][] = [
  [/^global:AbortSignal\.timeout$/, 0],
  [
    /^asyncio\.(timeout)$|^async_timeout\.timeout$|^anyio\.(fail_after|move_on_after)$|^httpx\.Timeout$|^aiohttp\.ClientTimeout$/,
    0,
  ],
  [/^asyncio\.wait_for$|^p-timeout:/, 1],
]
/** Their limits by name. */
const parts = /^(total|connect|read|write|pool|sock_connect|sock_read|delay)$/
/** Starting the server, asking for settings, writing a text and waiting for own threads at the end is no operation. */
const others =
  /^threading\.Thread\(\)\.join$|^multiprocessing\.Process\(\)\.join$|^(builtins|json|logging|structlog|loguru|pino|winston|zod|pydantic|pydantic_settings|dataclasses|argparse|click|typer|vitest|jest|commander|yargs|pytest)\b/

/** `z` that another package hands on describes settings as well. */
const schema = /[:.]z\.(\w+\.)*\w+$/

const globals = /^global:(globalThis\.)?(fetch|AbortSignal\.timeout|setTimeout)$/

const isAbort = ({ callee }: Call): boolean =>
  callee.is === 'member' && /^(abort|destroy|kill|cancel)$/.test(callee.name)

/** `setTimeout(() => controller.abort(), ms)`. */
const abortTimer = (call: Call, path: string, { calls }: Module): Value | undefined => {
  if (!/^(global|timers):(globalThis\.)?setTimeout$/.test(path)) return undefined
  return calls.some(other => isAbort(other) && call.at < other.at && other.at < call.end)
    ? call.arguments[1]
    : undefined
}

const isEnding = ({ callee }: Call): boolean =>
  callee.is === 'member' && /^(terminate|kill|killpg|send_signal|cancel)$/.test(callee.name)

const waits =
  /^asyncio\.(wait|wait_for|timeout)$|^anyio\.(fail|move_on)_after$|:(globalThis\.)?setTimeout$|\(\)\.(wait|join)$/

/** How long something has that was told to end before: `process.terminate()`, then `wait_for(process.wait(), 5)`. */
const isGrace = (call: Call, path: string, { calls, functions }: Module): boolean => {
  if (!waits.test(path)) return false
  const around = innermost(functions, call.at)
  return calls.some(other => other.end <= call.at && isEnding(other) && innermost(functions, other.at) === around)
}

const fieldsIn = (value: Value, place: Place, resolver: Resolver, depth = 0): { value: Value; place: Place }[] =>
  (depth > 5 ? [] : resolver.things(value, place)).flatMap(thing => {
    if (thing.value.is !== 'record') return []
    return thing.value.fields.flatMap(([name, field]) =>
      key.test(name)
        ? [{ value: field, place: thing }]
        : name === '...'
          ? fieldsIn(field, thing, resolver, depth + 1)
          : [],
    )
  })

/** The name of a variable is no amount, such as in a list of settings and the variables that hold them. */
const isName = (value: Value): boolean => value.is === 'text' && !/^\s*\d/.test(value.text)

const isNone = (value: Value): boolean => value.is === 'constant' || (value.is === 'number' && value.number === 0)

const amountsOf = (call: Call, path: string, module: Module, resolver: Resolver): { value: Value; place: Place }[] => {
  const place: Place = { module, frames: [] }
  const index = wrappers.find(([called]) => called.test(path))?.[1]
  const direct = [...(index === undefined ? [] : [call.arguments[index]]), abortTimer(call, path, module)]
  const named = call.named
    .filter(([name]) => key.test(name) || (index === 0 && parts.test(name)))
    .map(([, value]) => value)
  const own = [...direct, ...named].flatMap(value => (value ? [{ value, place }] : []))
  return [
    ...own,
    ...call.arguments.flatMap(argument => (argument.is === 'function' ? [] : fieldsIn(argument, place, resolver))),
  ]
}

/** One call handed to another says the same twice: `timeout=httpx.Timeout(5)`. */
const isTimeoutObject = ({ value, place }: { value: Value; place: Place }, resolver: Resolver): boolean =>
  resolver
    .things(value, place)
    .some(
      thing =>
        thing.value.is === 'call' &&
        wrappers.some(([called]) => called.test(resolver.external((thing.value as Call).callee, thing) ?? '')),
    )

/** The name of what is called, through `promisify` as well. */
const pathOf = ({ callee }: Call, place: Place, resolver: Resolver): string | null => {
  for (const thing of resolver.things(callee, place)) {
    if (thing.value.is === 'external') return thing.value.path
    const [inner] = thing.value.is === 'call' ? thing.value.arguments : []
    if (thing.value.is === 'call' && inner && resolver.external(thing.value.callee, thing) === 'util:promisify')
      return resolver.external(inner, thing)
  }
  return null
}

const amountsIn = (module: Module, resolver: Resolver): TimeoutAmount[] =>
  module.calls.flatMap((call): TimeoutAmount[] => {
    const path = pathOf(call, { module, frames: [] }, resolver)
    if (path === null || others.test(path) || schema.test(path)) return []
    if ((path.startsWith('global:') && !globals.test(path)) || isGrace(call, path, module)) return []
    const amounts = amountsOf(call, path, module, resolver).filter(
      one => !isNone(one.value) && !isName(one.value) && !isTimeoutObject(one, resolver),
    )
    return amounts.map(({ value, place }) => {
      const origin = originOf(value, place, resolver)
      const from = origin.outside ? 'settings' : isHardCoded(origin) ? 'source' : 'undecided'
      const what = path
        .replace(/^(global|builtins)[:.]/, '')
        .replace(/:$/, '')
        .replace(':', '.')
      return {
        what,
        from,
        text: from === 'source' ? (origin.literals[0]?.text ?? null) : null,
        file: module.path,
        line: call.line,
      }
    })
  })

/** A line that sets several limits of one kind to the same amount says it once. */
const once = (amounts: TimeoutAmount[]): TimeoutAmount[] => [
  ...new Map(amounts.map(each => [JSON.stringify(each), each])).values(),
]

/** Every limit of time that is given to a call of another package, and who decides it. */
export const timeoutAmounts = gatherer<TimeoutAmount[], { modules: typeof modules; project: typeof project }>({
  id: 'timeout-amounts',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules: source, project }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    return once(own.flatMap(module => amountsIn(module, resolver)))
  },
})
