import type { Place } from '../code/resolve.ts'
import { fieldOf, isWithin, type Call, type Range } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import { serverOf } from '../registered/servers.ts'
import { verifierOfAny } from './audience.ts'
import type { Guard } from './guards.ts'
import { protectionAsked } from './host-origin-option.ts'

/** What FastMCP and the SDK for Python are told where the server is made or run. */
export const pythonGuards = (call: Call, place: Place, reach: Reach): Guard[] => {
  if (place.module.language !== 'python') return []
  const { resolver } = reach
  const base = { file: place.module.path, line: call.line, fault: null }
  const path = resolver.external(call.callee, place) ?? ''
  if (/(^|\.)TransportSecuritySettings$/.test(path)) {
    const enabled = fieldOf(call.named, 'enable_dns_rebinding_protection')
    const isOff = enabled?.is === 'constant' && enabled.of === false
    const isIn = (arm: Range | null): boolean => arm !== null && isWithin(call.at, arm)
    const around = place.module.guards.findLast(({ consequent, alternate }) => isIn(consequent) || isIn(alternate))
    const state =
      isOff && around
        ? { fault: null, only: `by what ${place.module.path}:${around.line} asks`, unsure: true as const }
        : { fault: isOff ? 'it is turned off' : null }
    return [
      { ...base, of: 'host', by: 'TransportSecuritySettings', ...state },
      { ...base, of: 'origin', by: 'TransportSecuritySettings', ...state },
    ]
  }
  const [middleware] = call.arguments
  const isTrusting =
    /(^|\.)TrustedHostMiddleware$/.test(path) ||
    (middleware !== undefined && /(^|\.)TrustedHostMiddleware$/.test(resolver.external(middleware, place) ?? ''))
  const hosts = isTrusting ? fieldOf(call.named, 'allowed_hosts') : undefined
  if (hosts && resolver.items(hosts, place).some(item => item?.value.is === 'text' && item.value.text === '*'))
    return [{ ...base, of: 'host', by: 'TrustedHostMiddleware', fault: 'its list allows every host («*»)' }]
  const asked = protectionAsked(call, place, reach)
  if (asked.length > 0) return asked
  const auth = call.named.find(
    ([key, value]) => /^(auth|token_verifier|auth_server_provider)$/.test(key) && value.is !== 'constant',
  )
  if (!auth || !serverOf(call, place, resolver)) return []
  const fault = verifierOfAny(auth[1], place, resolver)
  return [{ ...base, of: 'credential', by: `${auth[0]}=`, fault, principals: true }]
}
