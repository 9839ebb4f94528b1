import type { Resolver, Thing } from '../code/resolve.ts'
import { fieldOf, visibleAt, type Call, type Value } from '../code/values.ts'
import type { Placed } from '../registered/facts.ts'
import { parametersOf } from '../registered/parameters.ts'
import { nearlyMatching } from './compare.ts'
import type { Declared } from './data.ts'
import { matched, tested } from './patterns.ts'

/** Whether a schema lets a text pass; `unknown` when it has a rule that is not read here. */
export type Taken = 'takes' | 'refuses' | 'unknown'

const maxDepth = 25
const refusing =
  /^(number|int|integer|int32|uint32|float32|float64|boolean|bool|bigint|enum|literal|nativeEnum|date|datetime|iso|uuid|uuidv[467]|guid|cuid2?|ulid|nanoid|xid|ksuid|ipv[46]|ip|cidr|null|undefined|void|never|nan|stringbool|hex|hash|emoji)$/
const refusingFormats = /^(uuid|date|time|date-time|duration|ipv[46]|int32|int64|float|double)$/
const opaque = /^(refine|superRefine|check|transform|pipe|preprocess|custom|overwrite|codec)$/
const scalar =
  /^(int|float|bool|complex|Decimal|UUID[1345]?|date|datetime|time|timedelta|IPv[46]Address|IPvAnyAddress|PositiveInt|NonNegativeInt|StrictInt|StrictBool|Literal|None|bytes)$/

const worst = (all: Taken[]): Taken =>
  all.includes('takes') ? 'takes' : all.includes('unknown') ? 'unknown' : 'refuses'

/** All of them have to let it pass. */
const best = (all: Taken[]): Taken =>
  all.some(one => one === 'refuses') ? 'refuses' : all.some(one => one === 'unknown') ? 'unknown' : 'takes'

const ofPattern = (text: string, isWhole: boolean, sample: string): Taken => {
  const found = isWhole ? matched({ text, flags: '' }, sample, true) : tested({ text, flags: '' }, sample)
  return found === null ? 'unknown' : found ? 'takes' : 'refuses'
}

/** Its size is judged where it does harm, and nowhere else. */
const isTooLong = (limit: Value | undefined, sample: string): boolean =>
  sample === nearlyMatching && limit?.is === 'number' && sample.length > limit.number

const lastName = (path: string): string => path.replace(/\(\)/g, '').split(/[.:]/).findLast(Boolean) ?? ''

/** JSON Schema, as low-level servers and tools of other libraries have it. */
const ofJsonSchema = (
  value: Value & { is: 'record' },
  place: Thing,
  path: string[],
  sample: string,
  resolver: Resolver,
  depth: number,
): Taken => {
  const of = (key: string): Value | undefined => fieldOf(value.fields, key)
  const [head, ...rest] = path
  const into = (inner: Value | undefined, remaining: string[]): Taken =>
    inner ? takes({ value: inner, place }, remaining, sample, resolver, depth + 1) : 'takes'
  for (const key of ['anyOf', 'oneOf']) {
    const options = of(key)
    if (options?.is === 'list') return worst(options.items.map(option => into(option, path)))
  }
  if (head === '[]') return into(of('items'), rest)
  if (head !== undefined) {
    const properties = of('properties')
    return properties ? into({ is: 'member', of: properties, name: head }, rest) : 'takes'
  }
  if (of('enum') ?? of('const')) return 'refuses'
  const types = resolver.items({ is: 'list', items: [of('type') ?? { is: 'unknown' }] }, place)
  const named = types.flatMap(type => (type?.value.is === 'text' ? [type.value.text] : []))
  if (named.length > 0 && named.every(type => /^(number|integer|boolean|null)$/.test(type))) return 'refuses'
  const format = of('format')
  if (format?.is === 'text' && refusingFormats.test(format.text)) return 'refuses'
  if (isTooLong(of('maxLength'), sample)) return 'refuses'
  const pattern = of('pattern')
  return pattern?.is === 'text' ? ofPattern(pattern.text, false, sample) : 'takes'
}

