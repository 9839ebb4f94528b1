import type { Place, Resolver } from '../code/resolve.ts'
import { isWithin, type Call, type Value } from '../code/values.ts'

const maxDepth = 5

export interface Made {
  /** The class of the library. */
  path: string
  named: Call['named']
  place: Place
}

/** Calls of the class of a library, also by `super().__init__(…)` of a class that extends it. */
export const madeBy = (call: Call, place: Place, resolver: Resolver): Made[] => {
  const above = (callee: Value, at: Place, { named, place: own }: Omit<Made, 'path'>, depth = 0): Made[] =>
    resolver.things(callee, at).flatMap((thing): Made[] => {
      const { value: found, module } = thing
      if (found.is === 'external') return [{ path: found.path, named, place: own }]
      if (found.is !== 'class' || depth > maxDepth) return []
      const init = found.members.find(({ name }) => name === '__init__')?.value
      const inner = module.calls.find(
        ({ callee: of, at: offset }) =>
          init?.is === 'function' && isWithin(offset, init) && of.is === 'member' && of.name === '__init__',
      )
      const given = init ? { named: inner?.named ?? [], place: { module, frames: [] } } : { named, place: own }
      return found.bases.flatMap(base => above(base, thing, given, depth + 1))
    })
  return above(call.callee, place, { named: call.named, place })
}
