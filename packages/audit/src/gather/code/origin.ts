import type { Place, Resolver, Thing } from './resolve.ts'
import { fieldOf, visibleAt, type Call, type ClassValue, type FunctionValue, type Value } from './values.ts'

/** Who decides a value: whoever starts the server, or whoever wrote it. */
export interface Origin {
  /** The environment, the command line or a file has a say. */
  outside: boolean
  /** Texts and numbers that are written in the source. */
  literals: { text: string; file: string }[]
  /** Something could not be followed. */
  open: boolean
}

const nowhere: Origin = { outside: false, literals: [], open: false }
const outside: Origin = { outside: true, literals: [], open: false }
const open: Origin = { outside: false, literals: [], open: true }
const maxDepth = 25
/** Values that are looked at for one question; source may branch without end. */
const maxSteps = 2_000
let steps = 0

export const mergedOrigin = (found: Origin[]): Origin => ({
  outside: found.some(one => one.outside),
  literals: found.flatMap(({ literals }) => literals),
  open: found.some(one => one.open),
})

/** Written down in the source and nowhere else. */
export const isHardCoded = ({ outside, literals, open }: Origin): boolean => !outside && !open && literals.length > 0

const environment = /^global:(globalThis\.)?(process|Deno|Bun)\.env\b|^process:env\b|^os\.(environ|getenv)\b/
const given =
  /^global:process\.argv|^process:argv|^sys\.argv|^(argparse|optparse|click|typer|environs|decouple|dynaconf|starlette\.config|configparser|tomllib|tomli|toml|omegaconf)\b|^(commander|yargs|yargs\/.*|minimist|meow|cac|citty|arg|util:parseArgs|convict|config|nconf|rc|cosmiconfig|dotenv|envalid|env-var|conf|c12)[:.]|^util:parseArgs/
const files = /^(fs|fs\/promises|fs-extra):(promises\.)?readFile|^builtins\.(open|input)\b|^(json|yaml)\.(safe_)?load$/
const settingsBase = /(^|\.)(Pydantic)?BaseSettings$/

/** The environment, or what a library or the language makes of the command line and of files of settings. */
export const isGivenPath = (path: string): boolean => environment.test(path) || given.test(path)

export const isEnvironmentPath = (path: string): boolean => environment.test(path)

/** A class below pydantic's BaseSettings: its fields are read from the environment. */
export const isSettingsClass = (value: Value, place: Place, resolver: Resolver, depth = 0): boolean =>
  depth < 5 &&
  resolver
    .things(value, place)
    .some(thing =>
      thing.value.is === 'external'
        ? settingsBase.test(thing.value.path)
        : thing.value.is === 'class' &&
          thing.value.bases.some(base => isSettingsClass(base, thing, resolver, depth + 1)),
    )

/** The annotations of a name, or of a field. */
export const annotationsOf = (
  value: Value,
  place: Place,
  resolver: Resolver,
  depth = 0,
): { type: string; place: Place }[] => {
  if (value.is === 'name')
    return visibleAt(place.module, value.name, value.at).flatMap(({ type }) => (type ? [{ type, place }] : []))
  if (value.is !== 'member' || depth > 5) return []
  return ownersOf(value.of, place, resolver).flatMap(owner =>
    owner.class.members
      .filter(member => member.name === value.name)
      .flatMap(({ value: kept, type }) =>
        type ? [{ type, place: owner.place }] : annotationsOf(kept, owner.place, resolver, depth + 1),
      ),
  )
}

interface Owner {
  class: ClassValue
  place: Place
}

/** The classes that a thing is an instance of. */
const ownersOfThing = (thing: Thing, resolver: Resolver): Owner[] => {
  const owners =
    thing.value.is === 'call' ? resolver.things(thing.value.callee, thing) : thing.value.is === 'class' ? [thing] : []
  return owners.flatMap(({ value: found, module }) =>
    found.is === 'class' ? [{ class: found, place: { module, frames: [] } }] : [],
  )
}