/** One method of a chain such as `z.string().regex(/^a/).optional()`. */
const ofLink = (call: Call, name: string, thing: Thing, sample: string, resolver: Resolver): Taken => {
  const [first] = call.arguments
  if (refusing.test(name)) return 'refuses'
  if (opaque.test(name)) return 'unknown'
  if (/^(max|length|maxLength)$/.test(name) && first) {
    const limit = resolver.things(first, thing).find(({ value }) => value.is === 'number')?.value
    return limit?.is === 'number' && isTooLong(limit, sample) ? 'refuses' : 'takes'
  }
  if (name === 'regex' || name === 'pattern' || name === 'matches') {
    const found = first ? resolver.things(first, thing).map(({ value }) => value) : []
    const pattern = found.find(({ is }) => is === 'pattern')
    return pattern?.is === 'pattern' ? ofPattern(pattern.text, false, sample) : 'unknown'
  }
  if (/^(startsWith|endsWith|includes)$/.test(name)) {
    const wanted = first ? resolver.text(first, thing) : null
    if (wanted === null) return 'unknown'
    const isMet =
      name === 'startsWith'
        ? sample.startsWith(wanted)
        : name === 'endsWith'
          ? sample.endsWith(wanted)
          : sample.includes(wanted)
    return isMet ? 'takes' : 'refuses'
  }
  if (name === 'email') return /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(sample) ? 'takes' : 'refuses'
  if (name === 'url' || name === 'httpUrl') return URL.canParse(sample) ? 'takes' : 'refuses'
  return 'takes'
}

/** A chain of calls on a schema library, whatever it is called. */
const ofChain = (
  call: Call,
  thing: Thing,
  path: string[],
  sample: string,
  resolver: Resolver,
  depth: number,
): Taken => {
  const { callee } = call
  const inner = (value: Value | undefined, rest: string[]): Taken =>
    value ? takes({ value, place: thing }, rest, sample, resolver, depth + 1) : 'takes'
  if (callee.is !== 'member') {
    const written = resolver.external(callee, thing)
    const name = lastName(written ?? '')
    if (/^(Field|Query|Path|Body|constr|StringConstraints)$/.test(name)) return ofConstraints(call, sample)
    return refusing.test(name) ? 'refuses' : 'takes'
  }
  const [first] = call.arguments
  const { name, of } = callee
  const [head, ...rest] = path
  const external = resolver.external(callee, thing) ?? ''
  if (/\.coerce\.(number|boolean|date|bigint)$/.test(external)) return 'refuses'
  if (/^(Field|constr|StringConstraints)$/.test(name)) return ofConstraints(call, sample)
  if (/^(object|strictObject|looseObject|interface|Object)$/.test(name) && first)
    return head === undefined ? 'takes' : inner({ is: 'member', of: first, name: head }, rest)
  if (/^(array|set|Array)$/.test(name) && first)
    return head === '[]' ? inner(first, rest) : head === undefined ? 'takes' : inner(first, path)
  if (
    /^(optional|nullable|nullish|Optional|partial|promise|lazy|readonly)$/.test(name) &&
    first?.is !== 'record' &&
    first
  )
    return inner(first, path)
  if (/^(union|or|discriminatedUnion|intersection|and|merge|extend|safeExtend|Union)$/.test(name)) {
    const options = call.arguments.flatMap(each => (each.is === 'list' ? each.items : [each]))
    const isOption = /^(union|discriminatedUnion|Union)$/.test(name)
    const found = options.flatMap((option): Taken[] => {
      if (option.is === 'text') return []
      if (/extend$/i.test(name))
        return head === undefined ? [] : [inner({ is: 'member', of: option, name: head }, rest)]
      return [inner(option, path)]
    })
    if (isOption) return worst(found)
    const base = inner(of, path)
    return /^(or)$/.test(name) ? worst([base, ...found]) : found.includes('refuses') ? 'refuses' : base
  }
  if (name === 'record') return head === undefined ? 'takes' : inner(call.arguments.at(-1), rest)
  if (head === undefined) {
    const own = ofLink(call, name, thing, sample, resolver)
    if (own !== 'takes') return own
  }
  return inner(of, path)
}

/** `Field(pattern=...)`, `Query(...)`, `constr(...)`. */
const ofConstraints = ({ named }: Call, sample: string): Taken => {
  if (isTooLong(fieldOf(named, 'max_length'), sample)) return 'refuses'
  const pattern = fieldOf(named, 'pattern') ?? fieldOf(named, 'regex')
  if (pattern?.is === 'text') return ofPattern(pattern.text, false, sample)
  return pattern ? 'unknown' : 'takes'
}

/** `list[X]`, `Literal["a"]`, `Annotated[str, Field(...)]`, `X | None`. */
const ofGeneric = (
  of: Value,
  index: Value,
  thing: Thing,
  path: string[],
  sample: string,
  resolver: Resolver,
  depth: number,
): Taken => {
  const name = lastName(
    resolver.external(of, thing) ?? (of.is === 'name' ? of.name : of.is === 'member' ? of.name : ''),
  )
  const options = index.is === 'list' ? index.items : [index]
  const inner = (value: Value | undefined, rest: string[]): Taken =>
    value ? takes({ value, place: thing }, rest, sample, resolver, depth + 1) : 'takes'
  if (name === 'Literal') return 'refuses'
  if (name === 'Annotated') {
    return best(options.map(option => inner(option, path)))
  }
  if (name === 'Optional' || name === 'Union') return worst(options.map(option => inner(option, path)))
  const [head, ...rest] = path
  if (/^(list|List|Sequence|set|Set|tuple|Tuple|Iterable)$/i.test(name))
    return head === '[]' ? inner(options[0], rest) : 'takes'
  if (/^(dict|Mapping)$/i.test(name) && head !== undefined) return inner(options[1], rest)
  return 'takes'
}

