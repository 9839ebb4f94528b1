import { isSame, partsOf, someIn } from '../code/parts.ts'
import type { Resolver } from '../code/resolve.ts'
import { visibleAt, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Kind } from '../registered/facts.ts'

export interface Target {
  function: FunctionValue
  module: Module
  /** What a table of those has in the field that it stands in. */
  table?: Kind
}

/** The functions in the fields of records: `{ name: 'read', handler: async args => ... }`, `Tool(name="read", handler=read)`. */
export interface Tables {
  functions(field: string): Target[]
  /** Whether tables have functions or classes in that field. */
  holds(field: string): boolean
}

/** What is taken out of a map or a list of the repository's own: `this.tools.get(name).handler`. */
export const takenOut =
  /^(global:((Map|WeakMap|Set|Array|Object)(\.\w+)?|structuredClone)|builtins\.(dict|list|tuple|next|iter|getattr|filter|sorted|reversed|globals|vars)|copy\.(deep)?copy|collections\.\w+|types\.MappingProxyType)\(\)/

/** What tables of tools call the function that does the work. */
export const working = /^(handler|handle|handlerFn|execute|run|invoke|callback|action|fn|func|function|impl)$/
const maxWorking = 150

/** A name, what it is for or takes, and a function: no command line has these. An entry of a table is named by its key. */
const tableOf = (fields: [key: string, value: Value][], isEntry: boolean): Kind | null => {
  const has = (key: RegExp): boolean => fields.some(([each]) => key.test(each))
  if (!has(/^((display_?|tool_?)?name)$/i))
    return isEntry && has(/^(input_?schema|args_?(model|schema))$/i) ? 'tool' : null
  if (has(/^arguments$/)) return 'prompt'
  if (has(/^uri(Template)?$/)) return 'resource'
  return has(/^(description|input_?schema|schema|parameters|args|tags)$/i) ? 'tool' : null
}

const mayHold = ({ is }: Value): boolean => !/^(text|join|number|constant|list|record|pattern|compare|not)$/.test(is)

export const openTables = (modules: Iterable<Module>, resolver: Resolver): Tables => {
  const found = new Map<string, Target[]>()
  const classes = new Set<string>()
  const seen = new Set<Value>()
  for (const module of modules) {
    const put = (name: string, field: Value, table: Kind | null): void => {
      if ((!working.test(name) && table === null) || !mayHold(field)) return
      const same = found.get(name) ?? []
      found.set(name, same)
      for (const { value, module: target } of resolver.things(field, { module, frames: [] }))
        if (value.is === 'class' && table) classes.add(name)
        else if (value.is === 'function' && !same.some(one => one.function === value))
          same.push({ function: value, module: target, ...(table ? { table } : {}) })
    }
    const look = (value: Value, depth: number, isEntry = false): void => {
      if (depth > 8 || seen.has(value)) return
      seen.add(value)
      const fields = value.is === 'record' ? value.fields : value.is === 'call' ? value.named : []
      const table = fields.length > 0 ? tableOf(fields, isEntry) : null
      for (const [name, field] of fields) put(name, field, table)
      for (const part of partsOf(value)) look(part, depth + 1, value.is === 'record')
    }
    for (const { value } of module.declarations) look(value, 0)
    for (const { value } of module.exports) look(value, 0)
    for (const { value } of module.returns) look(value, 0)
    // `TOOLS[name] = {...}`
    for (const { value, target } of module.writes) look(value, 0, target.is === 'index' || target.is === 'member')
    for (const call of module.calls) look(call, 0)
  }
  const functions = (field: string): Target[] => {
    const all = found.get(field) ?? []
    return all.length <= maxWorking ? all : []
  }
  return { functions, holds: field => classes.has(field) || functions(field).some(({ table }) => table !== undefined) }
}

/** The field of a table that is called: `tool.handler`, and `handler` of `handler = next(t.handler for t in tools)`. */
export const fieldCalled = (value: Value, module: Module): string | null => {
  const fieldOf = (part: Value): string | null =>
    part.is === 'member' && (part.keyed || working.test(part.name)) ? part.name : null
  if (value.is !== 'name') return fieldOf(value)
  let field: string | null = null
  for (const declared of visibleAt(module, value.name, value.at))
    someIn(declared.value, part => (field = fieldOf(part)) !== null)
  return field
}

/** The functions of a map that is written down whole, where one of them is called: `kinds.get(name)`; none of another map. */
export const inWrittenMap = (value: Value, module: Module, resolver: Resolver): Target[] => {
  const place = { module, frames: [] }
  const calls = value.is === 'name' ? visibleAt(module, value.name, value.at).map(({ value: of }) => of) : [value]
  return calls.flatMap((call): Target[] => {
    if (call.is !== 'call' || call.callee.is !== 'member' || call.callee.name !== 'get') return []
    const { of } = call.callee
    const isFilled = module.calls.some(
      ({ callee }) => callee.is === 'member' && callee.name === 'set' && isSame(callee.of, of),
    )
    const found = resolver.things(of, place).map((thing): Target[] | null => {
      const { value: map } = thing
      if (map.is !== 'call' || resolver.external(map.callee, thing) !== 'global:Map') return null
      const [pairs] = map.arguments
      const held = (pairs?.is === 'list' ? pairs.items : []).flatMap(pair =>
        pair.is === 'list' && pair.items[1] ? resolver.things(pair.items[1], thing) : [],
      )
      const functions = held.flatMap(({ value: one, module: at }) =>
        one.is === 'function' ? [{ function: one, module: at }] : [],
      )
      return held.length > 0 && functions.length === held.length ? functions : null
    })
    return isFilled || found.includes(null) ? [] : found.flatMap(one => one ?? [])
  })
}
