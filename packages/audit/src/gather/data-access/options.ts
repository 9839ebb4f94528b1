import { originOf } from '../code/origin.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import type { Call, Value } from '../code/values.ts'

/** One option that something is made with; nested ones have dotted names. */
export interface Option {
  name: string
  /** As it is written; null when it is decided elsewhere. */
  text: string | null
  /** Null, 0 or false is written there. */
  off: boolean
}

export interface Options {
  found: Option[]
  /** Some of them could not be followed. */
  open: boolean
}

const maxDepth = 5

const merged = (all: Options[]): Options => ({
  found: all.flatMap(({ found }) => found),
  open: all.some(({ open }) => open),
})

const single = (name: string, text: string | null, off = false): Options => ({
  found: [{ name, text, off }],
  open: false,
})

const fieldsOf = (
  fields: [string, Value][],
  prefix: string,
  place: Place,
  resolver: Resolver,
  depth: number,
): Options =>
  merged(
    fields.map(([key, value]) =>
      key === '...'
        ? optionsIn(value, prefix.replace(/\.$/, ''), place, resolver, depth)
        : optionsIn(value, prefix + key, place, resolver, depth),
    ),
  )

/** What is called with names is a record as well: `dict(a=1)`, `httpx.Limits(max_connections=5)`. */
const ofCall = (call: Call, name: string, place: Place, resolver: Resolver, depth: number): Options => {
  const fields = fieldsOf(call.named, name === '' ? '' : `${name}.`, place, resolver, depth)
  const callee = resolver.external(call.callee, place)?.replace(/^.*[.:]/, '') ?? null
  const isOpen = name === 'address' && call.named.length === 0 && !originOf(call, place, resolver).outside
  return merged([single(name, callee), fields, { found: [], open: isOpen }])
}

/** The options that a value stands for, under that name; a record spreads into its fields. */
export const optionsIn = (value: Value, name: string, place: Place, resolver: Resolver, before = 0): Options => {
  const depth = before + 1
  if (depth > maxDepth) return { found: [], open: true }
  if (value.is === 'join') {
    const parts = value.parts.map(part => (part.is === 'text' ? part.text : (resolver.text(part, place) ?? '*')))
    return single(name, parts.join(''))
  }
  return merged(
    resolver.things(value, place).map((thing): Options => {
      const made = thing.value
      if (made.is === 'record') return fieldsOf(made.fields, name === '' ? '' : `${name}.`, thing, resolver, depth)
      if (made.is === 'text') return single(name, made.text)
      if (made.is === 'number') return single(name, String(made.number), made.number === 0)
      if (made.is === 'constant') return single(name, String(made.of), made.of !== true)
      if (made.is === 'call') return ofCall(made, name, thing, resolver, depth)
      if (made.is === 'external') return single(name, made.path.replace(/^.*[.:]/, ''))
      if (made.is === 'function') return { found: [], open: false }
      // a setting from outside is one that is set, whatever it is
      const isOutside = name !== '' && name !== 'address'
      return isOutside ? single(name, null) : { found: [], open: !originOf(value, place, resolver).outside }
    }),
  )
}

/** Everything that a call is given: its records, its names, and a text as the `address`. */
export const optionsOf = (call: Call, place: Place, resolver: Resolver): Options =>
  merged([
    ...call.arguments.map(argument => {
      const isRecord = resolver
        .things(argument, place)
        .some(({ value }) => value.is === 'record' || value.is === 'function')
      return optionsIn(argument, isRecord ? '' : 'address', place, resolver)
    }),
    fieldsOf(call.named, '', place, resolver, 0),
  ])
