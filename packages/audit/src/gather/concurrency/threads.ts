import { gatherer } from '../../core/item.ts'
import type { Call, FunctionValue, Module } from '../code/values.ts'
import { reach, type Entry, type Reach } from '../reach.ts'
import { allowedVersions, type AllowedMajors } from './allowed-versions.ts'
import { nameOf } from './paths.ts'

const registering = /^(add_(tool|prompt|resource)|tool|prompt|resource|from_function)$/

/** `mcp.tool(work)`, `mcp.tool(name="a")(work)`, `add_tool(Tool.from_function(work))`: who is given a function to register it. */
const registrarsIn = ({ modules, resolver }: Reach): Map<FunctionValue, string[]> => {
  const found = new Map<FunctionValue, string[]>()
  const note = ({ callee, arguments: [first], named }: Call, module: Module): void => {
    const by = callee.is === 'call' ? callee.callee : callee
    const given = first ?? named.find(([key]) => /^(fn|func|function)$/.test(key))?.[1]
    if (!given || by.is !== 'member' || !registering.test(by.name)) return
    const place = { module, frames: [] }
    const path = resolver.external(by, place)
    for (const { value } of path === null ? [] : resolver.things(given, place))
      if (value.is === 'function') found.set(value, [...(found.get(value) ?? []), path ?? ''])
  }
  for (const module of modules) if (module.language === 'python') for (const call of module.calls) note(call, module)
  return found
}

/** Where a handler runs; `open` where that depends on the version of the framework. */
export type Threads = (entry: Entry) => 'loop' | 'thread' | 'open'

/**
 * A plain `def` runs on the event loop under FastMCP of the SDK 1.x and FastMCP 2, and in a thread of its own from the SDK 2
 * and FastMCP 3 on.
 */
const threadOf = (paths: string[], { oldest, newest }: AllowedMajors): ReturnType<Threads> => {
  if (paths.some(path => /^mcp\.server\.(fastmcp\.|FastMCP\b)/.test(path))) return 'loop'
  if (paths.some(path => path.startsWith('mcp.'))) return 'thread'
  if (!paths.some(path => path.startsWith('fastmcp.'))) return 'open'
  if (newest !== null && newest < 3) return 'loop'
  return oldest !== null && oldest >= 3 ? 'thread' : 'open'
}

export const threads = gatherer<Threads, { reach: typeof reach; allowedVersions: typeof allowedVersions }>({
  id: 'threads',
  impact: 'read',
  from: 'repository',
  needs: { reach, allowedVersions },
  gather: (_, { reach, allowedVersions }) => {
    const registrars = registrarsIn(reach)
    const majors = allowedVersions.majors('fastmcp')
    return ({ functions }) => {
      const plain = functions.filter(({ function: of, module }) => module.language === 'python' && !of.isAsync)
      if (plain.length === 0) return 'loop'
      const paths = plain.flatMap(({ function: of, module }) => [
        ...(registrars.get(of) ?? []),
        ...module.decorated.flatMap(({ decorator, function: decorated }) => {
          const by = decorator.is === 'call' ? decorator.callee : decorator
          return decorated === of ? (reach.resolver.external(by, { module, frames: [] }) ?? []) : []
        }),
      ])
      return threadOf(paths, majors)
    }
  },
})

const maxWays = 40

/** Tells what runs in a thread: because it is one of those, a call hands it there, or what calls it runs there. */
export const openHanded = (
  { graph }: Pick<Reach, 'graph'>,
  inThreads: ReadonlySet<FunctionValue> = new Set(),
): ((of: FunctionValue) => boolean) => {
  const isHanded = (of: FunctionValue, seen: Set<FunctionValue>): boolean => {
    if (of.isAsync || seen.has(of) || seen.size > maxWays) return false
    if (inThreads.has(of)) return true
    seen.add(of)
    return graph
      .into(of)
      .some(
        ({ from, module, call, isLoose }) =>
          module.language === 'python' &&
          !isLoose &&
          ((call !== null && /^(to_thread|run_sync|run_in_executor|run_in_threadpool)$/.test(nameOf(call))) ||
            isHanded(from, seen)),
      )
  }
  return of => isHanded(of, new Set())
}
