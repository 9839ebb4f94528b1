import { annotationsOf, isEnvironmentPath, isGivenPath, isSettings, isSettingsClass, originOf } from '../code/origin.ts'
import { partsOf, someIn } from '../code/parts.ts'
import type { Place, Resolver, Thing } from '../code/resolve.ts'
import { fieldOf, nameOf, visibleAt, type Call, type Value } from '../code/values.ts'
import { namesConnection, namesCredential } from '../credential-names.ts'
import { credentialHeaders, givenHeaders, hiding } from './headers.ts'

/** It prints what it is given, whole. */
export const printing =
  /^global:(JSON\.stringify|String|Object\.(entries|values))$|^util:(inspect|format)$|^builtins\.(str|repr|dict|format|vars)$|^json\.dumps$|^pprint\.\w+$/
const keeping = /^(format|copy|items|values|toString|model_dump|model_dump_json|dict|json)$/

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
  if (call.callee.is === 'member' && /^get_?secret_?value$/i.test(call.callee.name)) return ['a SecretStr']
  return []
}

const ofMember = (value: Value & { is: 'member' }, place: Place, resolver: Resolver): string[] => {
  const isMasked = annotationsOf(value, place, resolver).some(({ type }) => type.startsWith('Secret'))
  const isCredential = namesCredential(value.name) && isSettings(value.of, place, resolver)
  return isCredential && !isMasked ? [value.name] : []
}

/** Settings that are printed whole: pydantic shows each field that is no `SecretStr` and is not left out. */
const ofInstance = ({ value, ...place }: Thing, resolver: Resolver): string[] => {
  if (value.is !== 'call' || !isSettingsClass(value.callee, place, resolver)) return []
  return resolver.things(value.callee, place).flatMap(({ value: owner }) =>
    owner.is === 'class' && !owner.members.some(({ name }) => /^__(repr|str|repr_args)__$/.test(name))
      ? owner.members.flatMap(({ name, type, value: kept }) => {
          const isKept = type !== null && !/secret/i.test(type) && kept.is !== 'function'
          const repr = kept.is === 'call' ? fieldOf(kept.named, 'repr') : undefined
          const isShown = !(repr?.is === 'constant' && repr.of === false)
          return isKept && isShown && namesCredential(name) ? [name] : []
        })
      : [],
  )
}

/** What argparse makes of the command line, printed whole: `--api-key` among its options. */
const ofArguments = ({ value, ...place }: Thing, resolver: Resolver): string[] => {
  const path = value.is === 'call' ? (resolver.external(value.callee, place) ?? '') : ''
  if (!/^argparse\.ArgumentParser\(\)\.parse_(known_)?args$/.test(path)) return []
  return place.module.calls.flatMap(({ callee, arguments: given }) =>
    callee.is === 'member' && callee.name === 'add_argument'
      ? given.flatMap(one => (one.is === 'text' && namesCredential(one.text) ? [one.text] : []))
      : [],
  )
}

const connection =
  /^((database|db|postgres|pg|mysql|mongo(db)?|redis)_?(url|uri|dsn)|dsn|connection_?(string|uri|url))$/i

/** A name that says what it holds, where whoever starts the server gives it: `connectionString = process.argv[2]`. */
const ofGiven = (value: Value & ({ is: 'name' } | { is: 'member' }), place: Place, resolver: Resolver): string[] => {
  if (!connection.test(value.name)) return []
  const kept = value.is === 'name' ? visibleAt(place.module, value.name, value.at) : []
  const isHidden = kept.some(one => someIn(one.value, part => part.is === 'call' && hiding.test(nameOf(part.callee))))
  return !isHidden && originOf(value, place, resolver).outside ? [value.name] : []
}

/** The headers of a request, whole: what its caller authenticates with is among them. */
const ofRequest = (value: Value, place: Place): string[] => {
  if (value.is !== 'member' || value.name !== 'headers' || value.of.is !== 'name') return []
  if (!/^_?(req|request)$/.test(value.of.name)) return []
  const isServed = visibleAt(place.module, value.of.name, value.of.at).some(
    ({ value: kept }) =>
      kept.is === 'parameter' &&
      place.module.functions.some(
        ({ at, parameters }) => at === kept.function && parameters.some(name => answering.test(name)),
      ),
  )
  return isServed ? ['the headers of a request, Authorization among them,'] : []
}

/** What a function that answers requests is given beside them. */
const answering = /^_?(res|response|reply|next|call_next)$/

/** `settings['token'] = '***'`: what is printed afterwards lacks it. */
const isBlotted = ({ name, at }: Value & { is: 'name' }, { module }: Place): boolean =>
  module.writes.some(({ target, value, at: written }) => {
    const isOf = (target.is === 'index' || target.is === 'member') && nameOf(target.of) === name
    const key =
      target.is === 'member'
        ? target.name
        : target.is === 'index' && target.index.is === 'text'
          ? target.index.text
          : ''
    return isOf && written < at && namesCredential(key) && /^(text|constant|call|choice)$/.test(value.is)
  })

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
    return [...later].some(namesCredential) ? [] : [value]
  })

/** `Object(headers).length` of what has no length is never true. */
const isNoList = (test: Value, place: Place, resolver: Resolver): boolean =>
  test.is === 'member' &&
  test.name === 'length' &&
  test.of.is === 'call' &&
  resolver.external(test.of.callee, place) === 'global:Object'

/** The secrets that a value shows when it is printed. What a function of its own makes of one is taken for masked. */
export const secretsIn = (value: Value, place: Place, resolver: Resolver, before = 0): string[] => {
  const depth = before + 1
  if (depth === 1) steps = 0
  if (++steps > maxSteps) return []
  const all = (values: Value[]): string[] => values.flatMap(each => secretsIn(each, place, resolver, depth))
  if (depth > 8) return []
  switch (value.is) {
    case 'join':
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
        ...ofRequest(value, place),
        ...givenHeaders(value, place, resolver),
      ]
      const things = resolver.things(value, place).filter(thing => thing.value !== value)
      const made = things.flatMap(thing => [...ofInstance(thing, resolver), ...ofArguments(thing, resolver)])
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
