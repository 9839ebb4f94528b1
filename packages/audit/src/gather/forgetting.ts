import { someIn } from './code/parts.ts'
import type { Thing } from './code/resolve.ts'
import { isWithin, nameOf, type Call, type Module, type Range, type Value } from './code/values.ts'
import type { Reach } from './reach.ts'

const plain =
  /^(global:(Map|Set|Array)|global:Object(\.create)?|builtins\.(dict|list|set)|collections\.(defaultdict|OrderedDict))$/
const adding = /^(set|add|push|append|setdefault)$/
const taking = /^(delete|clear|pop|popitem|popleft|shift|splice|remove|discard|evict\w*|prune\w*|expire\w*|trim\w*)$/
const waiting = /^(setTimeout|setInterval|create_task|Timer|call_later)$/

/** `store.size >= max`, `len(self.items) > 100`. */
const isMeasure = (value: Value): boolean =>
  value.is === 'compare' &&
  /^[<>]=?$/.test(value.operator) &&
  [value.left, value.right].some(side =>
    someIn(
      side,
      part =>
        (part.is === 'member' && /^(size|length)$/.test(part.name)) ||
        (part.is === 'call' && nameOf(part.callee) === 'len'),
    ),
  )

/** Whether what a class or a function of the repository makes may forget what it was given; where it cannot be told, it may. */
const mayForget = (within: Range, module: Module, reach: Reach): boolean => {
  const isHere = ({ at }: { at: number }): boolean => isWithin(at, within)
  const calls = module.calls.filter(isHere)
  const adds = ({ callee }: Call): boolean => callee.is === 'member' && adding.test(callee.name)
  const places = [...calls.filter(adds), ...module.writes.filter(one => isHere(one) && one.target.is === 'index')]
  if (places.length === 0) return true
  const fillers = new Set(places.map(({ at }) => reach.bodies.around(module, at)))
  const isTaken = ({ callee, at }: Call): boolean =>
    callee.is === 'member' && taking.test(callee.name) && fillers.has(reach.bodies.around(module, at))
  const tests = [
    ...module.guards.filter(isHere).map(({ test }) => test),
    ...module.loops.filter(isHere).map(({ of }) => of),
  ]
  const deletes = module.writes.some(
    one => isHere(one) && one.operator === 'delete' && fillers.has(reach.bodies.around(module, one.at)),
  )
  return (
    deletes ||
    tests.some(test => someIn(test, isMeasure)) ||
    calls.some(call => isTaken(call) || waiting.test(nameOf(call.callee)) || isSpecial(call, module, reach))
  )
}

/** A store of another package, such as `new LRUCache({ max: 9 })`. */
const isSpecial = (call: Call, module: Module, { resolver }: Reach): boolean =>
  call.constructs &&
  resolver
    .things(call.callee, { module, frames: [] })
    .some(({ value }) => value.is === 'external' && !plain.test(value.path) && !value.path.startsWith('global:'))

/** Whether a store is more than a collection of the language: a cache that forgets, or something that cannot be read. */
export const forgets = (made: Value, module: Module, reach: Reach): boolean => {
  // what is given may be anything; by default it is the other one
  if (made.is === 'either') return forgets(made.second, module, reach)
  if (made.is === 'choice') return made.options.some(one => forgets(one, module, reach))
  if (made.is !== 'call') return false
  const place = { module, frames: [] }
  return reach.resolver.things(made.callee, place).some(({ value, module: at }: Thing): boolean => {
    if (value.is === 'external') return !plain.test(value.path)
    if (value.is === 'class') return value.bases.length > 0 || mayForget(value, at, reach)
    return value.is !== 'function' || mayForget(value, at, reach)
  })
}
