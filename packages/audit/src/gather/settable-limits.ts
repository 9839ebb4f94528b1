import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import { fieldOf, visibleAt, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { lastName, nameIn, writtenIn } from './policies/words.ts'
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
  /^(includes|has|hasOwn|hasOwnProperty|indexOf|find|some|get)$|^_?(is|assert|validate|check|ensure|verify)/i
const maxDepth = 3

const limitsIn = (own: Module[]): string[] => {
  const found = new Set<string>()
  for (const module of own)
    for (const value of [
      ...module.calls,
      ...module.guards.map(({ test }) => test),
      ...module.declarations.map(({ value }) => value),
    ])
      someIn(value, part => {
        if (part.is === 'member' && limiting.test(part.name) && settings.test(lastName(part.of))) found.add(part.name)
        return found.size > 20
      })
  return [...found]
}

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
  const isRefused = reach.bodies
    .of(module, of)
    .guards.some(
      ({ test, consequent, alternate }) =>
        (consequent.leaves !== null || (alternate?.leaves ?? null) !== null) &&
        someIn(test, part => part.is === 'compare' && (isIt(part.left) || isIt(part.right))),
    )
  return isAsked || isRefused
}

/** A schema takes one of a list for it. */
const isListed = (name: string, own: Module[]): boolean => {
  const isList = (value: Value): boolean =>
    someIn(value, part => {
      const called = part.is === 'call' ? lastName(part.callee) : part.is === 'index' ? lastName(part.of) : ''
      return (
        /^(enum|nativeEnum|literal|union|Literal|keyof)$/.test(called) ||
        (part.is === 'record' && fieldOf(part.fields, 'enum') !== undefined)
      )
    })
  const inRecord = (value: Value): boolean =>
    someIn(value, part => part.is === 'record' && part.fields.some(([key, field]) => key === name && isList(field)))
  return own.some(
    module =>
      module.calls.some(inRecord) ||
      module.declarations.some(
        ({ name: declared, value, annotation }) =>
          inRecord(value) || (declared === name && annotation !== undefined && isList(annotation)),
      ),
  )
}

interface Writer {
  of: FunctionValue
  module: Module
  parameter: Value & { is: 'parameter' }
}

/** `this.config[key] = value`, `setattr(config, key, value)`. */
const writersIn = (of: FunctionValue, module: Module, { bodies, resolver }: Reach): Writer[] => {
  const { writes, calls } = bodies.of(module, of)
  const keys = [
    ...writes.flatMap(({ target, operator }) =>
      operator === '=' && target.is === 'index' && settings.test(lastName(target.of)) ? [target.index] : [],
    ),
    ...calls.flatMap(({ callee, arguments: [owner, key] }) =>
      owner &&
      key &&
      settings.test(lastName(owner)) &&
      resolver.external(callee, { module, frames: [] }) === 'builtins.setattr'
        ? [key]
        : [],
    ),
  ]
  return keys.flatMap(key => {
    const parameter = parameterOf(key, of, module)
    return parameter ? [{ of, module, parameter }] : []
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
  const { of, module, parameter } = writer
  if (depth > maxDepth || isChecked(parameter.name, of, module, reach)) return []
  if (entries.has(of)) return [{ module, line: of.line, name: parameter.name }]
  return reach.graph.into(of).flatMap(({ from, module: caller, call, isLoose }) => {
    const argument = call && !isLoose ? argumentAt(call, writer) : undefined
    if (!call || !argument || !/^(name|member)$/.test(argument.is)) return []
    const own = parameterOf(argument, from, caller)
    if (own) return sourcesOf({ of: from, module: caller, parameter: own }, entries, reach, depth + 1)
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
    return writers.flatMap(writer =>
      sourcesOf(writer, entries, reach)
        .filter(({ name }) => !isListed(name, own))
        .map(({ module, line }) => ({
          by: nameIn(writer.of, writer.module) || 'a function',
          writtenAt: `${writer.module.path}:${writer.of.line}`,
          file: module.path,
          line,
          limits: limits.slice(0, 4),
        })),
    )
  },
})
