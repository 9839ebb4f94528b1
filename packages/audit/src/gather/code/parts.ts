import type { Value } from './values.ts'

/** What an expression is made of, one level down. */
export const partsOf = (value: Value): Value[] => {
  switch (value.is) {
    case 'member':
    case 'spread':
    case 'not':
    case 'element':
      return [value.of]
    case 'join':
      return value.parts
    case 'list':
      return value.items
    case 'record':
      return value.fields.map(([, field]) => field)
    case 'call':
      return [value.callee, ...value.arguments, ...value.named.map(([, given]) => given)]
    case 'function':
      return value.returns
    case 'either':
    case 'both':
      return [value.first, value.second]
    case 'choice':
      return value.test ? [value.test, ...value.options] : value.options
    case 'compare':
    case 'arithmetic':
      return [value.left, value.right]
    case 'index':
      return [value.of, value.index]
    default:
      return []
  }
}

const maxDepth = 30

/** Whether an expression is such a one or holds one; names are not followed. */
export const someIn = (value: Value, test: (part: Value) => boolean, depth = 0): boolean =>
  depth < maxDepth && (test(value) || partsOf(value).some(part => someIn(part, test, depth + 1)))

/** The same variable or field, as it is written: `cursor`, `this.file`, `TOKEN_PATH`. */
export const isSame = (one: Value, other: Value): boolean =>
  one.is === 'name' && other.is === 'name'
    ? one.name === other.name
    : one.is === 'member' && other.is === 'member' && one.name === other.name && isSame(one.of, other.of)
