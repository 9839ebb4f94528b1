import type { Thing } from './link.ts'
import { fieldOf, type Call, type FunctionValue, type Module, type Value } from './values.ts'

/** The argument that a call gives to a parameter; undefined when it gives none. */
export const argumentOf = (
  call: Call,
  index: number,
  name: string,
  of: FunctionValue,
  owner: Module,
): Value | undefined => {
  const isMethod = owner.language === 'python' && /^(self|cls)$/.test(of.parameters[0] ?? '')
  const position = isMethod ? index - 1 : index
  if (call.arguments.slice(0, position + 1).some(({ is }) => is === 'spread')) return { is: 'unknown' }
  if (call.named.some(([key]) => key === '...')) return fieldOf(call.named, name) ?? { is: 'unknown' }
  if (name.startsWith('...')) return { is: 'list', items: call.arguments.slice(position) }
  return call.arguments[position] ?? fieldOf(call.named, name)
}

/** Each thing once; one unknown says as much as many. */
export const distinct = (found: Thing[]): Thing[] => {
  if (found.length < 2) return found
  const seen = new Set<unknown>()
  return found.filter(({ value, frames }) => {
    const key = value.is === 'unknown' ? 'unknown' : value.is === 'external' ? value.path : value
    if (frames.length > 0 && value.is !== 'unknown') return true
    return !seen.has(key) && seen.add(key)
  })
}
