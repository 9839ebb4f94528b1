import { Undecided } from '../../core/item.ts'
import { openAdditions } from './additions.ts'
import { argumentOf, distinct } from './given.ts'
import { openCallers, type Caller } from './callers.ts'
import { at, openLinks, unknown, type Place, type Thing } from './link.ts'
import { openMembers } from './members.ts'
import { openMemos } from './memos.ts'
import type { Modules } from './modules.ts'
import { openNarrowing } from './narrowing.ts'
import {
  declarationsOf,
  innermost,
  visibleAt,
  type Call,
  type Declaration,
  type FunctionValue,
  type Module,
  type Value,
} from './values.ts'

export type { Place, Thing }

export interface Resolver {
  /** All that the value may stand for; `unknown` among them when something cannot be decided. */
  things(value: Value, place: Place): Thing[]
  /** The path of a name outside the repository: `axios:get`, `httpx.AsyncClient().get`, `global:fetch`; null if none. */
  external(value: Value, place: Place): string | null
  /** What a list consists of; null stands for parts that are not known. */
  items(value: Value, place: Place): (Thing | null)[]
  /** A text that is the same whatever happens; null when undecided. */
  text(value: Value, place: Place): string | null
  /** Calls of that function, with where they stand. */
  callers(of: FunctionValue, module: Module): Caller[]
}

const maxDepth = 60
const maxThings = 200
const maxSteps = 3_000
/** Things that may be handed on for one question. */
const maxWork = 30_000
/** Things that are found, and questions that are asked, for one source: bundles have no end. */
const maxAllWork = 12_000_000
const maxItems = 1_000
const keeping = /^(filter|slice|sort|toSorted|reverse|concat|flat|values|copy)$/

/** What comes after too many is not known. */
const bounded = <T>(list: T[], itemsOf: (item: T) => (Thing | null)[]): (Thing | null)[] => {
  const found: (Thing | null)[] = []
  for (const item of list)
    for (const each of itemsOf(item)) {
      if (found.length >= maxItems) return [...found, null]
      found.push(each)
    }
  return found
}

