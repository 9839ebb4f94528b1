import type { Place } from '../code/resolve.ts'
import { nameOf, visibleAt, type Call, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'

/** A function that is given a request, and which of its parameters that is, or in which field of one it comes. */
export interface Receiver {
  of: FunctionValue
  module: Module
  index: number
  field: string | null
}

const serving = /^https?:(default\.)?createServer$/
const onRequest = /^https?:(default\.)?createServer\(\)\.(on|addListener)$/

/** It is the request that the function is given: `req`, or `options.req` and a name that was taken out of there. */
export const isRequest = (value: Value, receiver: Receiver): boolean => {
  const { of, module, index, field } = receiver
  if (value.is === 'parameter') return field === null && value.function === of.at && value.index === index
  if (value.is === 'member')
    return field !== null && value.name === field && isRequest(value.of, { ...receiver, field: null })
  return (
    value.is === 'name' &&
    visibleAt(module, value.name, value.at).some(
      ({ value: kept }) => /^(parameter|member)$/.test(kept.is) && isRequest(kept, receiver),
    )
  )
}

/** The listeners that a call gives to a server of Node. */
export const listenersOf = (call: Call, place: Place, { resolver }: Reach): Receiver[] => {
  if (!/^(createServer|on|addListener)$/.test(nameOf(call.callee))) return []
  const path = resolver.external(call.callee, place) ?? ''
  const [event] = call.arguments
  const isOn = onRequest.test(path) && event?.is === 'text' && event.text === 'request'
  const listener = isOn || serving.test(path) ? call.arguments.at(-1) : undefined
  return (listener ? resolver.things(listener, place) : []).flatMap(({ value, module }): Receiver[] =>
    value.is === 'function' ? [{ of: value, module, index: 0, field: null }] : [],
  )
}

/** The functions of the repository to which a call hands the request on, by itself or in a record. */
export const handedOn = (call: Call, receiver: Receiver, { resolver }: Reach): Receiver[] => {
  const places = call.arguments.flatMap((given, index): { index: number; field: string | null }[] => {
    if (isRequest(given, receiver)) return [{ index, field: null }]
    const fields = given.is === 'record' ? given.fields : []
    return fields.flatMap(([field, value]) => (isRequest(value, receiver) ? [{ index, field }] : []))
  })
  if (places.length === 0) return []
  return resolver
    .things(call.callee, { module: receiver.module, frames: [] })
    .flatMap(({ value, module }): Receiver[] =>
      value.is === 'function' ? places.map(place => ({ of: value, module, ...place })) : [],
    )
}
