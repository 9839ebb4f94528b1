import { argumentOf } from '../code/given.ts'
import { someIn } from '../code/parts.ts'
import {
  fieldOf,
  nameOf,
  visibleAt,
  type Call,
  type Declaration,
  type FunctionValue,
  type Module,
  type Value,
} from '../code/values.ts'

const maxDepth = 6
const itself = /^(this|self|cls)$/

/** It comes from whoever calls a function, by way of names of the file. */
const isAsked = (value: Value, module: Module, depth = 0): boolean =>
  someIn(
    value,
    part =>
      (part.is === 'parameter' && !itself.test(part.name)) ||
      (part.is === 'name' &&
        depth < maxDepth &&
        !itself.test(part.name) &&
        visibleAt(module, part.name, part.at).some(one => isAsked(one.value, module, depth + 1))),
  )

const isLocal = ({ from, to }: Declaration, { functions }: Module): boolean =>
  functions.some(({ at, end }) => at <= from && to <= end + 1)

const structured = /^(call|join|member|either|parameter)$/

/**
 * The same text for the same file, as far as names tell; null when unknown. What callers of the function give is told by its
 * place, `‹0›.path`, and what depends on it otherwise by its name: `‹@file›`.
 */
export const keyOf = (value: Value | undefined, of: FunctionValue | null, module: Module, depth = 0): string | null => {
  if (!value || depth > maxDepth) return null
  const inner = (part: Value): string | null => keyOf(part, of, module, depth + 1)
  const all = (parts: Value[]): string | null => {
    const keys = parts.map(inner)
    return keys.includes(null) ? null : keys.join()
  }
  switch (value.is) {
    case 'text':
      return JSON.stringify(value.text)
    case 'parameter':
      return value.function === of?.at ? `‹${value.index}›` : `‹@${value.name}›`
    case 'member': {
      const owner = inner(value.of)
      return owner === null ? null : `${owner}.${value.name}`
    }
    case 'either':
      return inner(value.first)
    case 'join': {
      const parts = all(value.parts)
      return parts === null ? null : `text(${parts})`
    }
    case 'call': {
      if (/^(Path|str|String)$/.test(nameOf(value.callee)) && value.arguments.length === 1) return all(value.arguments)
      const [callee, given] = [inner(value.callee), all(value.arguments)]
      return callee === null || given === null ? null : `${callee}(${given})`
    }
    case 'name': {
      if (itself.test(value.name)) return 'itself'
      const declared = visibleAt(module, value.name, value.at)
      const [only] = declared
      if (!only || !declared.every(one => isLocal(one, module))) return value.name
      const made = declared.length === 1 && structured.test(only.value.is) ? inner(only.value) : null
      return made ?? (declared.some(one => isAsked(one.value, module)) ? `‹@${value.name}›` : value.name)
    }
    default:
      return null
  }
}

/** Which file it is depends on the request. */
export const isNamedByCaller = (key: string): boolean => key.includes('‹')

/** What a function says of its parameters, said of what a call gives it; null where that is not known. */
export const keyAtCall = (
  key: string | null,
  call: Call,
  of: FunctionValue,
  own: Module,
  caller: FunctionValue | null,
  module: Module,
): string | null => {
  if (key === null || key.includes('‹@')) return null
  let isKnown = true
  const made = key.replaceAll(/‹(\d+)›(?:\.(\w+))?/g, (_, index: string, field: string | undefined) => {
    const given = argumentOf(call, Number(index), of.parameters[Number(index)] ?? '', of, own)
    const taken = field !== undefined && given?.is === 'record' ? fieldOf(given.fields, field) : given
    const found = keyOf(taken, caller, module)
    isKnown &&= found !== null
    return field !== undefined && taken === given ? `${found}.${field}` : `${found}`
  })
  return isKnown ? made : null
}

/** As a person would say it: `path.join(root,"tasks.json")`. */
export const shownKey = (key: string, of: FunctionValue): string =>
  key
    .replaceAll(/‹(\d+)›(\.)?/g, (_, index: string, dot: string | undefined) => {
      const name = of.parameters[Number(index)] ?? ''
      return /^[\w$]+$/.test(name) ? `${name}${dot ?? ''}` : ''
    })
    .replaceAll(/‹@([^›]*)›/g, '$1')

const naming = /^(join|resolve|normalize|dirname|basename|with_suffix|with_name|joinpath|__truediv__|getpid|str|Path)$/
const updating = /^(\+\+|--|[+-]=)$/

/** A name that is the same in each call of the process: not one of a counter, of the time, or made at random. */
export const isSteady = (value: Value, module: Module, depth = 0): boolean => {
  if (depth > maxDepth) return false
  const inner = (part: Value): boolean => isSteady(part, module, depth + 1)
  const isCounted = (name: string): boolean =>
    module.writes.some(({ target, operator }) => updating.test(operator) && nameOf(target) === name)
  switch (value.is) {
    case 'text':
    case 'number':
    case 'parameter':
      return true
    case 'member':
      return !isCounted(value.name) && inner(value.of)
    case 'join':
      return value.parts.every(inner)
    case 'call':
      return (
        naming.test(nameOf(value.callee)) &&
        value.arguments.every(inner) &&
        (value.callee.is !== 'member' || inner(value.callee.of))
      )
    case 'name':
      return (
        !isCounted(value.name) &&
        visibleAt(module, value.name, value.at).every(one => one.value.is === 'import' || inner(one.value))
      )
    default:
      return false
  }
}
