import { someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { innermost, isWithin, visibleAt, type ClassValue, type Module, type Value, type Write } from '../code/values.ts'
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

interface Removal {
  key: Value | undefined
  at: number
}

/** `cache.delete(key)`, `cache.pop(key)`, `del cache[key]`, `delete cache[key]`. */
const removals = (module: Module, isIt: Storage['isIt']): Removal[] => [
  ...module.calls.flatMap(({ callee, arguments: [key], at }): Removal[] =>
    callee.is === 'member' && /^(delete|pop)$/.test(callee.name) && isIt(callee.of) ? [{ key, at }] : [],
  ),
  ...module.writes.flatMap(({ target, operator, at }): Removal[] =>
    operator === 'delete' && target.is === 'index' && isIt(target.of) ? [{ key: target.index, at }] : [],
  ),
]

/** The entry that was asked for goes, so that it can be filled anew: the others stay for ever. */
const isOfItsOwnKey = (
  { key, at }: Removal,
  module: Module,
  isIt: Storage['isIt'],
  bodies: Reach['bodies'],
): boolean => {
  const of = bodies.around(module, at)
  if (!of || key?.is !== 'name' || module.loops.some(loop => isWithin(at, loop) && isWithin(loop.at, of))) return false
  const isSame = (value: Value | undefined): boolean => value?.is === 'name' && value.name === key.name
  const { calls, writes } = bodies.of(module, of)
  const isFilledHere =
    calls.some(
      ({ callee, arguments: [first] }) =>
        callee.is === 'member' && callee.name === 'set' && isIt(callee.of) && isSame(first),
    ) ||
    writes.some(
      ({ target, operator }) => target.is === 'index' && operator === '=' && isIt(target.of) && isSame(target.index),
    )
  return isFilledHere
}

/** `for (const one of all) table[one.name] = one`, over what no caller names: a table that is filled whole, again and again alike. */
const isFilledWhole = ({ target, at }: Write, module: Module, bodies: Reach['bodies']): boolean => {
  const of = bodies.around(module, at)
  const loop = innermost(
    module.loops.filter(({ kind }) => kind === 'for'),
    at,
  )
  if (!of || !loop || !isWithin(loop.at, of)) return false
  const given = new Set(of.parameters.filter(name => !/^(self|cls|this)$/.test(name)))
  const isGiven = (value: Value, depth = 0): boolean =>
    someIn(
      value,
      part =>
        part.is === 'parameter' ||
        (part.is === 'name' &&
          !isItself(part) &&
          (given.has(part.name) ||
            (depth < 2 &&
              visibleAt(module, part.name, part.at).some(
                declared => isWithin(declared.at, of) && isGiven(declared.value, depth + 1),
              )))),
    )
  const isElement = (value: Value, depth = 0): boolean =>
    someIn(
      value,
      part =>
        part.is === 'element' ||
        (part.is === 'name' &&
          depth < 3 &&
          visibleAt(module, part.name, part.at).some(
            declared => isWithin(declared.at, loop) && isElement(declared.value, depth + 1),
          )),
    )
  return target.is === 'index' && isElement(target.index) && !isGiven(loop.of)
}

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
    const removed = removals(module, isIt)
    const isCleared = ['clear', 'popitem'].some(name => methods.has(name))
    const isEmptied = isCleared || removed.some(removal => !isOfItsOwnKey(removal, module, isIt, bodies))
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
    if (fillers.length === written.length && written.every(one => isFilledWhole(one, module, bodies))) return []
    if (isOfStart && !isCleared && removed.length === 0) return []
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
