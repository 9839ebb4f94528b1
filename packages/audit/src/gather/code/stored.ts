import { innermost, visibleAt, type Call, type Module, type Value } from './values.ts'

const maxDepth = 6

/** `sessions`, `this.sessions`: whether two expressions of a file mean the same table. */
const isSameTable = (one: Value, other: Value, module: Module): boolean => {
  if (one.is === 'name' && other.is === 'name') {
    const [declared] = visibleAt(module, one.name, one.at)
    return one.name === other.name && declared !== undefined && visibleAt(module, other.name, other.at)[0] === declared
  }
  if (one.is !== 'member' || other.is !== 'member' || one.name !== other.name) return false
  if (one.of.is !== 'name' || other.of.is !== 'name' || one.of.name !== other.of.name) return false
  return /^(this|self|cls)$/.test(one.of.name)
    ? innermost(module.classes, one.of.at) === innermost(module.classes, other.of.at)
    : isSameTable(one.of, other.of, module)
}

/** `sessions.set(id, session)`, `sessions[id] = session`. */
const putInto = (table: Value, module: Module): Value[] => [
  ...module.calls.flatMap(({ callee, arguments: [, given] }) =>
    given && callee.is === 'member' && callee.name === 'set' && isSameTable(callee.of, table, module) ? [given] : [],
  ),
  ...module.writes.flatMap(({ target, operator, value }) =>
    target.is === 'index' && operator === '=' && isSameTable(target.of, table, module) ? [value] : [],
  ),
]

/** The table that a list of its keys, values or both is made of. */
const listed = (call: Call, how: RegExp): Value | null => {
  const { callee, arguments: given } = call
  if (callee.is !== 'member' || !how.test(callee.name)) return null
  return callee.of.is === 'name' && callee.of.name === 'Object' ? (given[0] ?? null) : callee.of
}

/**
 * What a table that is filled when it runs may hand out: `sessions[id]`, `sessions.get(id)`, what a loop over it takes, and
 * fields of these. Only what the same file puts into it.
 */
export const storedAs = (value: Value, module: Module, depth = 0): Value[] => {
  if (depth > maxDepth) return []
  switch (value.is) {
    case 'name':
      return visibleAt(module, value.name, value.at).flatMap(entry => storedAs(entry.value, module, depth + 1))
    case 'member':
      return storedAs(value.of, module, depth + 1).map(of => ({ is: 'member', of, name: value.name }))
    case 'index': {
      if (value.of.is !== 'element') return putInto(value.of, module)
      if (value.index.is !== 'number' || value.index.number !== 1) return []
      const of = value.of.of
      const pairs = of.is === 'call' ? listed(of, /^(entries|items)$/) : of
      return pairs ? putInto(pairs, module) : []
    }
    case 'element': {
      const table = value.of.is === 'call' ? listed(value.of, /^values$/) : null
      return table ? putInto(table, module) : []
    }
    case 'call':
      return value.callee.is === 'member' && value.callee.name === 'get' ? putInto(value.callee.of, module) : []
    default:
      return []
  }
}
