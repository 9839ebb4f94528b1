import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, isWithin, type Call, type Module, type Value } from '../code/values.ts'
import { secretsIn } from './shown.ts'

/** Credentials in options of axios. */
const inOptions = (given: Value[], place: Place, resolver: Resolver): string[] =>
  given
    .flatMap(value => resolver.things(value, place))
    .flatMap(({ value, ...at }) =>
      value.is === 'record'
        ? ['headers', 'auth', 'params'].flatMap(name => {
            const field = fieldOf(value.fields, name)
            return field ? secretsIn(field, at, resolver) : []
          })
        : [],
    )

/** Credentials that a client was made with: `axios.create({ headers })`. */
const ofClient = (client: Value, place: Place, resolver: Resolver): string[] =>
  resolver
    .things(client, place)
    .flatMap(({ value, ...at }) => (value.is === 'call' ? inOptions(value.arguments, at, resolver) : []))

/** What is asked with a credential; the exceptions of axios carry its headers. */
const credentialsOf = (call: Call, place: Place, resolver: Resolver): string[] => {
  const path = resolver.external(call.callee, place) ?? ''
  if (!path.startsWith('axios:')) return []
  return [
    ...inOptions(call.arguments, place, resolver),
    ...(call.callee.is === 'member' ? ofClient(call.callee.of, place, resolver) : []),
  ]
}

interface Known {
  name: string
  secret: string
  /** It is no exception, but what axios is asked with. */
  isOptions: boolean
}

/** The names under which an exception of axios, or what it is asked with, is known where a log is called. */
const knownAt = (log: Call, place: Place, resolver: Resolver): Known[] => {
  const { tries, calls } = place.module
  const known = (name: string | null, secrets: () => string[], isOptions = false): Known[] => {
    const [secret] = name === null ? [] : secrets()
    return name !== null && secret !== undefined ? [{ name, secret, isOptions }] : []
  }
  const caught = tries.flatMap(({ body, handlers }) =>
    handlers
      .filter(handler => isWithin(log.at, handler))
      .flatMap(({ binds }) =>
        known(binds, () =>
          calls.filter(({ at }) => isWithin(at, body)).flatMap(call => credentialsOf(call, place, resolver)),
        ),
      ),
  )
  const intercepted = calls.flatMap(({ callee, arguments: given }) => {
    const of = given.find(one => one.is === 'function' && isWithin(log.at, one))
    // `client.interceptors.response.use(…, error => …)`
    if (of?.is !== 'function' || callee.is !== 'member' || callee.name !== 'use') return []
    const { of: kind } = callee
    if (!/^axios:.*\binterceptors\.(request|response)\.use$/.test(resolver.external(callee, place) ?? '')) return []
    if (kind.is !== 'member' || kind.of.is !== 'member') return []
    const client = kind.of.of
    return known(of.parameters[0] ?? null, () => ofClient(client, place, resolver), kind.name === 'request')
  })
  return [...caught, ...intercepted]
}

const isNamed = (value: Value, { name }: Known): boolean => value.is === 'name' && value.name === name

/** What has the headers in it: `error.config`, `error.response.config.headers`, `error.toJSON()`. */
const isPart = (value: Value, known: Known): boolean => {
  if (value.is === 'call')
    return value.callee.is === 'member' && value.callee.name === 'toJSON' && isNamed(value.callee.of, known)
  if (value.is !== 'member') return false
  const { of, name } = value
  if (name === 'headers') return isPart(of, known) || (known.isOptions && isNamed(of, known))
  return (
    name === 'config' && (isNamed(of, known) || (of.is === 'member' && of.name === 'response' && isNamed(of.of, known)))
  )
}

const isText = (call: Call, place: Place, resolver: Resolver): boolean =>
  resolver.external(call.callee, place) === 'global:JSON.stringify'

/** Whether a log that is given it shows the headers; `isConsole`: it shows what lies inside of objects. */
const shows = (value: Value, known: Known, place: Place, resolver: Resolver, isConsole: boolean): boolean => {
  const anyOf = (values: Value[], isLog = isConsole): boolean =>
    values.some(one => shows(one, known, place, resolver, isLog))
  switch (value.is) {
    case 'name':
      return isConsole && isNamed(value, known)
    case 'call': {
      const [first] = value.arguments
      return isPart(value, known) || (first !== undefined && isText(value, place, resolver) && anyOf([first], true))
    }
    case 'member':
      return isPart(value, known)
    case 'join':
      return value.parts.some(part => part.is === 'call' && isText(part, place, resolver) && anyOf([part]))
    case 'record':
      // an exception inside of a record is not opened as far as its headers
      return anyOf(
        value.fields.map(([, field]) => field),
        false,
      )
    default:
      return false
  }
}

/**
 * `catch (error) { console.error('failed', error) }` around a request of axios: what is printed has the headers of the
 * request in it. Null where that is not so.
 */
export const secretOfError = (log: Call, given: Value[], module: Module, resolver: Resolver): string | null => {
  const place: Place = { module, frames: [] }
  const isConsole = /^global:(globalThis\.)?console\./.test(resolver.external(log.callee, place) ?? '')
  const found = knownAt(log, place, resolver).find(known =>
    given.some(value => shows(value, known, place, resolver, isConsole)),
  )
  return found?.secret ?? null
}
