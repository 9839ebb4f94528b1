import { isSame, someIn } from '../code/parts.ts'
import type { Place, Thing } from '../code/resolve.ts'
import { fieldOf, isWithin, nameOf, visibleAt, type FunctionValue, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { byDefault } from './by-default.ts'
import { isSetBefore } from './modes.ts'
import { refusalsIn } from './refusals.ts'
import { givenToField } from './set-fields.ts'
import type { SwitchedOff } from './switched-off.ts'

const isNamed = (value: Value): boolean => value.is === 'name' || value.is === 'member'

/** What `list.length`, `len(list)` is the length of. */
const lengthOf = (value: Value): Value | null =>
  value.is === 'member' && value.name === 'length'
    ? value.of
    : value.is === 'call' && nameOf(value.callee) === 'len'
      ? (value.arguments[0] ?? null)
      : null

const isNumber = (value: Value, number: number): boolean => value.is === 'number' && value.number === number

/** The lists of which it is enough that one is empty: `!list || list.length === 0`. */
const emptyIn = (test: Value): Value[] => {
  if (test.is === 'either') return [...emptyIn(test.first), ...emptyIn(test.second)]
  if (test.is === 'not') return [lengthOf(test.of) ?? test.of].filter(isNamed)
  if (test.is !== 'compare') return []
  const of = lengthOf(test.left)
  const { operator, right } = test
  return of && ((/^===?$/.test(operator) && isNumber(right, 0)) || (operator === '<' && isNumber(right, 1))) ? [of] : []
}

/** The lists that have to hold something: `list.length > 0 && …`. */
const filledIn = (test: Value): Value[] => {
  if (test.is === 'both') return [...filledIn(test.first), ...filledIn(test.second)]
  if (test.is === 'not') return test.of.is === 'either' ? emptyIn(test.of) : []
  const length = lengthOf(test)
  if (length) return [length]
  if (isNamed(test)) return [test]
  const of = test.is === 'compare' ? lengthOf(test.left) : null
  return of && test.is === 'compare' && /^(>|>=|!==?)$/.test(test.operator) ? [of] : []
}

const looking = /^(includes|has|some|indexOf|find)$/
/** What is looked at, where names are kept in lists: `origin.includes(name)`. */
const ofOne = /(origin|host|hostname|referr?er|header|url|authorization|token|key)$/i

/** The function looks for something in that list. */
const looksIn = (list: Value, of: FunctionValue, { module }: Place, reach: Reach): boolean => {
  const { calls, guards, returns, loops } = reach.bodies.of(module, of)
  const declared = module.declarations.filter(({ at }) => isWithin(at, of))
  const written = [...calls, ...guards.map(({ test }) => test), ...[...returns, ...declared].map(({ value }) => value)]
  const isIn = (value: Value): boolean =>
    someIn(value, part =>
      part.is === 'call'
        ? part.callee.is === 'member' && looking.test(part.callee.name) && isSame(part.callee.of, list)
        : part.is === 'compare' && /^(not )?in$/.test(part.operator) && isSame(part.right, list),
    )
  return written.some(isIn) || loops.some(loop => isSame(loop.of, list))
}

const maxDepth = 12
const keeping = /^(map|filter|flatMap|trim|strip|lower|toLowerCase|slice|sort|concat)$/
const makers = /^(global:(Set|Array\.from)|builtins\.(set|list|tuple|frozenset))$/

/** Whether nothing is in it when nothing is set; null where that cannot be told. */
export const isEmptyByDefault = (value: Value, place: Place, reach: Reach, depth = 0): boolean | null => {
  if (depth > maxDepth) return null
  const { resolver, modules } = reach
  const follow = (next: Value, at: Place = place): boolean | null => isEmptyByDefault(next, at, reach, depth + 1)
  const agreed = (all: (boolean | null)[]): boolean | null =>
    all.length > 0 && all.every(one => one === all[0]) ? (all[0] ?? null) : null
  switch (value.is) {
    case 'text':
      return value.text === ''
    case 'constant':
      return value.of !== true
    case 'list':
      return value.items.length === 0 ? true : value.items.some(({ is }) => is !== 'spread') ? false : null
    case 'either': {
      const first = follow(value.first)
      return first === true ? follow(value.second) : first
    }
    case 'choice': {
      const held = value.test ? byDefault(value.test, place, reach) : null
      const chosen = held === null ? undefined : value.options[held ? 0 : 1]
      return chosen ? follow(chosen) : agreed(value.options.map(option => follow(option)))
    }
    case 'call': {
      const { callee, arguments: given } = value
      const [first, second] = given
      const path = resolver.external(callee, place) ?? ''
      if (/^os\.(getenv|environ\.get)$/.test(path)) return second ? follow(second) : true
      if (makers.test(path)) return first ? follow(first) : true
      // `''.split(',')` has one text, in which nothing is
      if (callee.is === 'member' && (keeping.test(callee.name) || callee.name === 'split')) return follow(callee.of)
      break
    }
    case 'name': {
      const declared = visibleAt(place.module, value.name, value.at)
      const isSetLater = place.module.writes.some(({ target }) => target.is === 'name' && target.name === value.name)
      const [only] = declared
      if (isSetLater) return null
      if (only && declared.length === 1 && !/^(import|parameter|unknown)$/.test(only.value.is))
        return follow(only.value)
      break
    }
    default:
      break
  }
  const isOfEnvironment = (path: string): boolean => /process\.?:?\.?env\b|os\.environ/.test(path)
  if (value.is === 'member') {
    const isOpen = (thing: Thing): boolean =>
      thing.value.is === 'unknown' || (thing.value.is === 'record' && thing.value.fields.some(([key]) => key === '...'))
    const owners = resolver.things(value.of, place)
    if (owners.some(isOpen)) {
      const given = givenToField(value.name, modules)
      return given.every(({ value: each, module }) => follow(each, { module, frames: [] }) === true) ? true : null
    }
    if (owners.length > 0 && owners.every(({ value: { is } }) => is === 'record'))
      return agreed(
        owners.map(owner => {
          const field = owner.value.is === 'record' ? fieldOf(owner.value.fields, value.name) : undefined
          return field ? follow(field, owner) : true
        }),
      )
  }
  return agreed(
    resolver.things(value, place).map(({ value: made, ...at }) => {
      if (made.is === 'external') return isOfEnvironment(made.path) ? true : null
      return made === value || made.is === 'namespace' ? null : follow(made, at)
    }),
  )
}

/** `if (!config.allowed || config.allowed.length === 0) return true`: without a list nothing is refused. */
export const passesWhileEmpty = (
  of: FunctionValue,
  place: Place,
  reach: Reach,
  isRefusal: (value: Value) => boolean,
): SwitchedOff | null => {
  const { module } = place
  const body = reach.bodies.of(module, of)
  const isNo = (value: Value): boolean => (value.is === 'constant' && value.of === false) || isRefusal(value)
  const refusals = refusalsIn(body, isNo)
  const isPass = (value: Value): boolean =>
    (value.is === 'constant' && value.of !== false) ||
    (value.is === 'call' && /^(next|call_next)$/.test(nameOf(value.callee)))
  const passing = body.guards.flatMap(({ test, line, consequent }) => {
    const inside = body.returns.filter(({ at }) => isWithin(at, consequent))
    const isPassing =
      consequent.leaves === 'return' &&
      inside.every(({ value }) => isPass(value)) &&
      !refusals.some(({ at }) => isWithin(at, consequent))
    const isAround = refusals.length > 0 && refusals.every(({ at }) => isWithin(at, consequent))
    return [...(isPassing ? emptyIn(test) : []), ...(isAround ? filledIn(test) : [])].map(list => ({ list, line }))
  })
  // `return allowed.length === 0 || allowed.includes(origin)`
  const answered = body.returns.flatMap(({ value, line }) =>
    value.is === 'either' ? emptyIn(value.first).map(list => ({ list, line })) : [],
  )
  for (const { list, line } of [...passing, ...answered]) {
    if (ofOne.test(nameOf(list)) || !isSetBefore(list, of, module) || !looksIn(list, of, place, reach)) continue
    const isEmpty = isEmptyByDefault(list, place, reach)
    if (isEmpty === false) continue
    const only = `where ${nameOf(list)} is not empty (${module.path}:${line})`
    return { optional: true, only, ...(isEmpty === null ? { unsure: true as const } : {}) }
  }
  return null
}
