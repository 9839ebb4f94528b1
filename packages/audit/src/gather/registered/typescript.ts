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

/** The handler is the last argument; what some put behind it, such as a record of hints, is left out by the SDK. */
const lastFunction = (given: Value[], place: Place, resolver: Resolver): number => {
  const end = given.length - 1
  const isRecord = (value: Value | undefined): boolean => value?.is === 'record'
  const before = given[end - 1]
  const isFunction = before?.is === 'function' || handlerIn(before, place, resolver) !== null
  return isRecord(given[end]) && isFunction ? end - 1 : end
}

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
  const last = lastFunction(call.arguments, place, resolver)
  const handler = handlerIn(call.arguments[last], place, resolver)
  const work = placed(call.arguments[last], place)
  const names = namesOf(first, place, resolver)
  if (/^register(Tool|Prompt|Resource)$/.test(method)) {
    const config = (method === 'registerResource' ? call.arguments[2] : second) ?? nothing
    const schema = member(config, base.kind === 'tool' ? 'inputSchema' : 'argsSchema')
    const input = placed(base.kind === 'resource' ? second : schema, place)
    return [{ ...base, names, handler, work, input, facts: factsOfRecord(config, place, resolver) }]
  }
  const isText = (value: Value): boolean =>
    value.is === 'join' || resolver.things(value, place).some(({ value }) => value.is === 'text')
  const schema = base.kind === 'resource' ? second : call.arguments.slice(1, last).find(value => !isText(value))
  const input = placed(schema, place)
  return [{ ...base, names, handler, work, input, facts: factsOfArguments(call.arguments, place, resolver) }]
}
