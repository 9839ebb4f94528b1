import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Resolver } from './code/resolve.ts'
import { fieldOf, innermost, type Module } from './code/values.ts'
import type { Facts, Found, Kind, Placed } from './registered/facts.ts'
import { registrationsIn } from './registered/find.ts'
import { openReach } from './registered/reach.ts'
import { serverOf } from './registered/servers.ts'
import { project } from './project.ts'
import { trees } from './trees.ts'

export interface Registration extends Facts {
  kind: Kind
  /** Null when it is made at run time. */
  name: string | null
  file: string
  line: number
  /** Where its work is done, when known. */
  handler: { file: string; line: number } | null
  /** What is called when it is used; null where one handler serves all. */
  work: Placed | null
  /** The schema of its arguments, or the address of a resource. */
  input: Placed | null
  /** Where the server it belongs to is constructed; null when only its type is known. */
  server: string | null
  /** Registrations with the same group all happen when one of them does. Null for what stands in a branch. */
  group: string | null
  /** Why it can never happen; null when it may. */
  unreachable: string | null
}

interface Mount {
  server: string
  /** Put before the names, without the underscore; null when computed, empty when there is none. */
  prefix: string | null
}

/** `main.mount(sub, namespace="x")`: the tools of `sub` are offered as `x_name`. */
const mountsIn = (module: Module, resolver: Resolver): Mount[] =>
  module.calls.flatMap((call): Mount[] => {
    if (call.callee.is !== 'member' || !/^(mount|import_server)$/.test(call.callee.name)) return []
    const place = { module, frames: [] }
    if (!serverOf(call.callee.of, place, resolver)) return []
    const servers = call.arguments.map(argument => serverOf(argument, place, resolver))
    const mounted = servers.find(server => server !== null)
    const prefix =
      fieldOf(call.named, 'namespace') ??
      fieldOf(call.named, 'prefix') ??
      call.arguments.find((_, index) => servers[index] === null)
    return mounted ? [{ server: mounted, prefix: prefix ? resolver.text(prefix, place) : '' }] : []
  })

const groupOf = ({ place: { module }, at }: Found): string | null => {
  const around = innermost(module.functions, at)
  const branch = innermost(module.branches, at)
  const isConditional = branch !== undefined && (!around || branch.at > around.at)
  return isConditional ? null : `${module.path}:${around?.at ?? 'top'}`
}

/** Handlers of low-level servers tell tools apart by comparing names. */
const comparedNames = (all: Module[], resolver: Resolver): Map<string, { file: string; line: number }> => {
  const found = new Map<string, { file: string; line: number }>()
  for (const module of all)
    for (const { value, line } of module.compared) {
      const isConstant =
        value.is === 'text' || value.is === 'member' || (value.is === 'name' && /^[A-Z]/.test(value.name))
      if (!isConstant) continue
      const name = resolver.text(value, { module, frames: [] })
      if (name !== null && !found.has(name)) found.set(name, { file: module.path, line })
    }
  return found
}

/** The tools, prompts and resources that the source registers with an MCP server. */
export const registrations = gatherer<
  Registration[],
  { modules: typeof modules; trees: typeof trees; project: typeof project }
>({
  id: 'registrations',
  impact: 'read',
  from: 'repository',
  needs: { modules, trees, project },
  gather: (_, { modules, trees, project }) => {
    const resolver = openResolver(modules)
    const found = modules.all.flatMap(module => registrationsIn(module, resolver))
    if (found.length === 0) return []
    const mounts = modules.all.flatMap(module => mountsIn(module, resolver))
    const reach = openReach(trees.sources, project)
    const compared = comparedNames(modules.all, resolver)
    return found.flatMap(one => {
      const prefixes = new Set(mounts.filter(({ server }) => server === one.server).map(({ prefix }) => prefix))
      const named = (name: string | null): (string | null)[] =>
        prefixes.size === 0
          ? [name]
          : [...prefixes].map(prefix =>
              name === null || prefix === null
                ? null
                : prefix === '' || one.kind === 'resource'
                  ? name
                  : `${prefix}_${name}`,
            )
      return [...new Set(one.names)].flatMap(name =>
        named(name).map((full): Registration => ({
          kind: one.kind,
          name: full,
          file: one.place.module.path,
          line: one.line,
          ...one.facts,
          handler: one.handler ?? (name === null ? null : (compared.get(name) ?? null)),
          work: one.work,
          input: one.input,
          server: one.server === 'typed' ? null : one.server,
          group: groupOf(one),
          unreachable: reach(one),
        })),
      )
    })
  },
})
