import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, type Call, type Value } from '../code/values.ts'

const isShared = (value: Value | undefined, place: Place, resolver: Resolver): boolean =>
  value !== undefined &&
  (resolver.text(value, place) === 'inherit' ||
    /^(global:process|process:|sys)\.?std(in|out)$/.test(resolver.external(value, place) ?? ''))

/** A program that the user of a terminal sees and ends: `stdio: 'inherit'`, `stdout=sys.stdout`. */
export const hasTerminal = ({ arguments: given, named }: Call, place: Place, resolver: Resolver): boolean => {
  if (isShared(fieldOf(named, 'stdout'), place, resolver)) return true
  return given.some(options =>
    resolver.things(options, place).some(({ value, ...inner }) => {
      if (value.is !== 'record') return false
      const stdio = fieldOf(value.fields, 'stdio')
      const list = stdio ? resolver.things(stdio, inner).find(thing => thing.value.is === 'list') : undefined
      const out = list?.value.is === 'list' ? list.value.items[1] : (stdio ?? fieldOf(value.fields, 'stdout'))
      return isShared(out, list ?? inner, resolver)
    }),
  )
}
