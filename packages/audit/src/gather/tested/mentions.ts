import { visibleAt, type Module, type Range, type Value } from '../code/values.ts'

const maxDepth = 14

/** The values that a value consists of. */
export const partsOf = (value: Value): Value[] => {
  switch (value.is) {
    case 'member':
    case 'spread':
    case 'not':
    case 'element':
      return [value.of]
    case 'index':
      return [value.of, value.index]
    case 'join':
      return value.parts
    case 'list':
      return value.items
    case 'record':
      return value.fields.map(([, field]) => field)
    case 'call':
      return [value.callee, ...value.arguments, ...value.named.map(([, given]) => given)]
    case 'either':
    case 'both':
      return [value.first, value.second]
    case 'choice':
      return [...value.options, ...(value.test ? [value.test] : [])]
    case 'compare':
      return [value.left, value.right]
    case 'function':
      return value.returns
    default:
      return []
  }
}

/** Whether a value is made of what `wanted` accepts; names are followed to what was last given to them. */
export const isMadeOf = (
  value: Value,
  module: Module,
  wanted: (part: Value) => boolean,
  seen = new Set<Value>(),
  depth = 0,
): boolean => {
  if (depth > maxDepth || seen.has(value)) return false
  seen.add(value)
  if (wanted(value)) return true
  if (value.is === 'name') {
    const all = visibleAt(module, value.name, value.at)
    const before = all.filter(({ at }) => at <= value.at)
    const last = before.at(-1)
    const given = last && last.value.is !== 'unknown' ? [last] : all
    return given.some(({ value: each }) => isMadeOf(each, module, wanted, seen, depth + 1))
  }
  return partsOf(value).some(part => isMadeOf(part, module, wanted, seen, depth + 1))
}

/** Whether a value is made of the answer to the call in that range. */
export const isMadeFrom = (value: Value, module: Module, { at, end }: Range): boolean =>
  isMadeOf(value, module, part => part.is === 'call' && at <= part.at && part.end <= end)
