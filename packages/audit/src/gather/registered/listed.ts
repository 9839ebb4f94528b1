import { methodOf } from './bundled.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, innermost, type Call, type Value } from '../code/values.ts'
import { factsOfCall, factsOfRecord, member, namesOf, placed, undecided, type Found, type Kind } from './facts.ts'

/** Every tool that a handler of `tools/list` answers with; likewise prompts and resources. */
export const listed = (
  kind: Kind,
  handler: Value,
  server: string,
  place: Place,
  at: number,
  resolver: Resolver,
): Found[] =>
  resolver.things(handler, place).flatMap((thing): Found[] => {
    if (thing.value.is !== 'function') return [unknownList(kind, server, place, at)]
    const key = `${kind}s`
    const lists = thing.value.returns.flatMap(given => {
      const things = resolver.things(given, thing)
      const isList = things.some(({ value }) => value.is === 'list')
      if (isList || thing.module.language !== 'python')
        return resolver.items(isList ? given : member(given, key), thing)
      const results = things.filter(({ value }) => value.is === 'call' && fieldOf(value.named, key) !== undefined)
      return results.length === 0
        ? resolver.items(given, thing)
        : results.flatMap(result => resolver.items(fieldOf((result.value as Call).named, key) ?? given, result))
    })
    return lists.map((item): Found => {
      const { value } = item ?? { value: { is: 'unknown' as const } }
      if (!item || (value.is !== 'record' && value.is !== 'call')) return unknownList(kind, server, thing, at)
      const isCall = value.is === 'call'
      return {
        kind,
        names: namesOf(isCall ? fieldOf(value.named, 'name') : member(value, 'name'), item, resolver),
        place: item,
        line: value.line,
        at: value.at,
        facts: isCall ? factsOfCall(value, item, resolver) : factsOfRecord(value, item, resolver),
        handler: null,
        work: null,
        input: placed(isCall ? schemaOf(value) : member(value, 'inputSchema'), item),
        server,
      }
    })
  })

const schemaOf = ({ named }: Call): Value | undefined => fieldOf(named, 'inputSchema') ?? fieldOf(named, 'input_schema')

const lineAt = ({ module }: Place, at: number): number => innermost(module.functions, at)?.line ?? 1

const unknownList = (kind: Kind, server: string, place: Place, at: number): Found => ({
  kind,
  names: [null],
  place,
  line: lineAt(place, at),
  at,
  facts: undecided,
  handler: null,
  work: null,
  input: null,
  server,
})

const listRequest = /(?:^|[:.])List(Tools|Prompts|Resources)RequestSchema$/
export const singular = (plural: string): Kind => plural.toLowerCase().replace(/s$/, '') as Kind

/** `setRequestHandler(ListToolsRequestSchema, f)` and `setRequestHandler('tools/list', f)`. */
export const requestHandler = (call: Call, server: string, place: Place, resolver: Resolver): Found[] => {
  const [schema, handler] = call.arguments
  if (!schema || !handler) return []
  const path =
    resolver.text(schema, place) ?? resolver.external(schema, place) ?? methodOf(schema, place, resolver) ?? ''
  const plural = listRequest.exec(path)?.[1] ?? /^(tools|prompts|resources)\/list$/.exec(path)?.[1]
  return plural ? listed(singular(plural), handler, server, place, call.at, resolver) : []
}
