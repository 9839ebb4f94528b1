import { annotationsOf, isEnvironmentPath, isGivenPath, isSettings } from '../code/origin.ts'
import { partsOf } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { nameOf, visibleAt, type Call, type Value } from '../code/values.ts'
import { isCredentialHeader, namesConnection, namesCredential } from '../credential-names.ts'
import { isTelling, ofGiven, parsedFrom } from './connections.ts'
import { credentialHeaders, givenHeaders } from './headers.ts'
import { ofParameter } from './parameters.ts'
import { ofRequest } from './requests.ts'
import { ofWhole } from './whole.ts'

/** It prints what it is given, whole. */
export const printing =
  /^global:(JSON\.stringify|String|Object\.(entries|values))$|^util:(inspect|format)$|^builtins\.(str|repr|dict|format|vars)$|^json\.dumps$|^pprint\.\w+$/
const keeping = /^(trim|strip|format|copy|items|values|toString|model_dump|model_dump_json|dict|json)$/

const maxSteps = 500
let steps = 0

const pathOf = (value: Value, place: Place, resolver: Resolver): string[] =>
  resolver.things(value, place).flatMap(({ value: found }) => (found.is === 'external' ? [found.path] : []))

const lastName = (path: string): string => /([A-Za-z_]\w*)$/.exec(path)?.[1] ?? ''

const whole = /^global:(globalThis\.)?process\.env$|^process:env$|^os\.environ$/

/** A variable of the environment, or what a schema of settings made of it. */
const credentialPath = (path: string): string | null => {
  const name = lastName(path)
  // `MAPBOX_PUBLIC_TOKEN` is made to be seen
  if (/public|publishable/i.test(name)) return null
  if (namesConnection(name)) return isEnvironmentPath(path) ? name : null
  if (!namesCredential(name)) return null
  return isGivenPath(path) || /parse(Async)?\(\)\.|cleanEnv\(\)\./i.test(path) ? lastName(path) : null
}

const ofCall = (call: Call, place: Place, resolver: Resolver, depth: number): string[] => {
  const path = resolver.external(call.callee, place) ?? ''
  const [first] = call.arguments
  if (/^os\.(getenv|environ\.get)$/.test(path)) {
    const name = first ? resolver.text(first, place) : null
    return name !== null && (namesCredential(name) || namesConnection(name)) ? [name] : []
  }
  const given = [...call.arguments, ...call.named.map(([, value]) => value)]
  if (printing.test(path)) return given.flatMap(value => secretsIn(value, place, resolver, depth))
  if (call.callee.is === 'member' && keeping.test(call.callee.name))
    return [call.callee.of, ...given].flatMap(value => secretsIn(value, place, resolver, depth))
  const address = parsedFrom(call, place, resolver)
  if (address) return secretsIn(address, place, resolver, depth)
  const ofHeaders = ofRequest(call, place, resolver)
  if (ofHeaders.length > 0) return ofHeaders
  if (call.callee.is === 'member' && /^get_?secret_?value$/i.test(call.callee.name)) return ['a SecretStr']
  return []
}

/** `url.href` of `new URL(address)`. */
const ofParsed = (value: Value & { is: 'member' }, place: Place, resolver: Resolver, depth: number): string[] =>
  value.of.is === 'name' && isBlotted(value.of, place)
    ? []
    : resolver
        .things(value.of, place)
        .flatMap(({ value: made, ...at }) =>
          made.is === 'call' && parsedFrom(made, at, resolver) ? secretsIn(made, at, resolver, depth + 2) : [],
        )

const ofMember = (value: Value & { is: 'member' }, place: Place, resolver: Resolver): string[] => {
  const isMasked = annotationsOf(value, place, resolver).some(({ type }) => type.startsWith('Secret'))
  const isCredential = namesCredential(value.name) && isSettings(value.of, place, resolver)
  return isCredential && !isMasked ? [value.name] : []
}

const isSecretField = (name: string): boolean => namesCredential(name) || isCredentialHeader(name)

/**
 * `settings['token'] = '***'`, `delete headers.authorization`, `const { token, ...rest } = settings`: what is printed
 * afterwards lacks it.
 */
