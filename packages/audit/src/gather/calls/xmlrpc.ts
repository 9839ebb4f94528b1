import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, isWithin, nameOf, type Call, type ClassValue, type Module } from '../code/values.ts'
import { ofAmount, type Timeout } from './timeout.ts'

/** Somewhere in a class there is something that is called a timeout. */
const tellsOfTimeout = (of: ClassValue, module: Module): boolean =>
  module.calls.some(
    ({ callee, named, at }) =>
      isWithin(at, of) && (nameOf(callee) === 'settimeout' || named.some(([key]) => key === 'timeout')),
  ) ||
  module.writes.some(({ target, at }) => isWithin(at, of) && nameOf(target) === 'timeout') ||
  module.functions.some(({ at, parameters }) => isWithin(at, of) && parameters.includes('timeout'))

/** `ServerProxy(url)` has no timeout; its transport may have one, or `socket.setdefaulttimeout(10)` gives it. */
export const ofServerProxy = (call: Call, place: Place, resolver: Resolver): Timeout => {
  const byAll = place.module.calls.find(
    ({ callee }) => resolver.external(callee, { module: place.module, frames: [] }) === 'socket.setdefaulttimeout',
  )
  const [amount] = byAll?.arguments ?? []
  if (amount) return ofAmount(amount, place, resolver)
  if (call.named.some(([key]) => key === '...')) return 'undecided'
  const transport = fieldOf(call.named, 'transport') ?? call.arguments[1]
  if (!transport) return 'absent'
  const known = resolver.things(transport, place).map((thing): Timeout => {
    if (thing.value.is !== 'call') return 'undecided'
    const classes = resolver.things(thing.value.callee, thing)
    return classes.length > 0 &&
      classes.every(({ value, module }) =>
        value.is === 'external'
          ? /^xmlrpc\.client\.(Safe)?Transport$/.test(value.path)
          : value.is === 'class' && !tellsOfTimeout(value, module),
      )
      ? 'absent'
      : 'undecided'
  })
  return known.length > 0 && known.every(each => each === 'absent') ? 'absent' : 'undecided'
}