const ownersOf = (value: Value, place: Place, resolver: Resolver): Owner[] =>
  resolver.things(value, place).flatMap(thing => ownersOfThing(thing, resolver))

/** An instance of such a class, as far as can be told from where it was made or from its annotation. */
export const isSettings = (value: Value, place: Place, resolver: Resolver): boolean =>
  resolver
    .things(value, place)
    .some(
      thing =>
        (thing.value.is === 'call' && isSettingsClass(thing.value.callee, thing, resolver)) ||
        (thing.value.is === 'class' && isSettingsClass(thing.value, thing, resolver)),
    ) ||
  annotationsOf(value, place, resolver).some(({ type, place: at }) => {
    const [head = '', ...rest] = type.split('.')
    const named = rest.reduce((of: Value, name): Value => ({ is: 'member', of, name }), {
      is: 'name',
      name: head,
      at: 0,
    })
    return isSettingsClass(named, at, resolver)
  })

/** A call of another package hands on what it is given: `Number(x)`, `Path(x).expanduser()`, `schema.parse(env)`. */
const ofCall = (call: Call, place: Place, resolver: Resolver, depth: number): Origin => {
  const path = resolver.external(call.callee, place)
  if (path && (environment.test(path) || given.test(path) || files.test(path))) return outside
  const inside = resolver.things(call, place).filter(({ value }) => value !== call)
  if (inside.length > 0) return mergedOrigin(inside.map(thing => ofThing(thing, resolver, depth)))
  const from = [
    ...(call.callee.is === 'member' ? [call.callee.of] : []),
    ...call.arguments,
    ...call.named.map(([, value]) => value),
  ]
  const found = mergedOrigin(from.map(value => originOf(value, place, resolver, depth)))
  return found.outside ? outside : { ...found, open: found.open || path === null || from.length === 0 }
}

const ofThing = (thing: Thing, resolver: Resolver, depth: number): Origin => {
  const { value } = thing
  // a field of what another package made: what went into that was not followed here
  if (value.is === 'external') return isGivenPath(value.path) ? outside : value.path.includes('(') ? open : nowhere
  if (value.is === 'namespace') return open
  return originOf(value, thing, resolver, depth)
}

/** A class without a constructor of its own takes its fields by name: dataclasses, models of pydantic. */
const hasConstructor = (owner: ClassValue): boolean =>
  owner.members.some(({ name, value }) => /^(constructor|__init__)$/.test(name) && value.is === 'function')

/** What the instances of classes of the repository keep under that name; null when the value is no such instance. */
const ofKept = (value: Value & { is: 'member' }, place: Place, resolver: Resolver, depth: number): Origin | null => {
  const instances = resolver.things(value.of, place)
  const found = instances.map((thing): Origin | null => {
    const [owner] = ownersOfThing(thing, resolver)
    const kept = owner?.class.members.filter(
      ({ name, value: each }) => name === value.name && each.is !== 'unknown' && each.is !== 'function',
    )
    if (!owner || !kept) return null
    const given =
      thing.value.is === 'call' && owner.place.module.language === 'python' && !hasConstructor(owner.class)
        ? thing.value
        : null
    const argument = given ? fieldOf(given.named, value.name) : undefined
    if (argument) return originOf(argument, thing, resolver, depth)
    if (kept.length === 0) return null
    const isOpen = given ? given.arguments.length > 0 || given.named.some(([key]) => key === '...') : false
    const own = mergedOrigin(kept.map(each => originOf(each.value, owner.place, resolver, depth)))
    return { ...own, open: own.open || isOpen }
  })
  const known = found.filter(one => one !== null)
  if (known.length === 0) return null
  // whoever passes another instance decides as well
  return { ...mergedOrigin(known), open: known.length < found.length || known.some(one => one.open) }
}

