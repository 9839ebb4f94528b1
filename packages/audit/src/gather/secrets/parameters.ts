import { argumentOf } from '../code/given.ts'
import { someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { innermost, isWithin, visibleAt, type FunctionValue, type Module, type Value } from '../code/values.ts'
import { namesCredential } from '../credential-names.ts'

const maxDepth = 3
/** A token of a lexer or of a canceller is none. */
const isSure = (name: string): boolean => namesCredential(name) && !/^tokens?$/i.test(name)

/** All that a function does itself, as values. */
const valuesIn = (of: FunctionValue, module: Module): Value[] => {
  const isInside = ({ at }: { at: number }): boolean => isWithin(at, of)
  return [
    ...module.calls.filter(isInside),
    ...module.declarations.filter(isInside).map(({ value }) => value),
    ...module.writes.filter(isInside).map(({ value }) => value),
    ...module.guards.filter(({ consequent }) => isInside(consequent)).map(({ test }) => test),
  ]
}

/** The name of a credential that a function, or one that it hands its parameter to, takes out of it. */
const takenFrom = (name: string, of: FunctionValue, module: Module, resolver: Resolver, depth = 0): string | null => {
  const values = valuesIn(of, module)
  const isIt = (value: Value): boolean => value.is === 'name' && value.name === name
  const found: string[] = []
  const isTaken = (part: Value): boolean => {
    const key =
      part.is === 'member' ? part.name : part.is === 'index' && part.index.is === 'text' ? part.index.text : null
    if (key === null || !isSure(key) || !(part.is === 'member' || part.is === 'index') || !isIt(part.of)) return false
    found.push(key)
    return true
  }
  if (values.some(value => someIn(value, isTaken))) return found[0] ?? null
  if (depth >= maxDepth) return null
  for (const call of values) {
    if (call.is !== 'call') continue
    for (const { value: inner, module: at } of resolver.things(call.callee, { module, frames: [] })) {
      if (inner.is !== 'function') continue
      const given = inner.parameters.find((each, index) => {
        const argument = argumentOf(call, index, each, inner, at)
        return argument !== undefined && isIt(argument)
      })
      const further = given === undefined ? null : takenFrom(given, inner, at, resolver, depth + 1)
      if (further !== null) return further
    }
  }
  return null
}

/** What a caller hands over in an object, of which a credential is taken: `log(options)` beside `options.accessToken`. */
export const ofParameter = (value: Value, { module }: Place, resolver: Resolver): string[] => {
  if (value.is !== 'name') return []
  const kept = visibleAt(module, value.name, value.at)
  const of = innermost(module.functions, value.at)
  const owner = module.functions.find(({ at }) =>
    kept.some(one => one.value.is === 'parameter' && one.value.function === at),
  )
  if (!of || owner !== of) return []
  const taken = takenFrom(value.name, of, module, resolver)
  return taken === null ? [] : [`${value.name} as a whole, ${taken} among it,`]
}
