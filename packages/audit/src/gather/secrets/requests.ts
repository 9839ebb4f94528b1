import type { Caller } from '../code/callers.ts'
import { argumentOf } from '../code/given.ts'
import { annotationsOf } from '../code/origin.ts'
import { someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import {
  fieldOf,
  innermost,
  isWithin,
  nameOf,
  visibleAt,
  type Call,
  type FunctionValue,
  type Value,
} from '../code/values.ts'

const maxDepth = 4

/** What a function that answers requests is given beside them; `receive` and `send` in ASGI. */
const answering = /^_?(res|response|reply|next|call_next|receive|send)$/
const requesting = /^_?(req|request|scope)$/
/** What a request has only where it comes in. */
const incoming = /^(socket|connection|ip|originalUrl|baseUrl|httpVersion|rawHeaders|client)$/
const requestTypes =
  /^express:(default\.)?Request$|^fastify:FastifyRequest$|^(node:)?http2?:(default\.)?(IncomingMessage|Http2ServerRequest)$|^(starlette\.requests|fastapi(\.requests)?|aiohttp\.web|django\.http|sanic|quart)\.(Http)?Request$/
const requests = /^(flask|quart)\.request\.headers$|^fastmcp\.server\.dependencies\.get_http_request\(\)\.headers$/

/** The function of which a name is a parameter. */
const functionOf = (value: Value & { is: 'name' }, { module }: Place): FunctionValue | undefined => {
  const kept = visibleAt(module, value.name, value.at)
  return module.functions.find(({ at }) => kept.some(one => one.value.is === 'parameter' && one.value.function === at))
}

const isTyped = (value: Value, place: Place, resolver: Resolver): boolean =>
  annotationsOf(value, place, resolver).some(({ type, place: at }) => {
    const [head = '', ...rest] = type.split('.')
    const path = resolver.external({ is: 'name', name: head, at: 0 }, at)
    return path !== null && requestTypes.test([path, ...rest].join('.'))
  })

/** A parameter for the request that somebody sent; those that are sent out have the same names. */
const isIncoming = (value: Value & { is: 'name' }, place: Place, resolver: Resolver, depth = 0): boolean => {
  const { module } = place
  const of = functionOf(value, place)
  if (!of || depth > maxDepth) return false
  if (isTyped(value, place, resolver)) return true
  if (!requesting.test(value.name)) return false
  const isUsed = (part: Value): boolean =>
    part.is === 'member' && incoming.test(part.name) && part.of.is === 'name' && part.of.name === value.name
  const isHanded = ({ call, module: caller }: Caller): boolean => {
    const given = argumentOf(call, of.parameters.indexOf(value.name), value.name, of, module)
    return given?.is === 'name' && isIncoming(given, { module: caller, frames: [] }, resolver, depth + 1)
  }
  return (
    of.parameters.some(name => answering.test(name)) ||
    module.calls.some(call => isWithin(call.at, of) && someIn(call, isUsed)) ||
    resolver.callers(of, module).some(isHanded)
  )
}

const isRequest = (value: Value, place: Place, resolver: Resolver): boolean =>
  value.is === 'name'
    ? isIncoming(value, place, resolver)
    : value.is === 'member' &&
      // `extra.requestInfo`, `ctx.request_context.request`
      ((value.name === 'requestInfo' && value.of.is === 'name' && functionOf(value.of, place) !== undefined) ||
        (value.name === 'request' && nameOf(value.of) === 'request_context'))

/** The headers of a request that came in, whole. */
export const isHeaders = (value: Value, place: Place, resolver: Resolver, depth = 0): boolean => {
  if (depth > maxDepth) return false
  switch (value.is) {
    case 'name':
      return visibleAt(place.module, value.name, value.at).some(
        ({ value: kept }) => /^(name|member|call)$/.test(kept.is) && isHeaders(kept, place, resolver, depth + 1),
      )
    case 'member':
      return (
        (/^(headers|rawHeaders|headersDistinct)$/.test(value.name) && isRequest(value.of, place, resolver)) ||
        requests.test(resolver.external(value, place) ?? '')
      )
    case 'call': {
      const all = fieldOf(value.named, 'include_all')
      return (
        all?.is === 'constant' &&
        all.of === true &&
        resolver.external(value.callee, place) === 'fastmcp.server.dependencies.get_http_headers'
      )
    }
    default:
      return false
  }
}

/** Paths to which a password, or what stands for one, is sent. */
const authenticating = /\/(log-?in|sign-?in|sign-?up|token|password|authenticate)\/?$/i

/** `app.post('/login', … => {})`, `@app.post("/login")`: where people say who they are. */
const isAuthenticating = (of: FunctionValue, { module }: Place, resolver: Resolver): boolean => {
  const isFor = (call: Value): boolean =>
    call.is === 'call' &&
    call.callee.is === 'member' &&
    /^(post|put|all|route)$/.test(call.callee.name) &&
    call.arguments[0] !== undefined &&
    authenticating.test(resolver.text(call.arguments[0], { module, frames: [] }) ?? '')
  return (
    module.calls.some(call => isFor(call) && call.arguments.some(given => given === of)) ||
    module.decorated.some(one => one.function === of && isFor(one.decorator))
  )
}

const isBodyCall = ({ callee, at }: Call, place: Place, resolver: Resolver): boolean => {
  const of = innermost(place.module.functions, at)
  return (
    callee.is === 'member' &&
    /^(json|form|body)$/.test(callee.name) &&
    callee.of.is === 'name' &&
    functionOf(callee.of, place) === of &&
    of !== undefined &&
    (requesting.test(callee.of.name) || isTyped(callee.of, place, resolver)) &&
    isAuthenticating(of, place, resolver)
  )
}

/** The body of a request to log in, whole. */
const isBody = (value: Value, place: Place, resolver: Resolver, depth = 0): boolean => {
  if (depth > maxDepth) return false
  if (value.is === 'name')
    return visibleAt(place.module, value.name, value.at).some(
      ({ value: kept }) => /^(name|member|call)$/.test(kept.is) && isBody(kept, place, resolver, depth + 1),
    )
  if (value.is === 'call') return isBodyCall(value, place, resolver)
  if (value.is !== 'member' || value.name !== 'body' || value.of.is !== 'name') return false
  const of = functionOf(value.of, place)
  return of !== undefined && requesting.test(value.of.name) && isAuthenticating(of, place, resolver)
}

/** What its caller authenticates with, in a request that is shown whole. */
export const ofRequest = (value: Value, place: Place, resolver: Resolver): string[] => [
  ...(isHeaders(value, place, resolver) ? ['the headers of a request, Authorization among them,'] : []),
  ...(isBody(value, place, resolver) ? ['the body of a request to log in, its password among it,'] : []),
]
