import { isGivenPath, originOf } from '../code/origin.ts'
import { someIn } from '../code/parts.ts'
import type { Place, Resolver, Thing } from '../code/resolve.ts'
import { isWithin, nameOf, visibleAt, type Value, type Write } from '../code/values.ts'
import { isCredentialHeader } from '../credential-names.ts'
import { isHeaders } from './requests.ts'

const maxDepth = 6

/** Names of functions that make a secret unreadable. */
export const hiding = /mask|redact|obfusc|obscure|saniti[sz]e|hide|censor|strip|scrub|safe|display|sub$|replace/i

const isGivenThing = ({ value, ...place }: Thing, resolver: Resolver): boolean =>
  value.is === 'external'
    ? isGivenPath(value.path)
    : value.is === 'call' && /^os\.(getenv|environ\.get)$/.test(resolver.external(value.callee, place) ?? '')

/** The text that whoever starts the server gave is in it, as it is: no function of the repository made something of it. */
const carries = (value: Value, place: Place, resolver: Resolver, depth = 0): boolean => {
  const follow = (each: Value): boolean => carries(each, place, resolver, depth + 1)
  if (depth > maxDepth) return false
  switch (value.is) {
    case 'join':
      return value.parts.some(follow)
    case 'either':
      return follow(value.first) || follow(value.second)
    case 'choice':
      return value.options.some(follow)
    case 'name': {
      const kept = visibleAt(place.module, value.name, value.at)
      if (kept.some(one => someIn(one.value, part => part.is === 'call' && hiding.test(nameOf(part.callee)))))
        return false
      const texts = kept.filter(one => /^(join|either|choice)$/.test(one.value.is))
      return (
        texts.some(one => follow(one.value)) ||
        resolver.things(value, place).some(thing => isGivenThing(thing, resolver))
      )
    }
    case 'member':
    case 'index':
    case 'call':
      return resolver.things(value, place).some(thing => isGivenThing(thing, resolver))
    default:
      return false
  }
}

/** `{ Authorization: `Bearer ${argv.bearer}` }`: headers that authenticate, with what whoever starts the server gives. */
export const credentialHeaders = (record: Value & { is: 'record' }, place: Place, resolver: Resolver): string[] =>
  record.fields.flatMap(([key, value]) => (isCredentialHeader(key) && carries(value, place, resolver) ? [key] : []))

const headers = /(^|_)headers$|[a-z]Headers$/i

/** `headers[key] = req.headers[key]` for each, or where the test in front of it lets those through that authenticate. */
const isCopied = (write: Pick<Write, 'value' | 'at'>, place: Place, resolver: Resolver): boolean => {
  const from = write.value.is === 'name' ? visibleAt(place.module, write.value.name, write.at) : [write]
  const isOfRequest = from.some(
    ({ value }) => value.is === 'index' && value.index.is !== 'number' && isHeaders(value.of, place, resolver),
  )
  if (!isOfRequest) return false
  const tests = place.module.guards
    .filter(({ consequent }) => isWithin(write.at, consequent))
    .map(({ test }) => test)
    .filter(test => someIn(test, part => part.is === 'compare' || part.is === 'call'))
  const isNamedIn = (test: Value, operator: RegExp): boolean =>
    someIn(
      test,
      part =>
        part.is === 'compare' &&
        operator.test(part.operator) &&
        [part.left, part.right].some(side => side.is === 'text' && isCredentialHeader(side.text)),
    )
  return tests.some(test => isNamedIn(test, /^==/)) && !tests.some(test => isNamedIn(test, /^!=/))
}

/** `headers[name] = value`, both as they were given. */
const isFilled = ({ value: record, module }: Thing, resolver: Resolver): boolean => {
  const names = module.declarations.filter(({ value }) => value === record)
  const place: Place = { module, frames: [] }
  return module.writes.some(
    ({ target, ...write }) =>
      target.is === 'index' &&
      target.index.is !== 'text' &&
      names.some(({ name, from, to }) => nameOf(target.of) === name && from <= write.at && write.at <= to) &&
      (originOf(write.value, place, resolver).outside || isCopied(write, place, resolver)),
  )
}

/**
 * Headers of any name, which whoever starts the server gives for what it asks, or that are copied from a request: that
 * is where credentials are put.
 */
export const givenHeaders = (
  value: Value & ({ is: 'name' } | { is: 'member' }),
  place: Place,
  resolver: Resolver,
): string[] => {
  if (!headers.test(value.name)) return []
  const isGiven = resolver.things(value, place).some(thing => {
    const { value: made, ...at } = thing
    if (made.is === 'record') return isFilled(thing, resolver)
    const [text] = made.is === 'call' ? made.arguments : []
    if (made.is !== 'call' || !text) return false
    return (
      /^(global:JSON\.parse|json\.loads)$/.test(resolver.external(made.callee, at) ?? '') &&
      originOf(text, at, resolver).outside
    )
  })
  return isGiven ? ['all headers that were set, Authorization among them,'] : []
}
