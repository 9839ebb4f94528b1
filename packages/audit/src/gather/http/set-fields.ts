import { partsOf } from '../code/parts.ts'
import { visibleAt, type Module, type Value } from '../code/values.ts'

interface Given {
  value: Value
  module: Module
}

const known = new WeakMap<Module, Map<string, Value[]>>()

/** All that the fields of records, arguments with a name, fields of classes and assignments are given in a file. */
const fieldsIn = (module: Module): Map<string, Value[]> => {
  const before = known.get(module)
  if (before) return before
  const found = new Map<string, Value[]>()
  const seen = new Set<Value>()
  const put = (name: string, value: Value): void => {
    const same = found.get(name)
    if (same) same.push(value)
    else found.set(name, [value])
  }
  const open: Value[] = [
    ...module.declarations.map(({ value }) => value),
    ...module.calls,
    ...module.returns.map(({ value }) => value),
    ...module.exports.map(({ value }) => value),
    ...module.writes.map(({ value }) => value),
  ]
  for (const { target, value } of module.writes) if (target.is === 'member') put(target.name, value)
  for (const { members } of module.classes)
    for (const { name, value } of members) {
      put(name, value)
      open.push(value)
    }
  for (let next = open.pop(); next; next = open.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const fields = next.is === 'record' ? next.fields : next.is === 'call' ? next.named : []
    for (const [name, value] of fields) put(name, value)
    open.push(...partsOf(next))
  }
  known.set(module, found)
  return found
}

/** The field of another object that has the same name, or what came out of it. */
const isPassedOn = (value: Value, name: string, module: Module, depth = 0): boolean => {
  if (depth > 4) return false
  if (value.is === 'member') return value.name === name
  if (value.is === 'constant') return value.of === null
  if (value.is === 'parameter') return value.fallback === null || isPassedOn(value.fallback, name, module, depth + 1)
  if (value.is !== 'name') return false
  const declared = visibleAt(module, value.name, value.at)
  return value.name === name && declared.length > 0
    ? declared.every(({ value: kept }) => isPassedOn(kept, name, module, depth + 1))
    : value.name === 'undefined' && declared.length === 0
}

/** What is given to fields of that name anywhere in the source, those left out that hand it on under its name. */
export const givenToField = (name: string, modules: Module[]): Given[] =>
  modules.flatMap(module =>
    (fieldsIn(module).get(name) ?? []).flatMap(value => (isPassedOn(value, name, module) ? [] : [{ value, module }])),
  )
