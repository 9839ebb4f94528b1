import type { Place, Resolver, Thing } from '../code/resolve.ts'
import { fieldOf, isWithin, nameOf, type Call, type Value } from '../code/values.ts'

const recordsOf = (
  value: Value | undefined,
  place: Place,
  resolver: Resolver,
): (Thing & { value: Value & { is: 'record' } })[] =>
  value
    ? resolver
        .things(value, place)
        .flatMap(thing => (thing.value.is === 'record' ? [{ ...thing, value: thing.value }] : []))
    : []

const fieldsNamed = (value: Value | undefined, name: string, place: Place, resolver: Resolver) =>
  recordsOf(value, place, resolver).flatMap(thing => {
    const field = fieldOf(thing.value.fields, name)
    return field ? [{ field, place: thing }] : []
  })

/** `headers: { Accept: 'text/event-stream' }`, and nothing else that it would take. */
const acceptsEvents = (headers: Value, place: Place, resolver: Resolver): boolean => {
  const [made] = resolver.things(headers, place)
  const isMade = made?.value.is === 'call' && resolver.external(made.value.callee, made) === 'global:Headers'
  const given = isMade && made?.value.is === 'call' ? made.value.arguments[0] : headers
  return recordsOf(given, isMade && made ? made : place, resolver).some(thing =>
    thing.value.fields.some(
      ([key, value]) => /^accept$/i.test(key) && /^text\/event-stream$/i.test(resolver.text(value, thing) ?? ''),
    ),
  )
}

/** `new EventSource(url, { fetch })`, `new SSEClientTransport(url, { eventSourceInit: { fetch } })`: nothing else goes by it. */
const isOfEventSource = (call: Call, place: Place, resolver: Resolver): boolean =>
  place.module.calls.some(({ constructs, callee, arguments: [, options] }) => {
    if (!constructs || !options || !/^(EventSource|SSEClientTransport)$/.test(nameOf(callee))) return false
    const path = resolver.external(callee, place) ?? ''
    const inits = /^(global:|eventsource(\/\w+)?:)(default\.|EventSource)?/.test(path)
      ? [{ field: options, place }]
      : /modelcontextprotocol\/.*:SSEClientTransport$/.test(path)
        ? fieldsNamed(options, 'eventSourceInit', place, resolver)
        : []
    return inits
      .flatMap(init => fieldsNamed(init.field, 'fetch', init.place, resolver))
      .flatMap(({ field, place: at }) => resolver.things(field, at))
      .some(({ value, module }) => value.is === 'function' && module === place.module && isWithin(call.at, value))
  })

/** A request for a stream of events, which is meant to stay open: a timeout would end what it is for. */
export const isEventStream = (call: Call, method: string | null, place: Place, resolver: Resolver): boolean => {
  if (isOfEventSource(call, place, resolver)) return true
  const [first, second] = call.arguments
  const isStreamed = nameOf(call.callee) === 'stream' && first !== undefined && resolver.text(first, place) === 'GET'
  if (method !== 'GET' && !isStreamed) return false
  const given = [
    ...[first, second].flatMap(options => fieldsNamed(options, 'headers', place, resolver)),
    ...call.named.flatMap(([key, field]) => (key === 'headers' ? [{ field, place }] : [])),
  ]
  return given.some(({ field, place: at }) => acceptsEvents(field, at, resolver))
}