const ofMember = (value: Value & { is: 'member' }, place: Place, resolver: Resolver, depth: number): Origin => {
  if (isSettings(value.of, place, resolver)) return outside
  const kept = ofKept(value, place, resolver, depth)
  if (kept) return kept
  const things = resolver.things(value, place)
  const plain = things.filter(({ value }) => value.is !== 'external' || !value.path.includes('('))
  const found = plain.map(thing => ofThing(thing, resolver, depth))
  // a field of what another package made: what went into that is what counts
  const made = things.length > plain.length ? [originOf(value.of, place, resolver, depth)] : []
  const path = things.some(thing => ofThing(thing, resolver, depth).outside) ? [outside] : []
  return mergedOrigin([...found, ...made, ...path])
}

/** Where a value comes from, followed through names, parameters, calls and fields. */
export const originOf = (value: Value, place: Place, resolver: Resolver, before = 0): Origin => {
  const depth = before + 1
  const all = (values: Value[]): Origin => mergedOrigin(values.map(each => originOf(each, place, resolver, depth)))
  if (depth === 1) steps = 0
  if (depth > maxDepth || ++steps > maxSteps) return open
  switch (value.is) {
    case 'text':
      return { ...nowhere, literals: [{ text: value.text, file: place.module.path }] }
    case 'number':
      return { ...nowhere, literals: [{ text: String(value.number), file: place.module.path }] }
    case 'constant':
      return nowhere
    case 'either':
    case 'both':
      return all([value.first, value.second])
    case 'choice':
      return all(value.options)
    case 'join':
      return all(value.parts)
    case 'list':
      return all(value.items)
    case 'spread':
    case 'index':
    case 'not':
      return originOf(value.of, place, resolver, depth)
    case 'record':
      return all(value.fields.map(([, field]) => field))
    case 'call':
      return ofCall(value, place, resolver, depth)
    case 'member':
      return ofMember(value, place, resolver, depth)
    case 'name': {
      const declared = visibleAt(place.module, value.name, value.at)
      const direct = declared.filter(({ value: kept }) =>
        /^(either|both|choice|join|call|index|member|parameter)$/.test(kept.is),
      )
      if (declared.length > 0 && direct.length === declared.length) return all(direct.map(({ value: kept }) => kept))
      return mergedOrigin(resolver.things(value, place).map(thing => ofThing(thing, resolver, depth)))
    }
    case 'parameter': {
      const of = place.module.functions.find(({ at }) => at === value.function)
      const callers = of && place.frames.length === 0 ? resolver.callers(of, place.module) : []
      return of && callers.length > 0
        ? mergedOrigin(
            callers.map(({ call, module }) => ofArgument(call, { module, frames: [] }, value, of, resolver, depth)),
          )
        : ofThings(value, place, resolver, depth)
    }
    case 'import':
    case 'element':
      return ofThings(value, place, resolver, depth)
    default:
      return open
  }
}

const ofThings = (value: Value, place: Place, resolver: Resolver, depth: number): Origin => {
  const things = resolver.things(value, place).filter(thing => thing.value !== value)
  return things.length === 0 ? open : mergedOrigin(things.map(thing => ofThing(thing, resolver, depth)))
}

/** What a call gives to a parameter, or its default. */
const ofArgument = (
  call: Call,
  caller: Place,
  parameter: Value & { is: 'parameter' },
  of: FunctionValue,
  resolver: Resolver,
  depth: number,
): Origin => {
  const isMethod = caller.module.language === 'python' && /^(self|cls)$/.test(of.parameters[0] ?? '')
  const position = isMethod ? parameter.index - 1 : parameter.index
  const isSpread = call.arguments.slice(0, position + 1).some(({ is }) => is === 'spread')
  const argument = isSpread ? undefined : (call.arguments[position] ?? fieldOf(call.named, parameter.name))
  if (argument) return originOf(argument, caller, resolver, depth)
  if (isSpread || call.named.some(([key]) => key === '...')) return open
  return parameter.fallback ? originOf(parameter.fallback, caller, resolver, depth) : nowhere
}