const isBlotted = (value: Value & { is: 'name' }, { module }: Place): boolean => {
  const { name, at } = value
  const keyOf = (target: Value): string =>
    target.is === 'member' ? target.name : target.is === 'index' && target.index.is === 'text' ? target.index.text : ''
  const kept = visibleAt(module, name, at)
  return (
    module.writes.some(
      ({ target, value: written, operator, at: before }) =>
        (target.is === 'index' || target.is === 'member') &&
        nameOf(target.of) === name &&
        before < at &&
        isSecretField(keyOf(target)) &&
        (operator === 'delete' || /^(text|constant|call|choice)$/.test(written.is)),
    ) ||
    module.calls.some(
      ({ callee, arguments: [first], at: before }) =>
        callee.is === 'member' &&
        callee.name === 'pop' &&
        nameOf(callee.of) === name &&
        before < at &&
        first?.is === 'text' &&
        isSecretField(first.text),
    ) ||
    module.declarations.some(
      ({ value: taken }) =>
        taken.is === 'member' && isSecretField(taken.name) && kept.some(one => one.value === taken.of),
    )
  )
}

/** What the fields of a record hold; of a record that is spread those that no later field replaces. */
export const fieldsOf = ({ fields }: Value & { is: 'record' }, place: Place, resolver: Resolver): Value[] =>
  fields.flatMap(([key, value], index) => {
    const later = new Set(fields.slice(index + 1).map(([name]) => name))
    if (key !== '...' || later.size === 0) return [value]
    const things = resolver.things(value, place)
    if (things.every(thing => thing.value.is === 'record' && thing.module === place.module))
      return things.flatMap(({ value: spread }) =>
        spread.is === 'record' ? spread.fields.flatMap(([name, field]) => (later.has(name) ? [] : [field])) : [],
      )
    return [...later].some(isSecretField) ? [] : [value]
  })

/** `Object(headers).length` of what has no length is never true. */
const isNoList = (test: Value, place: Place, resolver: Resolver): boolean =>
  test.is === 'member' &&
  test.name === 'length' &&
  test.of.is === 'call' &&
  resolver.external(test.of.callee, place) === 'global:Object'

/** In a text of JavaScript it is `[object Object]`. */
const isObject = (part: Value, place: Place, resolver: Resolver): boolean =>
  place.module.language === 'typescript' &&
  (part.is === 'name' || part.is === 'member') &&
  (ofRequest(part, place, resolver).length > 0 ||
    ofParameter(part, place, resolver).length > 0 ||
    pathOf(part, place, resolver).some(path => whole.test(path)) ||
    resolver.things(part, place).some(thing => thing.value.is === 'record' || ofWhole(thing, resolver).length > 0))

/** The secrets that a value shows when it is printed. What a function of its own makes of one is taken for masked. */
export const secretsIn = (value: Value, place: Place, resolver: Resolver, before = 0): string[] => {
  const depth = before + 1
  if (depth === 1) steps = 0
  if (++steps > maxSteps) return []
  const all = (values: Value[]): string[] => values.flatMap(each => secretsIn(each, place, resolver, depth))
  if (depth > 8) return []
  switch (value.is) {
    case 'join':
      return all(value.parts.filter(part => !isObject(part, place, resolver)))
    case 'list':
    case 'spread':
    case 'either':
      return all(partsOf(value))
    case 'record': {
      const named = all(fieldsOf(value, place, resolver))
      return named.length > 0 ? named : credentialHeaders(value, place, resolver)
    }
    case 'choice':
      return all(value.test && isNoList(value.test, place, resolver) ? value.options.slice(1) : value.options)
    case 'call':
      return ofCall(value, place, resolver, depth)
    case 'name':
    case 'member': {
      if (value.is === 'name' && isBlotted(value, place)) return []
      const paths = pathOf(value, place, resolver)
      const direct = [
        ...paths.flatMap(path =>
          whole.test(path) ? [path.replace(/^(global|process):(globalThis\.)?/, '')] : (credentialPath(path) ?? []),
        ),
        ...(value.is === 'member' ? ofMember(value, place, resolver) : []),
        ...(value.is === 'member' && isTelling(value.name) ? ofParsed(value, place, resolver, depth) : []),
        ...ofRequest(value, place, resolver),
        ...ofParameter(value, place, resolver),
        ...givenHeaders(value, place, resolver),
      ]
      const things = resolver.things(value, place).filter(thing => thing.value !== value)
      const made = things.flatMap(thing => ofWhole(thing, resolver))
      const records = things.filter(thing => /^(record|call)$/.test(thing.value.is))
      const joined =
        value.is === 'name'
          ? visibleAt(place.module, value.name, value.at).filter(({ value: kept }) => kept.is === 'join')
          : []
      return [
        ...(direct.length > 0 ? direct : ofGiven(value, place, resolver)),
        ...made,
        ...joined.flatMap(({ value: kept }) => secretsIn(kept, place, resolver, depth + 2)),
        ...records.flatMap(thing => secretsIn(thing.value as Value, thing, resolver, depth + 2)),
      ]
    }
    default:
      return []
  }
}
