import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, type Call, type FunctionValue, type Value } from '../code/values.ts'
import {
  factsOfCall,
  functionNames,
  handlerIn,
  kindOf,
  namesOf,
  placed,
  presence,
  undecided,
  type Facts,
  type Found,
} from './facts.ts'

/** What is so whichever of them it is; undecided where they differ. */
const sharedFacts = (all: Facts[]): Facts => {
  const shared = (name: keyof Facts): boolean | null => {
    const [first = null, ...others] = all.map(facts => facts[name])
    return others.every(other => other === first) ? first : null
  }
  return {
    hasDescription: shared('hasDescription'),
    hasSchema: shared('hasSchema'),
    hasAnnotations: shared('hasAnnotations'),
  }
}

/** `add_tool(fn=work)`. */
const byName = /^(fn|func|function|tool|prompt|resource)$/

/** `add_tool(fn)`, `add_tool(fn=work)`, `tool(fn)`, `tool(name=...)(fn)`. */
export const pythonCall = (call: Call, method: string, server: string, place: Place, resolver: Resolver): Found[] => {
  const first =
    call.arguments[0] ?? (method.startsWith('add_') ? call.named.find(([key]) => byName.test(key))?.[1] : undefined)
  if (!first) return []
  const base = { place, line: call.line, at: call.at, server, kind: kindOf(method) }
  const things = resolver.things(first, place)
  const name = fieldOf(call.named, 'name')
  const functions = things.flatMap(thing => (thing.value.is === 'function' ? [{ value: thing.value, thing }] : []))
  const [one] = functions
  // one name for whichever of several functions the circumstances choose
  if (
    one &&
    functions.length > 1 &&
    functions.length === things.length &&
    name &&
    namesOf(name, place, resolver).length === 1
  )
    return [
      {
        ...pythonFunction(one.value, one.thing, name, call, base, resolver),
        facts: sharedFacts(
          functions.map(each => pythonFunction(each.value, each.thing, name, call, base, resolver).facts),
        ),
        work: placed(first, place),
      },
    ]
  return things.flatMap((thing): Found[] => {
    const { value } = thing
    const given = fieldOf(call.named, 'name')
    if (value.is === 'function') return [pythonFunction(value, thing, given ?? null, call, base, resolver)]
    if (value.is === 'call') {
      const inner = value.arguments[0]
      const named = fieldOf(value.named, 'name') ?? given
      const functions = inner ? resolver.things(inner, thing) : []
      const names = named ? namesOf(named, thing, resolver) : functions.length > 0 ? functionNames(functions) : [null]
      return [
        {
          ...base,
          names,
          facts: factsOfCall(value, thing, resolver),
          handler: handlerIn(inner, thing, resolver),
          work: placed(inner ?? fieldOf(value.named, 'fn'), thing),
          input: null,
        },
      ]
    }
    return method === 'tool' && value.is === 'text'
      ? []
      : [{ ...base, names: [null], facts: undecided, handler: null, work: placed(first, place), input: null }]
  })
}

/** A function that becomes a tool under its own name or the one given. */
export const pythonFunction = (
  value: FunctionValue,
  thing: Place,
  name: Value | null,
  call: Pick<Call, 'named'> | null,
  base: Pick<Found, 'kind' | 'place' | 'line' | 'at' | 'server'>,
  resolver: Resolver,
): Found => ({
  ...base,
  names: name ? namesOf(name, base.place, resolver) : [value.name],
  facts: {
    hasDescription: value.documented || presence(fieldOf(call?.named ?? [], 'description'), base.place, resolver),
    hasSchema: true,
    hasAnnotations: presence(fieldOf(call?.named ?? [], 'annotations'), base.place, resolver),
  },
  handler: { file: thing.module.path, line: value.line },
  work: { value, place: thing },
  input: null,
})
