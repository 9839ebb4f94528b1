import { argumentOf } from '../code/given.ts'
import { partsOf } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { visibleAt, type Value } from '../code/values.ts'

/** What a path or a content is put together of. */
export interface Words {
  /** Texts that are written down. */
  texts: string[]
  /** Names that stand for parts of it, of variables, fields and functions. */
  names: string[]
  /** What is asked outside of the repository: `os:tmpdir`, `crypto:randomUUID`. */
  outside: string[]
}

const maxDepth = 8
const maxWords = 120

/** Looks behind names, fields and functions of the repository, a few steps deep. */
export const wordsOf = (
  value: Value,
  place: Place,
  resolver: Resolver,
  depth = 0,
  found: Words = { texts: [], names: [], outside: [] },
): Words => {
  const count = found.texts.length + found.names.length + found.outside.length
  if (depth > maxDepth || count > maxWords) return found
  const follow = (each: Value, at: Place = place): Words => wordsOf(each, at, resolver, depth + 1, found)
  switch (value.is) {
    case 'text':
      found.texts.push(value.text)
      break
    case 'name': {
      found.names.push(value.name)
      for (const { value: kept } of visibleAt(place.module, value.name, value.at)) follow(kept)
      break
    }
    case 'member': {
      found.names.push(value.name)
      const path = resolver.external(value, place)
      if (path !== null) found.outside.push(path)
      for (const thing of resolver.things(value, place))
        if (thing.value !== value && /^(call|join|text|record)$/.test(thing.value.is))
          follow(thing.value as Value, thing)
      break
    }
    case 'import':
      for (const thing of resolver.things(value, place))
        if (/^(call|join|text)$/.test(thing.value.is)) follow(thing.value as Value, thing)
      break
    case 'call': {
      const path = resolver.external(value.callee, place)
      if (path !== null) found.outside.push(path)
      for (const thing of path === null ? resolver.things(value.callee, place) : [])
        if (thing.value.is === 'function')
          for (const given of [...thing.value.returns, ...returnsIn(thing.value, thing)]) follow(given, thing)
      if (value.callee.is === 'member') follow(value.callee)
      for (const given of [...value.arguments, ...value.named.map(([, one]) => one)]) follow(given)
      break
    }
    case 'record':
      for (const [key, field] of value.fields) {
        found.names.push(key)
        follow(field)
      }
      break
    case 'parameter': {
      const frame = place.frames.findLast(one => one.function.at === value.function)
      const given = frame ? argumentOf(frame.call, value.index, value.name, frame.function, place.module) : undefined
      if (frame && given) follow(given, frame.caller)
      break
    }
    case 'function':
      break
    default:
      for (const part of partsOf(value)) follow(part)
  }
  return found
}

const returnsIn = ({ at, end }: { at: number; end: number }, { module }: Place): Value[] =>
  module.returns.filter(one => at <= one.at && one.at < end).map(({ value }) => value)
