import { isEnvironmentPath } from '../code/origin.ts'
import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import type { Module, Value } from '../code/values.ts'
import { namesCredential } from '../credential-names.ts'
import type { Reach } from '../reach.ts'
import { lastName, writtenIn, type Written } from './words.ts'

/** Credentials that are for something else than asking others. */
const otherUse = /client|sign|session|cookie|encrypt|jwt|webhook|private|master|hash|csrf/i

/** How the server is reached: what such a condition decides may hold over stdio alone. */
const way = /stdio|transport|http|remote|hosted|local_?mode|multi/i
const wayText = /^(stdio|https?|sse|streamable.?http)$/i

const isWay = (part: Value): boolean =>
  way.test(lastName(part)) || (part.is === 'text' && (wayText.test(part.text) || /transport/i.test(part.text)))

/** The name of a variable of the environment that holds a credential. */
const variableIn = (part: Value, place: Place, { resolver }: Reach): string | null => {
  if (part.is === 'member' && namesCredential(part.name))
    return isEnvironmentPath(resolver.external(part, place) ?? '') ? part.name : null
  if (part.is !== 'call' || !/^os\.(getenv|environ\.get)$/.test(resolver.external(part.callee, place) ?? ''))
    return null
  const name = part.arguments[0] ? resolver.text(part.arguments[0], place) : null
  return name !== null && namesCredential(name) ? name : null
}

/** It is what a caller has to bring, or it is used where no other machine calls: nobody is lent it. */
const isKept = ({ of, module, values }: Written, isOwn: (part: Value) => boolean, reach: Reach): boolean => {
  const bound = new Set(module.declarations.filter(({ value }) => someIn(value, isOwn)).map(({ name }) => name))
  const isIt = (part: Value): boolean => isOwn(part) || (part.is === 'name' && bound.has(part.name))
  const isCompared = (part: Value): boolean =>
    part.is === 'compare'
      ? [part.left, part.right].every(side => side.is !== 'constant' && side.is !== 'text') &&
        [part.left, part.right].some(isIt)
      : part.is === 'call' &&
        /compare|equals?$|verify/i.test(lastName(part.callee)) &&
        part.arguments.some(given => someIn(given, isIt))
  const isOfOneWay = (part: Value): boolean =>
    (part.is === 'choice' && part.test !== undefined && someIn(part.test, isWay)) ||
    (part.is === 'both' && someIn(part.first, isWay))
  return (
    values.some(value => someIn(value, part => isCompared(part) || isOfOneWay(part))) ||
    reach.bodies.of(module, of).guards.some(({ test }) => someIn(test, isWay))
  )
}

/** A credential of the server that the work of its tools uses, and where it is read; null when there is none. */
export const ownCredential = (own: Set<Module>, reach: Reach): { name: string; file: string } | null => {
  for (const [of, module] of reach.graph.functions) {
    if (!own.has(module)) continue
    const place: Place = { module, frames: [] }
    const variable = (part: Value): string | null => variableIn(part, place, reach)
    const written = writtenIn(of, module, reach)
    let found: string | null = null
    for (const value of written.values)
      someIn(value, part => {
        const name = variable(part)
        if (name !== null && !otherUse.test(name)) found = name
        return found !== null
      })
    if (found !== null && !isKept(written, part => variable(part) !== null, reach))
      return { name: found, file: module.path }
  }
  return null
}
