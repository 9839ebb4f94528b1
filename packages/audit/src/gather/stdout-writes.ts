import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import type { Place } from './code/resolve.ts'
import { innermost, isWithin, type Call, type FunctionValue, type Module, type Range } from './code/values.ts'
import { entered } from './entered.ts'
import { callsOfFailedStarts, type Ways } from './failed-starts.ts'
import { lockedVersions } from './locked-versions.ts'
import { noticeOf } from './loud-libraries.ts'
import { isForOther } from './other-transport.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import { isNeverTaken } from './stdout/cases.ts'
import { openCovered, redirectsIn } from './stdout/redirects.ts'
import { writesTo } from './stdout/writes.ts'
import { transportStarts, type TransportStart } from './transport-starts.ts'
import { loadedBy, waysTo } from './ways-to-start.ts'

/** Something that writes to stdout. */
export interface StdoutWrite {
  what: string
  file: string
  line: number
  /**
   * `call`: a handler of a tool, prompt or resource reaches it. `start`: it happens on every way to the start over
   * stdio. `failure`: it happens when something fails there. `elsewhere`: in a branch, a sub-command, or code that nothing is known to reach.
   */
  when: 'call' | 'start' | 'failure' | 'elsewhere'
  /** Stdout may lead elsewhere by then. */
  perhaps?: true
}

export interface StdoutWrites {
  writes: StdoutWrite[]
  starts: TransportStart[]
  /** Where what the process writes to stdout is sent elsewhere; `certain` unless only some ways of the start do it. */
  redirected: { file: string; line: number; certain: boolean } | null
  files: number
}

/** The arm of an `if` around an offset; null in a loop, a switch or a handler, which may not run at all. */
const armOf = (module: Module, at: number): Range | null | undefined => {
  const arms = module.guards.flatMap(({ consequent, alternate }) =>
    alternate ? [consequent, alternate] : [consequent],
  )
  const whole = new Set(module.guards.map(guard => guard.at))
  const arm = innermost(arms, at)
  const other = innermost(
    module.branches.filter(branch => !whole.has(branch.at)),
    at,
  )
  return other && (!arm || other.at > arm.at) ? null : arm
}

/** Whether a call happens on every way to the start. */
const isOnWay = (module: Module, at: number, ways: Ways, loaded: Set<Module>, { bodies }: Reach): boolean => {
  const of = bodies.around(module, at)
  const way = ways.get(of ?? module)
  if (!way && (of || !loaded.has(module))) return false
  const arm = armOf(module, at)
  if (arm === null) return false
  // a branch around the whole function tells nothing
  if (arm === undefined || (of && arm.at < of.at)) return true
  return way?.ats.some(offset => arm.at <= offset && offset < arm.end) ?? false
}

/** The functions that are called on the way to the start, and what these call outside of branches. */
const calledBefore = (own: Module[], ways: Ways, loaded: Set<Module>, reach: Reach): Set<FunctionValue> => {
  const { bodies, resolver } = reach
  const found = new Map<FunctionValue, Module>()
  const add = ({ callee }: Call, module: Module): FunctionValue[] =>
    resolver.things(callee, { module, frames: [] }).flatMap(({ value, module: other }) => {
      if (value.is !== 'function' || found.has(value)) return []
      found.set(value, other)
      return [value]
    })
  let open = own.flatMap(module => {
    const bodiesOnWay = [...ways].filter(([, way]) => way.module === module).map(([key]) => key)
    const calls = [null, ...bodiesOnWay].flatMap(
      key => bodies.of(module, key !== null && 'path' in key ? null : key).calls,
    )
    return calls.filter(({ at }) => isOnWay(module, at, ways, loaded, reach)).flatMap(call => add(call, module))
  })
  for (let depth = 0; depth < 4 && open.length > 0; depth++)
    open = open.flatMap(of => {
      const module = found.get(of)
      const calls = module ? bodies.of(module, of).calls : []
      return calls.flatMap(call => (module && isPlain(module, call.at, of) ? add(call, module) : []))
    })
  return new Set(found.keys())
}

/** In no branch of its function. */
const isPlain = (module: Module, at: number, of: FunctionValue): boolean => {
  const branch = innermost(module.branches, at)
  return !branch || branch.at < of.at
}

/** What the server writes to stdout, and whether that happens in the process that speaks the protocol there. */
export const stdoutWrites = gatherer<
  StdoutWrites,
  {
    modules: typeof modules
    entered: typeof entered
    reach: typeof reach
    project: typeof project
    transportStarts: typeof transportStarts
    lockedVersions: typeof lockedVersions
  }
>({
  id: 'stdout-writes',
  impact: 'read',
  from: 'repository',
  needs: { modules, entered, reach, project, transportStarts, lockedVersions },
  gather: (_, { modules, entered, reach, project, transportStarts: starts, lockedVersions }) => {
    const own = ownModules({ modules: entered.all, entries: reach.entries }, project)
    const ways = waysTo(starts, own, reach)
    // the files that are loaded before the server speaks over stdio
    const loaded = loadedBy(
      starts.flatMap(({ kind, module }) => (kind === 'stdio' ? [module] : [])),
      modules,
    )
    const before = calledBefore(own, ways, loaded, reach)
    const isBefore = (module: Module, at: number): boolean => {
      const of = reach.bodies.around(module, at)
      return (of !== null && before.has(of) && isPlain(module, at, of)) || isOnWay(module, at, ways, loaded, reach)
    }
    const failing = callsOfFailedStarts(ways, own, isBefore, reach)
    const holdsStart = (module: Module, range: Range): boolean =>
      [...ways.values()].some(way => way.module === module && way.ats.some(at => isWithin(at, range)))
    const { whole, ranges } = redirectsIn(own, isBefore, holdsStart, reach)
    const isCovered = openCovered(ranges, reach)
    const whenOf = (module: Module, call: Call): StdoutWrite['when'] => {
      const { at } = call
      const of = reach.bodies.around(module, at)
      if (of && isForOther(call, module, of, reach)) return 'elsewhere'
      if (of && reach.graph.functions.has(of)) return 'call'
      if (isBefore(module, at)) return 'start'
      return failing.has(call) ? 'failure' : 'elsewhere'
    }
    const writes = own.flatMap(module =>
      module.calls.flatMap((call): StdoutWrite[] => {
        const place: Place = { module, frames: [] }
        const what = writesTo(call, place, reach.resolver) ?? noticeOf(call, place, reach.resolver, lockedVersions)
        if (what === null || isNeverTaken(call, module, reach)) return []
        const covered = isCovered(module, call.at)
        if (covered) return []
        const perhaps = covered === null ? { perhaps: true as const } : {}
        return [{ what, file: module.path, line: call.line, when: whenOf(module, call), ...perhaps }]
      }),
    )
    return { writes, starts, redirected: whole, files: own.length }
  },
})
