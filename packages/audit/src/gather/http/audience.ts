import { someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, nameOf, type Call, type Value } from '../code/values.ts'
import type { Reach } from '../reach.ts'
import type { Placed } from './called.ts'

/** Keys of an authorization server, which makes tokens for many. */
const remoteKeys = /^(jose:createRemoteJWKSet|jwks-rsa:.*|jwt\.PyJWKClient)$/
const verifying = /^(jose:jwtVerify|jsonwebtoken:(default\.)?verify|jwt\.decode|jose\.jwt\.decode)$/
const audience = /audience|^aud$|resource/i

const names = (value: Value): boolean =>
  someIn(value, part => audience.test(part.is === 'text' ? part.text : nameOf(part)))

const isNothing = (value: Value | undefined): boolean => value?.is === 'constant' && value.of !== true

/** Whether the options of this call leave the audience of the token open. PyJWT refuses one that it was not told of. */
const isOpen = (call: Call, place: Place, resolver: Resolver): boolean => {
  const isPython = place.module.language === 'python'
  const given = isPython ? [fieldOf(call.named, 'options')] : [call.arguments[2]]
  const options = given.flatMap(value => (value ? resolver.things(value, place) : []))
  const records = options.flatMap(({ value }) => (value.is === 'record' ? [value.fields] : []))
  if (records.length < options.length || records.some(fields => fieldOf(fields, '...'))) return false
  if (isPython) return records.some(fields => isNothing(fieldOf(fields, 'verify_aud')))
  return call.arguments.length > 1 && !records.some(fields => fieldOf(fields, 'audience'))
}

/** `jwtVerify(token, createRemoteJWKSet(…))`; elsewhere a file that has such keys is taken to verify with them. */
const isRemote = (call: Call, place: Place, resolver: Resolver): boolean => {
  const makes = ({ callee }: Call, { module }: Pick<Place, 'module'>): boolean =>
    remoteKeys.test(resolver.external(callee, { module, frames: [] }) ?? '')
  const [, key] = call.arguments
  return (resolver.external(call.callee, place) ?? '').startsWith('jose:')
    ? key !== undefined &&
        resolver.things(key, place).some(({ value, ...at }) => value.is === 'call' && makes(value, at))
    : place.module.calls.some(each => makes(each, place))
}

const saidOf = (file: string, line: number): string =>
  `it takes tokens that the authorization server made for any other service: nothing looks at their audience (${file}:${line})`

/** A token of an authorization server is verified, and for whom it was made is not asked. */
export const anyAudience = (all: readonly Placed[], { bodies, resolver }: Reach): string | null => {
  const isNamed = all.some(({ of, module }) => {
    const { guards, returns, calls } = bodies.of(module, of)
    const values = [...guards.map(({ test }) => test), ...returns.map(({ value }) => value), ...of.returns]
    return values.some(names) || calls.some(call => names(call.callee) || call.arguments.some(names))
  })
  if (isNamed) return null
  for (const { of, module } of all) {
    const place: Place = { module, frames: [] }
    for (const call of bodies.of(module, of).calls)
      if (
        verifying.test(resolver.external(call.callee, place) ?? '') &&
        isRemote(call, place, resolver) &&
        isOpen(call, place, resolver)
      )
        return saidOf(module.path, call.line)
  }
  return null
}

/** `JWTVerifier(jwks_uri=…)` of FastMCP without `audience`, alone or within another provider. */
export const verifierOfAny = (auth: Value, place: Place, resolver: Resolver): string | null => {
  for (const { value, module } of resolver.things(auth, place)) {
    if (value.is !== 'call') continue
    const inside: Place = { module, frames: [] }
    const path = resolver.external(value.callee, inside) ?? ''
    if (/^fastmcp\..*\.(JWTVerifier|BearerAuthProvider)$/.test(path)) {
      const isWhole = !fieldOf(value.named, '...')
      const given = fieldOf(value.named, 'audience')
      if (isWhole && fieldOf(value.named, 'jwks_uri') && (given === undefined || isNothing(given)))
        return saidOf(module.path, value.line)
      continue
    }
    const verifier = fieldOf(value.named, 'token_verifier')
    const found = verifier ? verifierOfAny(verifier, inside, resolver) : null
    if (found !== null) return found
  }
  return null
}
