import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, isWithin, type Call, type Module, type Value } from '../code/values.ts'
import { secretsIn } from './shown.ts'

/** What is asked with a credential; the exceptions of axios carry its headers. */
const credentialsOf = (call: Call, place: Place, resolver: Resolver): string[] => {
  const path = resolver.external(call.callee, place) ?? ''
  if (!path.startsWith('axios:')) return []
  const own = call.arguments.flatMap(value => resolver.things(value, place))
  const made =
    call.callee.is === 'member'
      ? resolver
          .things(call.callee.of, place)
          .flatMap(thing =>
            thing.value.is === 'call' ? thing.value.arguments.flatMap(value => resolver.things(value, thing)) : [],
          )
      : []
  return [...own, ...made].flatMap(({ value, ...at }) =>
    value.is === 'record'
      ? ['headers', 'auth', 'params'].flatMap(name => {
          const field = fieldOf(value.fields, name)
          return field ? secretsIn(field, at, resolver) : []
        })
      : [],
  )
}

/**
 * `catch (error) { console.error('failed', error) }` around a request of axios: what is printed has the headers of the
 * request in it. Null where that is not so.
 */
export const secretOfError = (log: Call, module: Module, resolver: Resolver): string | null => {
  const place: Place = { module, frames: [] }
  if (!/^global:(globalThis\.)?console\./.test(resolver.external(log.callee, place) ?? '')) return null
  for (const { body, handlers } of module.tries)
    for (const handler of handlers) {
      const isWhole = ({ is, ...value }: Value): boolean =>
        is === 'name' && handler.binds !== null && 'name' in value && value.name === handler.binds
      if (!isWithin(log.at, handler) || !log.arguments.some(isWhole)) continue
      const [secret] = module.calls
        .filter(({ at }) => isWithin(at, body))
        .flatMap(call => credentialsOf(call, place, resolver))
      if (secret !== undefined) return secret
    }
  return null
}
