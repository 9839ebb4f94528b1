import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import type { Call, FunctionValue, Module } from './code/values.ts'
import { isKeptOnce, openKept } from './concurrency/kept.ts'
import { isBlocking, pathMethods } from './concurrency/blocking.ts'
import { openWays } from './concurrency/loop-ways.ts'
import { nameOf, pathsOf, shownPath } from './concurrency/paths.ts'
import { threads } from './concurrency/threads.ts'
import { reach, type Entry, type Reach } from './reach.ts'
import { isFor, type Edge } from './reached/graph.ts'
import { unreadOf } from './taint/hidden.ts'

/** A function that runs on the thread that answers all requests. */
export interface OnLoop {
  function: FunctionValue
  module: Module
  entry: Entry
  /** The calls that lead from the handler to it, as `file:line`. */
  way: string[]
}

export interface BlockingCall {
  what: string
  file: string
  line: number
  /** `tool read_note`. */
  handler: string
  way: string[]
}

export interface EventLoop {
  /** Handlers on the thread of the event loop, in threads of their own, and those of which that is not known. */
  handlers: number
  inThreads: number
  somewhere: number
  functions: ReadonlyMap<FunctionValue, OnLoop>
  blocking: BlockingCall[]
  /** A handler of which it is not known where it runs, with what it would hold there. */
  open: BlockingCall[]
  cut: boolean
  /** Functions of tools that were not found; null where none is known to be missing. */
  unread: string | null
}

const named = ({ kind, name, given, file, line }: Entry): string => {
  if (name !== null) return `${kind} ${name}`
  return given === 'named' ? `the ${kind} of ${file}:${line}` : `the handler of all ${kind}s`
}

/** A decorator of the repository puts a function of its own in the place of what it decorates. */
const decorating = ({ function: of, module, entry, way }: OnLoop, { resolver }: Reach): OnLoop[] =>
  module.decorated
    .filter(one => one.function === of)
    .flatMap(({ decorator }) =>
      resolver.things(decorator.is === 'call' ? decorator.callee : decorator, { module, frames: [] }),
    )
    .flatMap(({ value, module: at }) =>
      value.is === 'function'
        ? at.functions
            .filter(inner => (inner.isAsync || !of.isAsync) && value.at < inner.at && inner.end <= value.end)
            .map(inner => ({ function: inner, module: at, entry, way }))
        : [],
    )

/** All that runs on the event loop when a request comes in, by the shortest way. */
const followed = (entries: Entry[], reach: Reach): Map<FunctionValue, OnLoop> => {
  const { graph } = reach
  const isOnLoop = openWays(reach)
  const out = new Map<FunctionValue, Edge[]>()
  for (const of of graph.functions.keys())
    for (const edge of graph.into(of)) {
      const same = out.get(edge.from)
      if (same) same.push(edge)
      else out.set(edge.from, [edge])
    }
  const found = new Map<FunctionValue, OnLoop>()
  const queue: OnLoop[] = entries.flatMap(entry => entry.functions.map(one => ({ ...one, entry, way: [] })))
  for (const next of queue) {
    if (found.has(next.function)) continue
    found.set(next.function, next)
    queue.push(...decorating(next, reach))
    for (const edge of out.get(next.function) ?? []) {
      if (found.has(edge.to) || !isFor(next.entry.kind, edge) || !isOnLoop(edge)) continue
      if (edge.call && isKeptOnce(edge.call, edge.from, edge.module, reach.bodies)) continue
      const step = edge.call ? [`${edge.module.path}:${edge.call.line}`] : []
      queue.push({ function: edge.to, module: edge.target, entry: next.entry, way: [...next.way, ...step] })
    }
  }
  return found
}

/** `queue.get(block=False)`. */
const isAtOnce = ({ callee, arguments: [first], named }: Call): boolean =>
  callee.is === 'member' &&
  callee.name === 'get' &&
  [first, ...named.filter(([key]) => key === 'block').map(([, value]) => value)].some(
    value => value?.is === 'constant' && value.of === false,
  )

const clocks = /^(global:(Date\.now|performance\.now)|perf_hooks:performance\.now|time\.(time|monotonic|perf_counter))$/

/** `while (Date.now() < until) {}`: it waits by doing nothing else. */
const spinningIn = (functions: Map<FunctionValue, OnLoop>, { bodies, resolver }: Reach): BlockingCall[] =>
  [...functions.values()].flatMap(({ function: of, module, entry, way }) => {
    const { loops, calls } = bodies.of(module, of)
    return loops.flatMap((loop): BlockingCall[] => {
      const isClocked =
        loop.kind === 'while' &&
        loop.of.is === 'compare' &&
        someIn(
          loop.of,
          part => part.is === 'call' && clocks.test(resolver.external(part.callee, { module, frames: [] }) ?? ''),
        )
      const inside = calls.filter(({ at, end }) => loop.at <= at && end <= loop.end)
      const isBusy = isClocked && inside.every(call => someIn(loop.of, part => part === call))
      return isBusy
        ? [{ what: 'a loop that waits for a time', file: module.path, line: loop.line, handler: named(entry), way }]
        : []
    })
  })

const blockingIn = (functions: Map<FunctionValue, OnLoop>, { bodies, resolver }: Reach): BlockingCall[] => {
  const isKept = openKept(bodies)
  return [...functions.values()].flatMap(({ function: of, module, entry, way }) =>
    bodies.of(module, of).calls.flatMap((call): BlockingCall[] => {
      if (call.awaited) return []
      const paths = pathsOf(call, { module, frames: [] }, resolver)
      const usesAnyio = module.declarations.some(({ value }) => value.is === 'import' && /^anyio\b/.test(value.module))
      const path =
        paths.find(isBlocking) ??
        (paths.length === 0 && module.language === 'python' && !usesAnyio && pathMethods.test(nameOf(call))
          ? `Path.${nameOf(call)}`
          : undefined)
      if (!path || isKept(call, of, module) || isAtOnce(call)) return []
      return [{ what: shownPath(path), file: module.path, line: call.line, handler: named(entry), way }]
    }),
  )
}

/** What runs on the event loop while a request is answered, and what holds it there. */
export const eventLoop = gatherer<EventLoop, { reach: typeof reach; threads: typeof threads }>({
  id: 'event-loop',
  impact: 'read',
  from: 'repository',
  needs: { reach, threads },
  gather: (_, { reach, threads }) => {
    const on = { loop: [] as Entry[], thread: [] as Entry[], open: [] as Entry[] }
    for (const entry of reach.entries) on[threads(entry)].push(entry)
    const functions = followed(on.loop, reach)
    return {
      handlers: on.loop.length,
      inThreads: on.thread.length,
      somewhere: on.open.length,
      functions,
      blocking: [...blockingIn(functions, reach), ...spinningIn(functions, reach)],
      open: blockingIn(followed(on.open, reach), reach),
      cut: reach.graph.cut,
      unread: unreadOf(reach),
    }
  },
})
