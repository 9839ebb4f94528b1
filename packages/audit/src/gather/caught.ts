import { gatherer } from '../core/item.ts'
import type { Place } from './code/resolve.ts'
import { isWithin, type FunctionValue, type Handler, type Module, type Try, type Value } from './code/values.ts'
import { openLogs, tellsCause } from './log-calls.ts'
import { legibleModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import type { Body } from './reached/bodies.ts'

/** A handler of exceptions in the source of the server. */
export interface Caught {
  file: string
  line: number
  language: Module['language']
  /** In a function that is a handler of a tool; in one that such a handler reaches; elsewhere. */
  where: 'tool' | 'reached' | 'elsewhere'
  /** Any exception ends here. */
  broad: boolean
  /** It has no statement. */
  empty: boolean
  /** It throws, the same exception or another. */
  raises: boolean
  /** A log gets the cause, or fixed words alone. */
  logs: 'cause' | 'words' | null
  /** It decides the answer to the call. */
  answers: boolean
  /** Work outside of the process failed, and what is returned says "nothing there": `[]`, `""`, `{}`. */
  emptyAnswer: string | null
}

const broadTypes = /(^|\.)(Exception|BaseException)$/

/** Exceptions that say that there is nothing. */
const absence =
  /(^|\.)(KeyError|IndexError|LookupError|StopIteration|StopAsyncIteration|\w*NotFound\w*|\w*DoesNotExist)$/

const within = <T extends { at: number }>(all: T[], { at, end }: { at: number; end: number }): T[] =>
  all.filter(one => at <= one.at && one.at < end)

/** An answer of a tool in TypeScript: a record with `content` or `isError`. */
const isResult = (value: Value): boolean =>
  value.is === 'record' && value.fields.some(([key]) => key === 'content' || key === 'isError')

const emptiness = (value: Value): string | null => {
  if (value.is === 'list' && value.items.length === 0) return '[]'
  if (value.is === 'text' && value.text === '') return '""'
  if (value.is === 'record' && value.fields.length === 0) return '{}'
  if (value.is !== 'record') return null
  const content = value.fields.find(([key]) => key === 'content')?.[1]
  const isError = value.fields.some(([key]) => key === 'isError' || key === '...')
  return content?.is === 'list' && content.items.length === 0 && !isError ? '{ content: [] }' : null
}

const outside =
  /^(global:fetch$|axios|got:|ky:|undici|node-fetch|superagent|https?:|child_process|execa|pg:|mysql2|mongodb|redis|ioredis)|^(requests|httpx|aiohttp|urllib\.request|urllib3|subprocess|psycopg|asyncpg|pymongo|redis|sqlalchemy)\b/

/** What only reads or writes a text: `httpx.URL(text)`. */
const local =
  /^(requests\.(utils|compat)\.|httpx\.(URL|Headers|QueryParams|Timeout)\b|sqlalchemy\.(text|select)\b|subprocess\.list2cmdline)/

const isOutsideCall = (path: string): boolean => outside.test(path) && !local.test(path)

/** `try { return await first() } catch {}` and then `throw …`: what is caught ends in another exception. */
const isThrownNext = ({ at: start, end }: Try, { throws, calls, returns, branches }: Body): boolean => {
  const next = Math.min(...[...calls, ...returns].filter(({ at }) => at >= end).map(({ at }) => at))
  const isCertain = (at: number): boolean => branches.every(branch => !isWithin(at, branch) || isWithin(start, branch))
  return throws.some(({ at }) => at >= end && at < next && isCertain(at))
}

const whereIs = (of: FunctionValue | null, tools: Set<FunctionValue>, { graph }: Reach): Caught['where'] =>
  of && tools.has(of) ? 'tool' : of && graph.functions.has(of) ? 'reached' : 'elsewhere'

const read = (module: Module, around: Try, handler: Handler, reach: Reach, tools: Set<FunctionValue>): Caught => {
  const { bodies, resolver } = reach
  const isLog = logsOf(reach)
  const place: Place = { module, frames: [] }
  const owner = bodies.around(module, around.at)
  const body = bodies.of(module, owner)
  const where = whereIs(owner, tools, reach)
  const calls = within(body.calls, handler)
  const logs = calls.filter(call => isLog(call, module))
  const returned = within(body.returns, handler).flatMap(({ value }) =>
    value.is === 'call' || value.is === 'name' ? resolver.things(value, place).map(({ value: made }) => made) : [value],
  ) as Value[]
  const isOutside = within(body.calls, around.body).some(
    ({ callee, awaited }) => (where === 'tool' && awaited) || isOutsideCall(resolver.external(callee, place) ?? ''),
  )
  const isExpected =
    handler.types.length > 0 && handler.types.every(type => absence.test(resolver.external(type, place) ?? ''))
  const empty = returned.map(emptiness).find(text => text !== null) ?? null
  return {
    file: module.path,
    line: handler.line,
    language: module.language,
    where,
    broad:
      handler.types.length === 0 || handler.types.some(type => broadTypes.test(resolver.external(type, place) ?? '')),
    empty: handler.empty && !isThrownNext(around, body),
    raises: handler.leaves === 'throw' || within(body.throws, handler).length > 0,
    logs:
      logs.some(tellsCause) || logs.some(call => !isDirect(call.callee)) ? 'cause' : logs.length > 0 ? 'words' : null,
    answers: (where === 'tool' && handler.leaves === 'return') || (where !== 'elsewhere' && returned.some(isResult)),
    emptyAnswer: where !== 'elsewhere' && isOutside && !isExpected ? empty : null,
  }
}

/** A function of the repository may say more than it is given. */
const isDirect = (callee: Value): boolean => callee.is === 'member'

const opened = new WeakMap<Reach, ReturnType<typeof openLogs>>()
const logsOf = (reach: Reach): ReturnType<typeof openLogs> => {
  const known = opened.get(reach) ?? openLogs(reach.resolver, reach.bodies)
  opened.set(reach, known)
  return known
}

export interface Catches {
  caught: Caught[]
  /** Handlers of tools, and how many of them have a `try` of their own. */
  tools: number
  trying: number
}

/** Where the server catches exceptions, and what it does with them. */
export const caught = gatherer<Catches, { reach: typeof reach; project: typeof project }>({
  id: 'caught',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const entries = reach.entries.filter(({ kind }) => kind === 'tool').flatMap(({ functions }) => functions)
    const tools = new Set(entries.map(({ function: of }) => of))
    const all = legibleModules(reach, project).flatMap(module =>
      module.tries.flatMap(around => around.handlers.map(handler => read(module, around, handler, reach, tools))),
    )
    const trying = entries.filter(({ function: of, module }) => reach.bodies.of(module, of).tries.length > 0).length
    return { caught: all, tools: tools.size, trying }
  },
})
