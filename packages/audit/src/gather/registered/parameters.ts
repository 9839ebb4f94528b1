import type { Place, Resolver, Thing } from '../code/resolve.ts'
import { fieldOf, type Call, type ClassValue, type FunctionValue, type Module, type Value } from '../code/values.ts'
import { member, type Placed } from './facts.ts'
import { injectedParameters } from './injected.ts'

const maxDepth = 8

/** Methods of a schema that keep its keys. */
const keeping =
  /^(describe|strict|strip|passthrough|loose|partial|required|refine|superRefine|check|optional|nullable|default|prefault|readonly|meta|brand|register|transform|pipe|catchall)$/
const converting = /(fromJsonSchema|zodToJsonSchema|toJSONSchema|jsonSchema|toJsonSchema|normalizeObjectSchema)$/
const making = /(^|[.:])(object|strictObject|looseObject|interface|Object)$/

const joined = (all: (string[] | null)[]): string[] | null =>
  all.length > 0 && all.every(each => each !== null) ? [...new Set(all.flat())] : null

const keysOf = (record: Value, place: Place, resolver: Resolver, depth: number): string[] | null =>
  joined(
    resolver.things(record, place).map(thing => {
      if (thing.value.is !== 'record') return null
      const { fields } = thing.value
      if (fields.some(([key]) => key === '')) return null
      const spread = fields.filter(([key]) => key === '...').map(([, of]) => keysOf(of, thing, resolver, depth + 1))
      const own = fields.flatMap(([key]) => (key === '...' ? [] : [key]))
      return depth > maxDepth ? null : joined([own, ...spread])
    }),
  )

const fieldsOfClass = ({ members }: ClassValue): string[] =>
  members
    .filter(({ type, name }) => type !== null && !name.startsWith('_') && name !== 'model_config')
    .map(({ name }) => name)

const ofCall = (call: Call, thing: Thing, resolver: Resolver, depth: number): string[] | null => {
  const { callee, arguments: given } = call
  const [first] = given
  const path = resolver.external(callee, thing) ?? ''
  if (callee.is === 'member' && callee.name === 'model_json_schema') {
    const classes = resolver.things(callee.of, thing)
    return joined(classes.map(({ value }) => (value.is === 'class' ? fieldsOfClass(value) : null)))
  }
  if (first && converting.test(path)) return inSchema(first, thing, resolver, depth + 1)
  if (callee.is === 'member' && keeping.test(callee.name)) return inSchema(callee.of, thing, resolver, depth + 1)
  if (callee.is === 'member' && callee.name === 'extend' && first)
    return joined([inSchema(callee.of, thing, resolver, depth + 1), inSchema(first, thing, resolver, depth + 1)])
  return making.test(path) ? (first ? keysOf(first, thing, resolver, 0) : []) : null
}

const inSchema = (schema: Value, place: Place, resolver: Resolver, depth = 0): string[] | null => {
  if (depth > maxDepth) return null
  return joined(
    resolver.things(schema, place).map(thing => {
      const { value } = thing
      if (value.is === 'constant' && value.of === null) return []
      if (value.is === 'call') return ofCall(value, thing, resolver, depth)
      if (value.is !== 'record') return null
      const isJsonSchema = ['type', '$schema'].some(key => fieldOf(value.fields, key)?.is === 'text')
      if (!isJsonSchema) return keysOf(value, thing, resolver, 0)
      return fieldOf(value.fields, 'properties') ? keysOf(member(value, 'properties'), thing, resolver, 0) : []
    }),
  )
}

/** What the framework hands in by itself. */
const isInjected = (type: string | null, fallback: Value | null, place: Place, resolver: Resolver): boolean =>
  /(^|\.)(Context|Request|RequestContext|ServerSession)$/.test(type ?? '') ||
  (fallback?.is === 'call' &&
    /(Depends|CurrentContext|Inject\w*|get_context)$/.test(resolver.external(fallback.callee, place) ?? ''))

/** `@mcp.tool(exclude_args=["client"])`, and what a decorator hands in: names that no caller sees. */
export const hiddenParameters = (work: FunctionValue, module: Module, resolver: Resolver): Set<string> => {
  const place: Place = { module, frames: [] }
  const lists = module.decorated.flatMap(({ decorator, function: of }) => {
    const given = of === work && decorator.is === 'call' ? fieldOf(decorator.named, 'exclude_args') : undefined
    return given ? resolver.things(given, place) : []
  })
  const excluded = lists.flatMap(list =>
    list.value.is === 'list' ? list.value.items.flatMap(each => resolver.text(each, list) ?? []) : [],
  )
  return new Set([...excluded, ...injectedParameters(work, module, resolver)])
}

/** Parameters of a Python function; the fields of a model that is its only one. */
const ofFunction = (work: FunctionValue, thing: Thing, resolver: Resolver): string[] | null => {
  // only a function whose signature is made at run time can be registered with these
  if (work.parameters.some(name => /^\*+\w/.test(name))) return null
  const hidden = hiddenParameters(work, thing.module, resolver)
  const own = work.parameters.filter(name => !/^(self|cls|\/|\*)$/.test(name) && !hidden.has(name))
  const declared = own.flatMap(name => {
    const found = thing.module.declarations.find(each => each.name === name && each.from === work.at)
    const fallback = found?.value.is === 'parameter' ? found.value.fallback : null
    return found && isInjected(found.type, fallback, thing, resolver) ? [] : [{ name, found }]
  })
  const [only, ...more] = declared
  if (only?.found?.annotation && more.length === 0) {
    const models = resolver
      .things(only.found.annotation, thing)
      .flatMap(({ value }) => (value.is === 'class' ? [value] : []))
    const fields = models.flatMap(fieldsOfClass)
    if (fields.length > 0) return fields
  }
  return declared.map(({ name }) => name)
}

/** The names of what a tool or a prompt takes; null when they cannot be told from the source. */
export const parametersOf = (
  { input, work }: { input: Placed | null; work: Placed | null },
  resolver: Resolver,
): string[] | null => {
  if (input) return inSchema(input.value, input.place, resolver)
  if (work?.place.module.language !== 'python') return work ? [] : null
  const things = resolver.things(work.value, work.place)
  return joined(things.map(thing => (thing.value.is === 'function' ? ofFunction(thing.value, thing, resolver) : null)))
}

/** The address of a resource, as far as it is fixed: `notes://`; null when it cannot be told. */
export const addressOf = ({ input }: { input: Placed | null }, resolver: Resolver): string | null => {
  if (!input) return null
  for (const thing of resolver.things(input.value, input.place)) {
    if (thing.value.is === 'text') return thing.value.text.split('{', 1)[0] ?? null
    const [first] = thing.value.is === 'call' ? thing.value.arguments : []
    const text = first ? resolver.text(first, thing) : null
    if (text !== null) return text.split('{', 1)[0] ?? null
  }
  return null
}