/** Throws `Undecided` once all questions together have asked for more than `most`. */
export const openNew = (
  { byPath, places }: Pick<Modules, 'byPath' | 'places'>,
  most: number = maxAllWork,
): Resolver => {
  const { imported, exported, moduleOf } = openLinks({ byPath, places }, (value, place) => things(value, place))
  const callers = openCallers(byPath.values(), (value, place) => things(value, place))
  const addingTo = openAdditions()
  const filledLists = new Map<Declaration, Value>()
  let depth = 0
  const listing = new Set<Value>()
  let steps = 0
  let cut = false
  let work = 0
  let allWork = 0
  const memos = openMemos()

  /** A declared list with all that is added to it later. */
  const filled = (declaration: Declaration, module: Module): Value => {
    const { name, value, from, to } = declaration
    if (value.is !== 'list') return value
    const known = filledLists.get(declaration)
    if (known) return known
    const added = addingTo(name, module).flatMap(({ callee, arguments: given, at: offset }): Value[] => {
      if (offset < from || offset > to) return []
      return callee.is === 'member' && callee.name === 'extend' ? given.map(of => ({ is: 'spread', of })) : given
    })
    const made: Value = { is: 'list', items: [...value.items, ...added] }
    filledLists.set(declaration, made)
    return made
  }

  const named = (name: string, offset: number, place: Place): Thing[] => {
    const { module } = place
    if (name === 'this' || name === 'self' || name === 'cls') {
      const owner = innermost(module.classes, offset)
      if (owner) return [{ ...place, value: owner }]
    }
    const values = visibleAt(module, name, offset)
    const set = values.filter(({ value }) => value.is !== 'unknown')
    if (set.length > 0) return set.flatMap(entry => things(filled(entry, module), place))
    if (values.length > 0) return [unknown(place)]
    for (const { value } of declarationsOf(module, '*')) {
      const other = value.is === 'import' ? moduleOf(module, value.module) : null
      const found = other ? exported(other, name, new Set()) : []
      if (found.length > 0) return found
    }
    return [
      {
        ...place,
        value: { is: 'external', path: module.language === 'python' ? `builtins.${name}` : `global:${name}` },
      },
    ]
  }

  const memberOf = openMembers(exported, (value, place) => things(value, place))
  const narrowed = openNarrowing((value, place) => things(value, place))

  const parameter = (value: Value & { is: 'parameter' }, place: Place): Thing[] => {
    const { module } = place
    const of = callers.functionAt(module, value.function)
    if (!of) return [unknown(place)]
    const given = (call: Call, caller: Place): Thing[] => {
      const argument = argumentOf(call, value.index, value.name, of, module)
      if (argument) return things(argument, caller)
      return value.fallback ? things(value.fallback, place) : [{ ...place, value: { is: 'constant', of: null } }]
    }
    const frame = place.frames.findLast(frame => frame.function === of)
    if (frame) return given(frame.call, frame.caller)
    const direct = callers.around(of)
    if (
      direct?.callee.is === 'member' &&
      /^(forEach|map|flatMap|filter)$/.test(direct.callee.name) &&
      value.index === 0
    )
      return things({ is: 'element', of: direct.callee.of }, place)
    const found = (direct ? null : callers.of(of, module)) ?? []
    return found.length > 0 ? found.flatMap(({ call, module }) => given(call, at(module))) : [unknown(place)]
  }

  const items = (value: Value, place: Place): (Thing | null)[] => {
    // a list may be made of itself: `found = found.filter(...)`
    if (listing.has(value)) return [null]
    listing.add(value)
    try {
      return itemsIn(value, place)
    } finally {
      listing.delete(value)
    }
  }

  const itemsOf = (thing: Thing): (Thing | null)[] => {
    const list = thing.value
    if (list.is === 'list')
      return bounded(list.items, item => (item.is === 'spread' ? items(item.of, thing) : things(item, thing)))
    if (list.is !== 'call' || list.callee.is !== 'member') return [null]
    const { of, name } = list.callee
    const first = list.arguments[0]
    const isValues =
      name === 'values' &&
      things(of, thing).some(({ value }) => value.is === 'external' && value.path === 'global:Object')
    if (name === 'values') {
      const records = isValues && first ? things(first, thing) : things(of, thing)
      return records.flatMap(record =>
        record.value.is === 'record' ? record.value.fields.flatMap(([, field]) => things(field, record)) : [null],
      )
    }
    if (name === 'concat') return [...items(of, thing), ...list.arguments.flatMap(more => items(more, thing))]
    if (keeping.test(name)) return items(of, thing)
    if ((name === 'map' || name === 'flatMap') && first?.is === 'function')
      return first.returns.flatMap(made => (name === 'map' ? things(made, thing) : items(made, thing)))
    return [null]
  }

  const itemsIn = (value: Value, place: Place): (Thing | null)[] => bounded(things(value, place), itemsOf)

  /** `list[0]`, `table[name]`: with an index that is not known, all that may be meant. */
  const indexed = ({ of, index }: Value & { is: 'index' }, place: Place): Thing[] => {
    const keys = things(index, place)
    return things(of, place).flatMap((thing): Thing[] => {
      const { value } = thing
      if (value.is === 'external') return [unknown(place)]
      if (value.is === 'record' && keys.every(({ value: { is } }) => is === 'text'))
        return keys.flatMap(({ value: key }) => (key.is === 'text' ? memberOf(thing, key.text) : []))
      if (value.is === 'record') return [...value.fields.flatMap(([, field]) => things(field, thing)), unknown(place)]
      if (value.is !== 'list' || value.items.some(({ is }) => is === 'spread')) return [unknown(place)]
      const [key] = keys
      const only = keys.length === 1 && key?.value.is === 'number' ? value.items.at(key.value.number) : undefined
      return only ? things(only, thing) : [...value.items.flatMap(item => things(item, thing)), unknown(place)]
    })
  }

  const follow = (value: Value, place: Place): Thing[] => {
    switch (value.is) {
      case 'name':
        return narrowed.named(value, place, named(value.name, value.at, place))
      case 'import':
        return imported(value.module, value.name, place)
      case 'member':
        return things(value.of, place).flatMap(thing => memberOf(thing, value.name))
      case 'parameter':
        return parameter(value, place)
      case 'choice':
        return narrowed.chosen(value, place)
      case 'element':
        return items(value.of, place).map(item => item ?? unknown(place))
      case 'index':
        return indexed(value, place)
      case 'both':
        return [...things(value.second, place), unknown(place)]
      case 'compare':
      case 'arithmetic':
      case 'not':
        return [unknown(place)]
      case 'either':
        return things(value.first, place).flatMap(thing => {
          const isAbsent = thing.value.is === 'constant' && thing.value.of !== true
          if (isAbsent) return things(value.second, place)
          return thing.value.is === 'unknown' ? [thing, ...things(value.second, place)] : [thing]
        })
      case 'join': {
        const texts = value.parts.map(part => text(part, place))
        return texts.every(part => part !== null)
          ? [{ ...place, value: { is: 'text', text: texts.join('') } }]
          : [unknown(place)]
      }
      case 'call':
        return things(value.callee, place).flatMap((thing): Thing[] => {
          const { value: callee } = thing
          if (callee.is !== 'function' || value.constructs) return [{ ...place, value }]
          const isRecursive = [...thing.frames, ...place.frames].some(frame => frame.function === callee)
          if (isRecursive) return [unknown(place)]
          const frames = memos.entering(thing.frames, callee, value, place)
          return callee.returns.flatMap(given => things(given, { module: thing.module, frames }))
        })
      default:
        return [{ ...place, value }]
    }
  }

  const things = (value: Value, place: Place): Thing[] => {
    if (depth === 0) {
      steps = 0
      work = 0
      cut = false
    }
    // whoever went on would take what was not looked at for what is not there
    if (++allWork > most) throw new Undecided('more of the source leads to other places than is followed')
    const { known, open } = memos.of(place.frames)
    const before = known.get(value)
    work += before?.length ?? 1
    const isSpent = work > maxWork
    if (before && !isSpent) return before
    if (open.has(value)) return [unknown(place)]
    if (depth > maxDepth || steps > maxSteps || isSpent) {
      cut = true
      return [unknown(place)]
    }
    depth++
    steps++
    open.add(value)
    try {
      const found = distinct(follow(value, place)).slice(0, maxThings)
      allWork += found.length
      // what was cut off deep inside may be complete when it is asked for by itself
      if (!cut || depth === 1) known.set(value, found)
      return found
    } finally {
      open.delete(value)
      depth--
    }
  }

  const external = (value: Value, place: Place): string | null => {
    for (const thing of things(value, place)) if (thing.value.is === 'external') return thing.value.path
    return null
  }

  const text = (value: Value, place: Place): string | null => {
    const texts = new Set(things(value, place).map(({ value }) => (value.is === 'text' ? value.text : null)))
    const [only] = texts
    return texts.size === 1 ? (only ?? null) : null
  }

  return { things, external, items, text, callers: (of, module) => callers.of(of, module) ?? [] }
}

const opened = new WeakMap<Modules['byPath'], Resolver>()

/** One resolver for all that look at the same source: what one has found out the others know. */
export const openResolver = (source: Pick<Modules, 'byPath' | 'places'>): Resolver => {
  const before = opened.get(source.byPath)
  if (before) return before
  const resolver = openNew(source)
  opened.set(source.byPath, resolver)
  return resolver
}
