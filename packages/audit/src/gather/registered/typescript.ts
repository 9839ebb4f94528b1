import type { Place, Resolver } from '../code/resolve.ts'
import { nothing, type Call, type Value } from '../code/values.ts'
import {
  factsOfArguments,
  factsOfRecord,
  handlerIn,
  kindOf,
  member,
  namesOf,
  placed,
  undecided,
  type Found,
} from './facts.ts'

/** What frameworks that take one record call the schema. */
const inputNames = { tool: 'parameters', prompt: 'arguments', resource: 'arguments' }

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
      if (!thing) return { ...base, names: [null], facts: undecided, handler: null, work: null, input: null }
      const value = thing.value as Value
      return {
        ...base,
        names: namesOf(member(value, 'name'), thing, resolver),
        facts: factsOfRecord(value, thing, resolver),
        handler: handlerIn(member(value, 'execute'), thing, resolver),
        work: placed(member(value, base.kind === 'tool' ? 'execute' : 'load'), thing),
        input: placed(member(value, base.kind === 'resource' ? 'uriTemplate' : inputNames[base.kind]), thing),
      }
    })
  }
  const handler = handlerIn(call.arguments.at(-1), place, resolver)
  const work = placed(call.arguments.at(-1), place)
  const names = namesOf(first, place, resolver)
  if (/^register(Tool|Prompt|Resource)$/.test(method)) {
    const config = (method === 'registerResource' ? call.arguments[2] : second) ?? nothing
    const schema = member(config, base.kind === 'tool' ? 'inputSchema' : 'argsSchema')
    const input = placed(base.kind === 'resource' ? second : schema, place)
    return [{ ...base, names, handler, work, input, facts: factsOfRecord(config, place, resolver) }]
  }
  const isText = (value: Value): boolean =>
    value.is === 'join' || resolver.things(value, place).some(({ value }) => value.is === 'text')
  const schema = base.kind === 'resource' ? second : call.arguments.slice(1, -1).find(value => !isText(value))
  const input = placed(schema, place)
  return [{ ...base, names, handler, work, input, facts: factsOfArguments(call.arguments, place, resolver) }]
}
