import type { Place, Resolver } from '../code/resolve.ts'
import { visibleAt, type Call, type Value } from '../code/values.ts'

/** `path: Path` that nobody in sight passes. */
const byType = ({ callee }: Call, place: Place, resolver: Resolver): string[] => {
  if (callee.is !== 'member' || callee.of.is !== 'name') return []
  return visibleAt(place.module, callee.of.name, callee.of.at).flatMap(({ type }) => {
    const [head, ...rest] = (type ?? '').split('.')
    if (!head) return []
    const first: Value = { is: 'name', name: head, at: callee.of.is === 'name' ? callee.of.at : 0 }
    const named = rest.reduce((of: Value, name): Value => ({ is: 'member', of, name }), first)
    const path = resolver.external(named, place)
    return path ? [`${path}().${callee.name}`] : []
  })
}

/** Names of what a call calls in other packages, through `promisify` as well: `fs:readFileSync`, `time.sleep`. */
export const pathsOf = (call: Call, place: Place, resolver: Resolver): string[] => {
  const found = resolver.things(call.callee, place).flatMap(thing => {
    const { value } = thing
    if (value.is === 'external') return [value.path]
    if (value.is !== 'call' || !value.arguments[0]) return []
    if (resolver.external(value.callee, thing) !== 'util:promisify') return []
    const inner = resolver.external(value.arguments[0], thing)
    return inner ? [`promisified ${inner}`] : []
  })
  return found.length > 0 ? [...new Set(found)] : byType(call, place, resolver)
}

/** As a person writes it: `fs.readFileSync`, `open`. */
export const shownPath = (path: string): string =>
  path
    .replace(/^(global|builtins)[:.]/, '')
    .replace(/:$/, '')
    .replace(':', '.')

export const nameOf = ({ callee }: Call): string => (callee.is === 'name' || callee.is === 'member' ? callee.name : '')
