import { argumentOf } from '../code/given.ts'
import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import { fieldOf, isWithin, visibleAt, type Call, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'

/** What an expression is while nothing is set: nothing (undefined), or null where that cannot be told. */
type Settled = string | boolean | undefined | null

const maxDepth = 14

const isVariable = (path: string): boolean => /^(global:process\.|process:)env\b/.test(path)

/** Without the variable the server does not start: `if (!process.env.TOKEN) process.exit(1)`. */
const isDemanded = (path: string, { modules, resolver }: Reach): boolean =>
  modules.some(module =>
    module.guards.some(({ test, consequent }) => {
      const missing = someIn(
        test,
        part => part.is === 'not' && resolver.external(part.of, { module, frames: [] }) === path,
      )
      return (
        missing &&
        (module.throws.some(({ at }) => isWithin(at, consequent)) ||
          module.calls.some(
            ({ callee, at }) => callee.is === 'member' && callee.name === 'exit' && isWithin(at, consequent),
          ))
      )
    }),
  )

/** All of them say the same. */
const agreed = (all: Settled[]): Settled => {
  const [first, ...others] = all
  return all.length > 0 && others.every(other => other === first) ? first : null
}

const changed: Record<string, (text: string) => string> = {
  toLowerCase: text => text.toLowerCase(),
  lower: text => text.toLowerCase(),
  toUpperCase: text => text.toUpperCase(),
  upper: text => text.toUpperCase(),
  trim: text => text.trim(),
  strip: text => text.trim(),
}

const settle = (value: Value, place: Place, reach: Reach, depth = 0): Settled => {
  if (depth > maxDepth) return null
  const { resolver } = reach
  const follow = (next: Value, at: Place = place): Settled => settle(next, at, reach, depth + 1)
  const among = (list: Value, one: Value): Settled => {
    const items = list.is === 'list' ? list.items.map(item => follow(item)) : [null]
    const wanted = follow(one)
    return wanted === null || items.includes(null) ? null : items.includes(wanted)
  }

  const ofCall = (call: Call): Settled => {
    const { callee, arguments: given } = call
    const [first, second] = given
    const path = resolver.external(callee, place) ?? ''
    if (/^os\.(getenv|environ\.get)$/.test(path)) return second ? follow(second) : undefined
    if (/^(global:Boolean|builtins\.bool)$/.test(path) && first) {
      const held = follow(first)
      return held === null ? null : Boolean(held)
    }
    if (callee.is === 'member') {
      const { of, name } = callee
      const isArguments = someIn(of, part =>
        /^(global:process\.|process:)argv\b/.test(resolver.external(part, place) ?? ''),
      )
      if (/^(includes|has)$/.test(name)) return isArguments ? false : first ? among(of, first) : null
      const change = changed[name]
      if (change) {
        const text = follow(of)
        return typeof text === 'string' ? change(text) : text === undefined ? undefined : null
      }
    }
    return agreed(
      resolver.things(callee, place).flatMap((thing): Settled[] => {
        const { value: called } = thing
        if (called.is !== 'function' || called.isGenerator || called.returns.length === 0) return [null]
        const frames = [...thing.frames, { function: called, call, caller: place }]
        return called.returns.map(given => follow(given, { module: thing.module, frames }))
      }),
    )
  }

  const ofParameter = (parameter: Value & { is: 'parameter' }): Settled => {
    const of = place.module.functions.find(({ at }) => at === parameter.function)
    if (!of) return null
    const frame = place.frames.findLast(one => one.function === of)
    const calls = frame
      ? [{ call: frame.call, at: frame.caller }]
      : resolver.callers(of, place.module).map(({ call, module }) => ({ call, at: { module, frames: [] } }))
    return agreed(
      calls.map(({ call, at }) => {
        const given = argumentOf(call, parameter.index, parameter.name, of, place.module)
        if (given) return follow(given, at)
        return parameter.fallback ? follow(parameter.fallback) : undefined
      }),
    )
  }

  switch (value.is) {
    case 'text':
      return value.text
    case 'constant':
      return value.of ?? undefined
    case 'not': {
      const held = follow(value.of)
      return held === null ? null : !held
    }
    case 'both': {
      const [first, second] = [follow(value.first), follow(value.second)]
      if (first === null) return second !== null && !second ? false : null
      return first ? second : first
    }
    case 'either': {
      const [first, second] = [follow(value.first), follow(value.second)]
      if (first === null) return second !== null && second ? true : null
      return first ? first : second
    }
    case 'choice': {
      const held = value.test ? follow(value.test) : null
      const chosen = held === null ? undefined : value.options[held ? 0 : 1]
      return chosen ? follow(chosen) : null
    }
    case 'compare': {
      if (value.operator === 'in') return among(value.right, value.left)
      if (!/^([!=]==?|is|is not)$/.test(value.operator)) return null
      const [left, right] = [follow(value.left), follow(value.right)]
      if (left === null || right === null) return null
      return (left === right) === /^(===?|is)$/.test(value.operator)
    }
    case 'call':
      return ofCall(value)
    case 'parameter':
      return ofParameter(value)
    case 'name': {
      const [declared, ...others] = visibleAt(place.module, value.name, value.at)
      const isSetLater = place.module.writes.some(({ target }) => target.is === 'name' && target.name === value.name)
      if (!declared || others.length > 0 || isSetLater) return null
      if (declared.value.is !== 'import') return follow(declared.value)
      return agreed(
        resolver
          .things(declared.value, place)
          .map(({ value: made, ...at }) =>
            made.is === 'external' || made.is === 'namespace' ? null : follow(made, at),
          ),
      )
    }
    case 'member': {
      const path = resolver.external(value, place)
      if (path !== null) return isVariable(path) && !isDemanded(path, reach) ? undefined : null
      return agreed(
        resolver.things(value.of, place).map(({ value: made, ...at }) => {
          const field = made.is === 'record' ? fieldOf(made.fields, value.name) : undefined
          return field ? follow(field, at) : null
        }),
      )
    }
    default:
      return null
  }
}

/** Whether a condition holds when nothing is set: null where that cannot be told. */
export const byDefault = (test: Value, place: Place, reach: Reach): boolean | null => {
  const held = settle(test, place, reach)
  return held === null ? null : Boolean(held)
}
