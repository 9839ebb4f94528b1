import type { Place, Resolver } from '../code/resolve.ts'
import type { Call, Value } from '../code/values.ts'
import { factsOfArguments, factsOfRecord, handlerIn, kindOf, member, namesOf, undecided, type Found } from './facts.ts'

/** Registrations by a call on a server: `registerTool(name, config, f)`, `tool(name, ..., f)`, `addTool({ name })`. */
export const typescriptCall = (
  call: Call,
  method: string,
  server: string,
  place: Place,
  resolver: Resolver,
): Found[] => {
  const [first, second] = call.arguments
  const base = { place, line: call.line, at: call.at, server, kind: kindOf(method) }
  if (/^add(Tool|Prompt|Resource|ResourceTemplate)s?$/.test(method) && first) {
    const list: Value = method.endsWith('s') ? first : { is: 'list', items: [first] }
    return resolver.items(list, place).map((thing): Found => {
      if (!thing) return { ...base, names: [null], facts: undecided, handler: null }
      const value = thing.value as Value
      return {
        ...base,
        names: namesOf(member(value, 'name'), thing, resolver),
        facts: factsOfRecord(value, thing, resolver),
        handler: handlerIn(member(value, 'execute'), thing, resolver),
      }
    })
  }
  const handler = handlerIn(call.arguments.at(-1), place, resolver)
  const names = namesOf(first, place, resolver)
  if (/^register(Tool|Prompt|Resource)$/.test(method)) {
    const config = method === 'registerResource' ? call.arguments[2] : second
    return [{ ...base, names, handler, facts: factsOfRecord(config ?? { is: 'unknown' }, place, resolver) }]
  }
  return [{ ...base, names, handler, facts: factsOfArguments(call.arguments, place, resolver) }]
}
