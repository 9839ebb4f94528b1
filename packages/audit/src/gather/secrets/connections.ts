import { originOf } from '../code/origin.ts'
import { someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { nameOf, visibleAt, type Call, type Value } from '../code/values.ts'
import { hiding } from './headers.ts'

const connection =
  /^((database|db|postgres|pg|mysql|mongo(db)?|redis)_?(url|uri|dsn)|dsn|connection_?(string|uri|url))$/i

/** A name that says what it holds, where whoever starts the server gives it: `connectionString = process.argv[2]`. */
export const ofGiven = (
  value: Value & ({ is: 'name' } | { is: 'member' }),
  place: Place,
  resolver: Resolver,
): string[] => {
  if (!connection.test(value.name)) return []
  const kept = value.is === 'name' ? visibleAt(place.module, value.name, value.at) : []
  const isHidden = kept.some(one => someIn(one.value, part => part.is === 'call' && hiding.test(nameOf(part.callee))))
  return !isHidden && originOf(value, place, resolver).outside ? [value.name] : []
}

const parsing = /^(global|url):URL$|^urllib\.parse\.url(parse|split)$/

/** `new URL(address)`, `urlparse(address)`: it shows the password when it is printed whole. */
export const parsedFrom = (call: Call, place: Place, resolver: Resolver): Value | null =>
  parsing.test(resolver.external(call.callee, place) ?? '') ? (call.arguments[0] ?? null) : null

/** Parts of an address that was taken apart which have the password in them. */
export const isTelling = (name: string): boolean => /^(href|netloc)$/.test(name)
