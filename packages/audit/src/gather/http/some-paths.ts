import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import { isWithin, nameOf, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import type { Guard } from './guards.ts'

const going = /^(next|call_next|app)$/
const ofMcp = /mcp|sse|messages?\b|rpc/i

const isPath = (value: Value): boolean =>
  value.is === 'member' &&
  /^(path|pathname|originalUrl)$/.test(value.name) &&
  /^(req|request|url|scope)$/i.test(nameOf(value.of))

/** The names and texts that a condition is about, also in the functions that it asks. */
const wordsOf = (test: Value, place: Place, { resolver }: Reach): string[] => {
  const words: string[] = []
  const look = (value: Value, at: Place, depth: number): void => {
    someIn(value, part => {
      words.push(part.is === 'text' ? part.text : nameOf(part))
      if (part.is === 'name')
        for (const item of resolver.items(part, at)) if (item?.value.is === 'text') words.push(item.value.text)
      if (part.is === 'call' && depth < 2)
        for (const thing of resolver.things(part.callee, at))
          if (thing.value.is === 'function') for (const given of thing.value.returns) look(given, thing, depth + 1)
      return false
    })
  }
  look(test, place, 0)
  return words
}

/** `if not is_admin(request.url.path): return await call_next(request)`: other paths are not looked at. */
export const onSomePaths = (
  of: FunctionValue,
  module: Module,
  reach: Reach,
): Pick<Guard, 'optional' | 'only' | 'unsure'> => {
  const { guards, calls } = reach.bodies.of(module, of)
  const passing = guards.find(
    ({ test, consequent }) =>
      (test.is === 'not' || (test.is === 'compare' && /^(!==?|not in)$/.test(test.operator))) &&
      someIn(test, isPath) &&
      consequent.leaves === 'return' &&
      calls.some(({ callee, at }) => going.test(nameOf(callee)) && isWithin(at, consequent)) &&
      !wordsOf(test, { module, frames: [] }, reach).some(word => ofMcp.test(word)),
  )
  return passing
    ? { optional: true, unsure: true, only: `for the paths that ${module.path}:${passing.line} does not let pass` }
    : {}
}
