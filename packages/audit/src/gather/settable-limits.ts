import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import { fieldOf, visibleAt, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { keptBy, lastName, nameIn, writtenIn } from './policies/words.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** A call that writes any setting by its name, those among them that limit what calls may do. */
export interface SettableLimit {
  /** What writes the setting, and where. */
  by: string
  writtenAt: string
  /** Where the name comes from a request. */
  file: string
  line: number
  /** Settings that limit: `allowedDirectories`. */
  limits: string[]
}

const settings = /^#?_?(\w*(config|settings|preferences|policy)|options)$/i
const limiting = /^(allowed|blocked|denied|forbidden|permitted|disallowed|restricted)_?[A-Z_a-z]/
const asking =
  /^(includes|has|hasOwn|hasOwnProperty|indexOf|find|some|get|test|match|fullmatch|exec|search|parse|safeParse)$|^_?(is|assert|validate|check|ensure|verify|require|may|can)/i
const maxDepth = 3

/** A setting that limits, and the name of the settings that it is read from. */
interface Limit {
  name: string
  of: string
}

const bare = (name: string): string => name.replace(/^[#_]+/, '').toLowerCase()

const limitsIn = (own: Module[]): Limit[] => {
  const found = new Map<string, Limit>()
  for (const module of own)
    for (const value of [
      ...module.calls,
      ...module.guards.map(({ test }) => test),
      ...module.declarations.map(({ value }) => value),
    ])
      someIn(value, part => {
        if (part.is !== 'member' || !limiting.test(part.name) || !settings.test(lastName(part.of))) return false
        const of = bare(lastName(part.of))
        found.set(`${of}.${part.name}`, { name: part.name, of })
        return found.size > 20
      })
  return [...found.values()]
}

/** The file speaks of the setting: settings with the same name elsewhere may be others. */
const knows = (module: Module, { name }: Limit): boolean =>
  [
    ...module.calls,
    ...[...module.declarations, ...module.writes, ...module.returns].map(({ value }) => value),
    ...module.classes.flatMap(({ members }) => members.map(({ value }) => value)),
    ...module.guards.map(({ test }) => test),
  ].some(value =>
    someIn(
      value,
      part =>
        (part.is === 'member' && part.name === name) ||
        (part.is === 'text' && part.text === name) ||
        (part.is === 'record' && fieldOf(part.fields, name) !== undefined),
    ),
  )

/** Which parameter of the function a name is; null when it is none. */
const parameterOf = (value: Value, of: FunctionValue, module: Module): (Value & { is: 'parameter' }) | null => {
  if (value.is !== 'name') return null
  for (const { value: one } of visibleAt(module, value.name, value.at))
    if (one.is === 'parameter' && one.function === of.at) return one
  return null
}

/** Something is asked about the name, or a condition about it refuses. */
const isChecked = (name: string, of: FunctionValue, module: Module, reach: Reach): boolean => {
  const isIt = (value: Value): boolean => lastName(value) === name
  const { values } = writtenIn(of, module, reach)
  const isAsked = values.some(value =>
    someIn(
      value,
      part =>
        (part.is === 'call' && asking.test(lastName(part.callee)) && part.arguments.some(isIt)) ||
        (part.is === 'compare' && /^(not )?in$/.test(part.operator) && isIt(part.left)),
    ),
  )
  const isLookedUp = (part: Value): boolean =>
    (part.is === 'index' && isIt(part.index)) ||
    (part.is === 'call' && part.callee.is === 'member' && isIt(part.callee.of))
  const isRefused = reach.bodies
    .of(module, of)
    .guards.some(
      ({ test, consequent, alternate }) =>
        (consequent.leaves !== null || (alternate?.leaves ?? null) !== null) &&
        someIn(test, part => (part.is === 'compare' && (isIt(part.left) || isIt(part.right))) || isLookedUp(part)),
    )
  return isAsked || isRefused
}

const listing = /^(enum|nativeEnum|literal|union|Literal|keyof|picklist|oneOf|refine|superRefine|regex)$/

/** A schema or a type takes one of a list for it, or asks about it. */
const isListed = (name: string, own: Module[], { resolver }: Reach): boolean => {
  const isList = (value: Value, module: Module, depth = 0): boolean =>
    someIn(value, part => {
      if (part.is === 'call' && part.named.some(([key]) => /^(pattern|regex)$/.test(key))) return true
      const called = part.is === 'call' ? lastName(part.callee) : part.is === 'index' ? lastName(part.of) : ''
      if (listing.test(called)) return true
      if (part.is === 'record') return ['enum', 'pattern', 'const'].some(key => fieldOf(part.fields, key) !== undefined)
      if ((part.is !== 'name' && part.is !== 'member') || depth > 2) return false
      // an alias of a type
      if (keptBy(part, module).some(one => one.is === 'index' && isList(one, module, depth + 1))) return true
      return resolver
        .things(part, { module, frames: [] })
        .some(({ value: one, module: other }) =>
          one.is === 'class'
            ? one.bases.some(base => lastName(base).endsWith('Enum'))
            : (one.is === 'call' || one.is === 'index') && isList(one, other, depth + 1),
        )
    })
  const inRecord = (value: Value, module: Module): boolean =>
    someIn(
      value,
      part => part.is === 'record' && part.fields.some(([key, field]) => key === name && isList(field, module)),
    )
  return own.some(
    module =>
      module.calls.some(call => inRecord(call, module)) ||
      module.classes.some(({ members }) =>
        members.some(one => one.name === name && one.annotation !== undefined && isList(one.annotation, module)),
      ) ||
      module.declarations.some(
        ({ name: declared, value, annotation }) =>
          inRecord(value, module) || (declared === name && annotation !== undefined && isList(annotation, module)),
      ),
  )
}

interface Writer {
  of: FunctionValue
  module: Module
  parameter: Value & { is: 'parameter' }
  /** A field of the parameter: `async ({ key, value }) => …`. */
  field?: string
  /** The name of the settings. */
  settings: string
}

/** The parameter that a name is a field of: `({ key }) => …`, `const { key } = args`, `args.key`. */
const fieldOfParameter = (
  value: Value,
  of: FunctionValue,
  module: Module,
): { parameter: Value & { is: 'parameter' }; field: string } | null => {
  const members: Value[] =
    value.is === 'member'
      ? [value]
      : value.is === 'name'
        ? visibleAt(module, value.name, value.at).map(one => one.value)
        : []
  for (const one of members) {
    if (one.is !== 'member') continue
    const parameter = one.of.is === 'parameter' ? one.of : parameterOf(one.of, of, module)
    if (parameter && parameter.function === of.at) return { parameter, field: one.name }
  }
  return null
}

/** `this.config[key] = value`, `setattr(config, key, value)`. */
const writersIn = (of: FunctionValue, module: Module, { bodies, resolver }: Reach): Writer[] => {
  const { writes, calls } = bodies.of(module, of)
  const keys = [
    ...writes.flatMap(({ target, operator }) =>
      operator === '=' && target.is === 'index' && settings.test(lastName(target.of))
        ? [{ key: target.index, owner: target.of }]
        : [],
    ),
    ...calls.flatMap(({ callee, arguments: [owner, key] }) =>
      owner &&
      key &&
      settings.test(lastName(owner)) &&
      resolver.external(callee, { module, frames: [] }) === 'builtins.setattr'
        ? [{ key, owner }]
        : [],
    ),
  ]
  return keys.flatMap(({ key, owner }) => {
    const parameter = parameterOf(key, of, module)
    if (parameter) return [{ of, module, parameter, settings: bare(lastName(owner)) }]
    const field = fieldOfParameter(key, of, module)
    return field ? [{ of, module, ...field, settings: bare(lastName(owner)) }] : []
  })
}

const argumentAt = (call: Call, { of, parameter }: Writer): Value | undefined => {
  const skipped = /^(self|cls)$/.test(of.parameters[0] ?? '') ? 1 : 0
  return call.arguments[parameter.index - skipped] ?? fieldOf(call.named, parameter.name)
}

/** Where a request chooses the name, and nobody asks about it on the way. */
const sourcesOf = (
  writer: Writer,
  entries: Set<FunctionValue>,
  reach: Reach,
  depth = 0,
): { module: Module; line: number; name: string }[] => {
  const { of, module, parameter, field } = writer
  const name = field ?? parameter.name
  if (depth > maxDepth || isChecked(name, of, module, reach)) return []
  if (entries.has(of)) return [{ module, line: of.line, name }]
  // what a record that is handed on has in that field was not followed
  if (field !== undefined) return []
  return reach.graph.into(of).flatMap(({ from, module: caller, call, isLoose }) => {
    const argument = call && !isLoose ? argumentAt(call, writer) : undefined
    if (!call || !argument || !/^(name|member)$/.test(argument.is)) return []
    const own = parameterOf(argument, from, caller)
    if (own) return sourcesOf({ ...writer, of: from, module: caller, parameter: own }, entries, reach, depth + 1)
    const name = lastName(argument)
    const isOfRequest = argument.is === 'member'
    return isOfRequest && !isChecked(name, from, caller, reach) ? [{ module: caller, line: call.line, name }] : []
  })
}

/** Settings that limit what tools may do, where a tool may write each setting. */
export const settableLimits = gatherer<SettableLimit[], { reach: typeof reach; project: typeof project }>({
  id: 'settable-limits',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = ownModules(reach, project)
    const known = new Set(own)
    const writers = [...reach.graph.functions].flatMap(([of, module]) =>
      known.has(module) ? writersIn(of, module, reach) : [],
    )
    const limits = writers.length > 0 ? limitsIn(own) : []
    if (limits.length === 0) return []
    const entries = new Set(reach.entries.flatMap(({ functions }) => functions.map(one => one.function)))
    return writers.flatMap(writer => {
      const held = limits.filter(limit => limit.of === writer.settings && knows(writer.module, limit))
      if (held.length === 0) return []
      return sourcesOf(writer, entries, reach)
        .filter(({ name }) => !isListed(name, own, reach))
        .map(({ module, line }) => ({
          by: nameIn(writer.of, writer.module) || 'a function',
          writtenAt: `${writer.module.path}:${writer.of.line}`,
          file: module.path,
          line,
          limits: held.slice(0, 4).map(({ name }) => name),
        }))
    })
  },
})