/** Whether a schema lets a text pass at a path of its fields. */
export const takes = (
  { value, place }: Placed,
  path: string[],
  sample: string,
  resolver: Resolver,
  depth = 0,
): Taken => {
  if (depth > maxDepth) return 'unknown'
  if (value.is === 'choice')
    return worst(
      value.options
        .filter(({ is }) => is !== 'constant')
        .map(option => takes({ value: option, place }, path, sample, resolver, depth + 1)),
    )
  if (value.is === 'index') return ofGeneric(value.of, value.index, { ...place, value }, path, sample, resolver, depth)
  // what stands in quotes is a type that is defined later
  if (value.is === 'text' && place.module.language === 'python')
    return takes({ value: { is: 'name', name: value.text, at: 0 }, place }, path, sample, resolver, depth + 1)
  // a name for a type is followed here: elsewhere its parts would be lost
  const alias = value.is === 'name' ? visibleAt(place.module, value.name, value.at) : []
  const [only] = alias
  if (alias.length === 1 && only && (only.value.is === 'index' || only.value.is === 'choice'))
    return takes({ value: only.value, place }, path, sample, resolver, depth + 1)
  const things = resolver.things(value, place)
  // a field that one of several records lacks is told by the others
  const told = things.filter(({ value: of }) => of.is !== 'constant')
  const found = (told.length > 0 ? told : things).map((thing): Taken => {
    const of = thing.value
    if (of === value && of.is !== 'record' && of.is !== 'call' && of.is !== 'class') return 'takes'
    switch (of.is) {
      case 'external':
        return scalar.test(lastName(of.path)) || refusing.test(lastName(of.path))
          ? 'refuses'
          : /(Url|URL)$/.test(of.path)
            ? URL.canParse(sample)
              ? 'takes'
              : 'refuses'
            : 'takes'
      case 'class': {
        const [head, ...rest] = path
        const bases = of.bases.map(base => lastName(resolver.external(base, thing) ?? ''))
        if (bases.some(base => /^(Int|Str|)Enum$/.test(base) && base !== '')) return 'refuses'
        const member = of.members.find(({ name }) => name === head)
        if (!member) {
          const inherited = of.bases.map(base =>
            takes({ value: base, place: thing }, path, sample, resolver, depth + 1),
          )
          return inherited[0] ?? 'takes'
        }
        const said = member.annotation
          ? takes({ value: member.annotation, place: thing }, rest, sample, resolver, depth + 1)
          : 'takes'
        if (said !== 'takes' || member.value.is !== 'call') return said
        return takes({ value: member.value, place: thing }, rest, sample, resolver, depth + 1)
      }
      case 'record': {
        const isJson =
          of.fields.some(([key]) => /^(type|properties|anyOf|oneOf|enum|\$ref)$/.test(key)) &&
          !of.fields.some(
            ([, field]) =>
              field.is === 'call' &&
              path.length > 0 &&
              field.callee.is === 'member' &&
              /^(string|object|number|array)$/.test(field.callee.name),
          )
        if (isJson) return ofJsonSchema(of, thing, path, sample, resolver, depth)
        const [head, ...rest] = path
        return head === undefined
          ? 'takes'
          : takes({ value: { is: 'member', of, name: head }, place: thing }, rest, sample, resolver, depth + 1)
      }
      case 'call':
        return ofChain(of, thing, path, sample, resolver, depth)
      case 'index':
        return takes({ value: of, place: thing }, path, sample, resolver, depth + 1)
      case 'unknown':
        return 'unknown'
      default:
        return 'takes'
    }
  })
  return found.length === 0 ? 'takes' : worst(found)
}

const hasField = ({ value, place }: Placed, name: string, resolver: Resolver): boolean => {
  const names = parametersOf({ input: { value, place }, work: null }, resolver)
  if (names) return names.includes(name)
  return resolver
    .things({ is: 'member', of: { is: 'member', of: value, name: 'properties' }, name }, place)
    .some(({ value: found }) => found.is !== 'constant')
}

/** Whether what was declared about an input lets a text pass. */
export const takenBy = (
  { schema, others, from }: Declared,
  path: string[],
  sample: string,
  resolver: Resolver,
): Taken => {
  const rest = path.slice(from)
  if (!others) return takes(schema, rest, sample, resolver)
  const named = [schema, ...others].filter(each => hasField(each, rest[0] ?? '', resolver))
  return named.length === 0 ? 'takes' : worst(named.map(each => takes(each, rest, sample, resolver)))
}
