import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import type { Place, Resolver, Thing } from './code/resolve.ts'
import { fieldOf, type FunctionValue, type Module, type Value } from './code/values.ts'
import { legibleModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Entry, type Reach } from './reach.ts'
import type { Placed } from './registered/facts.ts'
import { hiddenParameters } from './registered/parameters.ts'
import { registrations } from './registrations.ts'

/** A parameter of a tool whose type lets anything through, or a handler that checks nothing. */
export interface Untyped {
  tool: string | null
  parameter: string | null
  file: string
  line: number
  saw: string
  wanted: string
}

export interface ArgumentTypes {
  /** Tools whose arguments come from a schema that was read. */
  typed: { tool: string | null; by: string; file: string; line: number }[]
  untyped: Untyped[]
  /** Tools whose schema could not be followed. */
  open: { file: string; line: number; because: string }[]
  /** Low-level handlers that check by hand, if at all, what the schemas say. */
  byHand: { file: string; line: number }[]
  tools: number
}

const anything = /^(zod[\w/.-]*:(\w+\.)?any|valibot:(\w+\.)?any|arktype:type\.any)(\.|\(|$)/

/** The name of the schema that a chain begins with: `z.any` of `z.any().optional()`. */
const rootOf = (value: Value, place: Place, resolver: Resolver): string | null => {
  if (value.is !== 'call') return null
  if (value.callee.is === 'member' && value.callee.of.is === 'call') return rootOf(value.callee.of, place, resolver)
  return resolver.external(value.callee, place)
}

interface Shape {
  fields: { name: string; any: boolean }[]
  by: string
}

const keeping =
  /^(describe|strict|strip|passthrough|loose|partial|required|refine|superRefine|check|readonly|meta|optional|default|catchall|transform)$/

const fieldsIn = (record: Value & { is: 'record' }, place: Place, resolver: Resolver): Shape['fields'] =>
  record.fields.flatMap(([name, value]) =>
    name === '...' || name === ''
      ? []
      : [
          {
            name,
            any: resolver
              .things(value, place)
              .some(thing => thing.value.is === 'call' && anything.test(rootOf(thing.value, thing, resolver) ?? '')),
          },
        ],
  )

/** JSON Schema: a property without any word about its type lets anything through. */
const jsonFields = (properties: Value & { is: 'record' }, place: Place, resolver: Resolver): Shape['fields'] =>
  properties.fields.flatMap(([name, value]) =>
    resolver.things(value, place).flatMap(({ value: property }) => {
      if (property.is !== 'record' || name === '...' || name === '') return []
      const typed = /^(type|enum|const|anyOf|oneOf|allOf|\$ref|\.\.\.|)$/
      return [{ name, any: !property.fields.some(([key]) => typed.test(key)) }]
    }),
  )

const shapeOf = ({ value, place }: Placed, resolver: Resolver, depth = 0): Shape | null => {
  if (depth > 8) return null
  for (const thing of resolver.things(value, place)) {
    const { value: found } = thing
    if (found.is === 'record') {
      if (fieldOf(found.fields, 'type')?.is !== 'text')
        return { fields: fieldsIn(found, thing, resolver), by: 'a schema' }
      const properties = fieldOf(found.fields, 'properties')
      const records = properties ? resolver.things(properties, thing) : []
      const fields = records.flatMap(one => (one.value.is === 'record' ? jsonFields(one.value, one, resolver) : []))
      return { fields, by: 'a JSON Schema' }
    }
    if (found.is !== 'call') continue
    const { callee, arguments: given } = found
    if (callee.is === 'member' && keeping.test(callee.name))
      return shapeOf({ value: callee.of, place: thing }, resolver, depth + 1)
    const [first] = given
    const path = resolver.external(callee, thing) ?? ''
    if (callee.is === 'member' && callee.name === 'model_json_schema') return { fields: [], by: 'a Pydantic model' }
    if (first && /((o|O)bject|interface|fromJsonSchema|JSONSchema|jsonSchema|JsonSchema)$/.test(path))
      return shapeOf({ value: first, place: thing }, resolver, depth + 1)
    if (callee.is === 'member' && callee.name === 'extend')
      return shapeOf({ value: callee.of, place: thing }, resolver, depth + 1)
  }
  return null
}

const injected = /(^|\.)(Context|Request|RequestContext|ServerSession)$/

/** What is wrong with the annotation of a Python parameter. */
const faultOf = (
  type: string | null,
  annotation: Value | undefined,
  place: Place,
  resolver: Resolver,
): string | null => {
  if (type === null && !annotation) return 'has no type'
  const bare = annotation ? resolver.external(annotation, place) : null
  const isIndexed = annotation?.is === 'index'
  if (bare === 'typing.Any' || type === 'Any' || type === 'typing.Any') return 'is Any'
  if (!isIndexed && (/^(builtins\.dict|typing\.Dict)$/.test(bare ?? '') || type === 'dict'))
    return annotation && annotation.is !== 'name' && annotation.is !== 'member' ? null : 'is a dict of anything'
  return null
}

/** What a function shows as its parameters: with `functools.wraps` those of another; null when made at run time. */
const shownFunctions = (thing: Thing, resolver: Resolver, depth = 0): Thing[] | null => {
  const { value, module } = thing
  if (value.is !== 'function' || !value.parameters.some(name => /^\*+\w/.test(name))) return [thing]
  const isNamed = (of: Value): boolean => resolver.things(of, thing).some(other => other.value === value)
  if (
    module.writes.some(({ target }) => target.is === 'member' && target.name === '__signature__' && isNamed(target.of))
  )
    return null
  const [wrapped] = module.decorated.flatMap(({ decorator, function: of }) =>
    of === value && decorator.is === 'call' && resolver.external(decorator.callee, thing) === 'functools.wraps'
      ? decorator.arguments
      : [],
  )
  if (!wrapped) return [thing]
  const all = depth > 4 ? [] : resolver.things(wrapped, thing).map(other => shownFunctions(other, resolver, depth + 1))
  return all.length > 0 && all.every(each => each !== null) ? all.flat() : null
}

const ofPython = (
  { name: tool }: { name: string | null },
  of: FunctionValue,
  module: Module,
  resolver: Resolver,
): Untyped[] => {
  const place: Place = { module, frames: [] }
  const hidden = hiddenParameters(of, module, resolver)
  return of.parameters.flatMap((parameter): Untyped[] => {
    if (/^(self|cls|\/|\*)$/.test(parameter) || hidden.has(parameter)) return []
    const base = { tool, parameter, file: module.path, line: of.line, wanted: 'a type, such as str, int or a model' }
    if (parameter.startsWith('*')) return [{ ...base, saw: 'takes whatever it is given' }]
    const found = module.declarations.find(each => each.name === parameter && each.from === of.at)
    const fallback = found?.value.is === 'parameter' ? found.value.fallback : null
    if (!found || injected.test(found.type ?? '') || fallback?.is === 'call') return []
    const fault = faultOf(found.type, found.annotation, place, resolver)
    return fault ? [{ ...base, saw: fault }] : []
  })
}

const validator =
  /^(zod|ajv|valibot|joi|yup|arktype|superstruct|io-ts|effect|@sinclair\/typebox|typebox|jsonschema|is-my-json-valid)\b/
/** What is done with values that were validated validates nothing. */
const validated = /\b(safeParse|parse|validate\w*)(Async)?\(\)\.\w/
const validating =
  /^(parse|safeParse|parseAsync|safeParseAsync|validate\w*|assert\w*|is[A-Z]\w*|check\w*|compile|decode\w*|ensure\w*|require\w*)$/

/**
 * Low-level handlers in TypeScript are given whatever was sent: the schema of the list is only told. `some`: something
 * is checked, and whether it is every argument of every tool was not decided.
 */
const validates = ({ functions, advertised }: Entry, { graph, bodies, resolver }: Reach): 'all' | 'some' | 'none' => {
  const own = new Set(functions.map(({ function: of }) => of))
  let applied = 0
  let checks = 0
  for (const [of, module] of graph.functions) {
    const body = bodies.of(module, of)
    for (const { callee } of body.calls) {
      const path = resolver.external(callee, { module, frames: [] })
      const name = callee.is === 'name' || callee.is === 'member' ? callee.name : ''
      if (path !== null && validator.test(path) && !validated.test(path)) {
        if (own.has(of)) return 'all'
        applied++
      } else if (path === null && validating.test(name)) checks++
    }
    const tests = body.guards.filter(({ consequent }) => consequent.leaves !== null)
    if (tests.some(({ test }) => someIn(test, part => part.is === 'not' || part.is === 'compare'))) checks++
  }
  if (applied > 0 && applied >= advertised.length) return 'all'
  return applied + checks > 0 ? 'some' : 'none'
}

/** Where the arguments of each tool get their types from. */
export const argumentTypes = gatherer<
  ArgumentTypes,
  { reach: typeof reach; registrations: typeof registrations; project: typeof project }
>({
  id: 'argument-types',
  impact: 'read',
  from: 'repository',
  needs: { reach, registrations, project },
  gather: (_, { reach, registrations, project }) => {
    const own = new Set(legibleModules(reach, project).map(({ path }) => path))
    const tools = registrations.filter(
      ({ kind, file, unreachable }) => kind === 'tool' && own.has(file) && !unreachable,
    )
    const found: ArgumentTypes = { typed: [], untyped: [], open: [], byHand: [], tools: tools.length }
    for (const { name: tool, file, line, input, work } of tools) {
      const place = { file, line }
      if (work && work.place.module.language === 'python' && !input) {
        const shown = reach.resolver.things(work.value, work.place).map(thing => shownFunctions(thing, reach.resolver))
        const functions = shown.flatMap(things =>
          (things ?? []).flatMap(({ value, module }) => (value.is === 'function' ? [{ value, module }] : [])),
        )
        const faults = functions.flatMap(({ value, module }) => ofPython({ name: tool }, value, module, reach.resolver))
        found.untyped.push(...faults)
        if (shown.includes(null)) found.open.push({ ...place, because: 'its parameters are put together at run time' })
        else if (functions.length === 0) found.open.push({ ...place, because: 'its function was not found' })
        else if (faults.length === 0) found.typed.push({ tool, by: 'annotations', ...place })
        continue
      }
      const shape = input ? shapeOf(input, reach.resolver) : null
      if (!input && work) found.typed.push({ tool, by: 'no arguments', ...place })
      else if (!shape) found.open.push({ ...place, because: 'its schema could not be followed' })
      else {
        const any = shape.fields.filter(field => field.any)
        for (const { name: parameter } of any)
          found.untyped.push({
            tool,
            parameter,
            ...place,
            saw: 'lets anything through',
            wanted: 'a type in the schema',
          })
        if (any.length === 0) found.typed.push({ tool, by: shape.by, ...place })
      }
    }
    for (const entry of reach.entries.filter(
      ({ kind, given, file }) => kind === 'tool' && given === 'request' && own.has(file),
    )) {
      const place = { file: entry.file, line: entry.line }
      const how = validates(entry, reach)
      if (how === 'some') found.byHand.push(place)
      if (how === 'none')
        found.untyped.push({
          tool: null,
          parameter: null,
          ...place,
          saw: 'the handler of tools/call uses the arguments as they come: the schema is told to clients and not applied',
          wanted: 'schema.parse(request.params.arguments), or a server that validates',
        })
    }
    return found
  },
})
