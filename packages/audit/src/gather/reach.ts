import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import type { FunctionValue, Module } from './code/values.ts'
import { openBodies, type Bodies } from './reached/bodies.ts'
import { openGraph, type Graph } from './reached/graph.ts'
import { dispatchersIn, type Dispatcher } from './registered/dispatch.ts'
import type { Kind, Placed } from './registered/facts.ts'
import { registrations, type Registration } from './registrations.ts'

/** Where a request of a client enters the code of the server. */
export interface Entry {
  kind: Kind
  /** Null when one handler serves all, or the name is made at run time. */
  name: string | null
  file: string
  line: number
  work: Placed
  /** Schema of the arguments, or the address of a resource. */
  input: Placed | null
  /** Schemas of all tools of the same handler. */
  advertised: Placed[]
  given: Dispatcher['given'] | 'arguments' | 'named' | 'anything'
  /** What `work` may stand for. */
  functions: { function: FunctionValue; module: Module }[]
}

export interface Reach {
  entries: Entry[]
  graph: Graph
  bodies: Bodies
  resolver: Resolver
  /** All modules of the server. */
  modules: Module[]
  /** What is registered without a function that could be found. */
  lost: { kind: Kind; name: string | null; file: string; line: number }[]
}

const maxEntries = 2000

/** The functions that a handler is, or is wrapped around. */
const functionsOf = ({ value, place }: Placed, resolver: Resolver, depth = 0): Entry['functions'] =>
  resolver.things(value, place).flatMap((thing): Entry['functions'] => {
    const { value: found, module } = thing
    if (found.is === 'function') return [{ function: found, module }]
    if (depth > 2) return []
    const inner: Place = thing
    if (found.is === 'call')
      return [...found.arguments, ...(found.callee.is === 'member' ? [found.callee.of] : [])].flatMap(value =>
        functionsOf({ value, place: inner }, resolver, depth + 1),
      )
    if (found.is === 'record')
      return found.fields.flatMap(([, value]) => functionsOf({ value, place: inner }, resolver, depth + 1))
    return []
  })

/** What the handlers of tools, prompts and resources reach within the repository. */
export const reach = gatherer<Reach, { modules: typeof modules; registrations: typeof registrations }>({
  id: 'reach',
  impact: 'read',
  from: 'repository',
  needs: { modules, registrations },
  gather: (_, { modules, registrations }) => {
    const resolver = openResolver(modules)
    const single = registrations.flatMap((one): Entry[] => {
      if (!one.work || one.unreachable) return []
      const { kind, name, file, line, work, input } = one
      const given = work.place.module.language === 'python' ? 'named' : kind === 'resource' ? 'address' : 'arguments'
      return [{ kind, name, file, line, work, input, advertised: [], given, functions: functionsOf(work, resolver) }]
    })
    const shared = modules.all.flatMap(module =>
      dispatchersIn(module, resolver).map(({ kind, work, given }): Entry => {
        const functions = functionsOf(work, resolver)
        const [first] = functions
        const same = registrations.filter(one => one.kind === kind && one.work === null)
        return {
          kind,
          name: null,
          file: first?.module.path ?? module.path,
          line: first?.function.line ?? 1,
          work,
          input: null,
          advertised: same.flatMap(({ input }) => (input ? [input] : [])),
          given,
          functions,
        }
      }),
    )
    const entries = [...single, ...shared].filter(({ functions }) => functions.length > 0).slice(0, maxEntries)
    const served = new Set(shared.filter(({ functions }) => functions.length > 0).map(({ kind }) => kind))
    const found = single.filter(({ functions }) => functions.length > 0)
    // a list that is made anew names what is registered elsewhere
    const isListOnly = ({ name, kind }: Registration): boolean =>
      found.some(one => one.kind === kind && (name === null || one.name === null || one.name === name))
    const lost = [
      ...single.filter(({ functions }) => functions.length === 0),
      ...registrations.filter(one => !one.work && !one.unreachable && !served.has(one.kind) && !isListOnly(one)),
    ].map(({ kind, name, file, line }) => ({ kind, name, file, line }))
    const bodies = openBodies(modules.byPath.values())
    const starts = entries.flatMap(({ functions }) => functions)
    return {
      entries,
      graph: openGraph(starts, modules.byPath.values(), bodies, resolver),
      bodies,
      resolver,
      modules: modules.all,
      lost,
    }
  },
})
