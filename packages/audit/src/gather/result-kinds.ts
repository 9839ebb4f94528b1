import type { Place } from './code/resolve.ts'
import type { Call, Value } from './code/values.ts'
import type { Reach } from './reach.ts'

/** What a call of the language itself gives back. */
const ofCall = (call: Call, place: Place, { resolver }: Reach): string | null => {
  const { callee, arguments: given } = call
  const path = callee.is === 'name' || callee.is === 'member' ? (resolver.external(callee, place) ?? '') : ''
  if (/^global:(JSON\.stringify|String|encodeURIComponent)$|^builtins\.(str|repr)$|^json\.dumps$/.test(path))
    return 'a text'
  if (/^global:(Number|parseInt|parseFloat|Math\.\w+|Date\.now)$|^builtins\.(len|int|float|sum|round)$/.test(path))
    return 'a number'
  if (/^global:(Object\.(keys|values|entries)|Array\.from)$|^builtins\.(list|sorted)$/.test(path)) return 'a list'
  if (callee.is !== 'member') return null
  if (callee.name === 'split' && given.length > 0 && path === '') return 'a list'
  return /^(toString|toISOString|toFixed|toUpperCase|toLowerCase)$/.test(callee.name) ? 'a text' : null
}

/** What kind of thing an expression stands for; null when it may be several or is not known. */
export const kindOf = (value: Value, place: Place, reach: Reach): string | null => {
  if (value.is === 'join') return 'a text'
  if (value.is === 'member' && value.name === 'length') return 'a number'
  if (value.is === 'not' || value.is === 'compare') return 'a boolean'
  const found = new Set(
    reach.resolver.things(value, place).map(thing => {
      const of = thing.value
      if (of.is === 'text' || of.is === 'join') return 'a text'
      if (of.is === 'number') return 'a number'
      if (of.is === 'list') return 'a list'
      if (of.is === 'record') return 'an object'
      if (of.is === 'call') return ofCall(of, thing, reach)
      return of.is === 'constant' && of.of !== null ? 'a boolean' : null
    }),
  )
  const [only] = found
  return found.size === 1 ? (only ?? null) : null
}
