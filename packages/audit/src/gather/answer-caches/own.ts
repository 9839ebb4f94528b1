import type { Place, Resolver } from '../code/resolve.ts'
import { isWithin, type ClassValue, type Module, type Value } from '../code/values.ts'
import type { PerCall } from '../data-access/per-call.ts'
import type { Reach } from '../reach.ts'
import type { AnswerCache } from './cache.ts'

const cacheName = /cache|memo(ized)?$/i
const clocks = /^global:Date(\.now)?$|^global:performance\.now$|^time\.(time|monotonic)$|^datetime\./
const containers = /^global:Map$|^builtins\.dict$|^collections\.OrderedDict$/

/** A Map or a dictionary, and how the source names it. */
interface Storage {
  what: string
  value: Value
  isIt: (value: Value) => boolean
  /** Its methods look after it. */
  owner: ClassValue | null
}

const isItself = (value: Value): boolean => value.is === 'name' && /^(this|self|cls)$/.test(value.name)

const storagesIn = (module: Module, all: Module[]): Storage[] => [
  ...module.declarations
    .filter(({ name, from }) => cacheName.test(name) && !module.functions.some(of => isWithin(from, of)))
    .map(({ name, value }) => ({
      what: name,
      value,
      isIt: (one: Value) => one.is === 'name' && one.name === name,
      owner: null,
    })),
  ...module.classes.flatMap(owner => {
    const isMade = all.some(({ calls }) =>
      calls.some(({ callee }) => callee.is === 'name' && callee.name === owner.name),
    )
    const isCache = cacheName.test(owner.name) && isMade
    return owner.members
      .filter(({ name }) => isCache || cacheName.test(name))
      .map(({ name, value }) => ({
        what: `${owner.name}.${name}`,
        value,
        isIt: (one: Value) => one.is === 'member' && one.name === name && isItself(one.of),
        owner,
      }))
  }),
]

const isContainer = (value: Value, place: Place, resolver: Resolver): boolean =>
  (value.is === 'record' && value.fields.length === 0) ||
  (value.is === 'call' && containers.test(resolver.external(value.callee, place) ?? ''))

/**
 * Caches of the project's own making: what it deletes from them and its clocks bound them. One that lives no longer than a
 * request, or than what its keys stand for, keeps no answers; nor does one that no handler ever fills.
 */
export const ownCaches = (
  module: Module,
  all: Module[],
  { resolver, graph, bodies }: Pick<Reach, 'resolver' | 'graph' | 'bodies'>,
  perCall: PerCall,
): AnswerCache[] => {
  const place: Place = { module, frames: [] }
  const storages = storagesIn(module, all).filter(
    ({ value, owner }) => isContainer(value, place, resolver) && !(owner && perCall.discards(owner)),
  )
  return storages.flatMap(({ what, value, isIt, owner }): AnswerCache[] => {
    const isInside = ({ at }: { at: number }): boolean => !owner || (owner.at <= at && at < owner.end)
    const asked = module.calls.flatMap(({ callee, at }) =>
      callee.is === 'member' && isIt(callee.of) ? [{ name: callee.name, at }] : [],
    )
    const methods = new Set(asked.map(({ name }) => name))
    const written = module.writes.filter(({ target }) => target.is === 'index' && isIt(target.of))
    const isFilled =
      ['set', 'setdefault'].some(name => methods.has(name)) || written.some(({ operator }) => operator !== 'delete')
    if (!isFilled) return []
    const isEmptied =
      ['delete', 'clear', 'pop', 'popitem'].some(name => methods.has(name)) ||
      written.some(({ operator }) => operator === 'delete')
    const hasClock = module.calls.some(
      call => isInside(call) && clocks.test(resolver.external(call.callee, place) ?? ''),
    )
    const fillers = [...asked.filter(({ name }) => /^set(default)?$/.test(name)), ...written]
    const isOfStart =
      graph.functions.size > 0 &&
      fillers.every(({ at }) => {
        const around = bodies.around(module, at)
        return around !== null && !graph.functions.has(around)
      })
    if (isOfStart && !isEmptied) return []
    const line = value.is === 'call' || value.is === 'record' ? value.line : 1
    return [
      {
        what,
        bound: isEmptied ? 'what is deleted from it' : null,
        expiry: isEmptied ? (hasClock ? 'a clock beside it' : undefined) : null,
        used: true,
        file: module.path,
        line,
      },
    ]
  })
}
