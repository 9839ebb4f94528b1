import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import { visibleAt, type FunctionValue, type Module, type Value } from '../code/values.ts'
import { nameOf } from '../concurrency/paths.ts'
import type { Reach } from '../reach.ts'

/** A rule about what may run that looks at the first word alone, and lets pass what is written in another way. */
export interface FirstWord {
  of: 'program' | 'statement'
  file: string
  line: number
  /** The function that decides, and the list it asks. */
  by: string
  list: string
}

/** A function with all expressions that stand in it. */
export interface Written {
  of: FunctionValue
  module: Module
  values: Value[]
}

const maxDepth = 3
const maxFunctions = 40

/** What a name was bound to, a step or two back. */
export const keptBy = (value: Value, module: Module, depth = 0): Value[] =>
  value.is === 'name' && depth < maxDepth
    ? visibleAt(module, value.name, value.at).flatMap(({ value: one }) => [one, ...keptBy(one, module, depth + 1)])
    : []

/** `text.split(' ')`, `text.split()`, `shlex.split(text)`: into words, not at commas or slashes. */
const isSplit = (value: Value): boolean =>
  value.is === 'call' &&
  nameOf(value) === 'split' &&
  value.arguments.every(
    each =>
      (each.is !== 'text' || /^\s$/.test(each.text)) &&
      (each.is !== 'pattern' || /^(\\s|\[\\s\]| )\+?$/.test(each.text)),
  )

/** `text.split(' ')[0]`, `tokens[0]`. */
export const isFirstWord = (value: Value, module: Module): boolean =>
  value.is === 'index' &&
  value.index.is === 'number' &&
  value.index.number === 0 &&
  [value.of, ...keptBy(value.of, module)].some(isSplit)

const isGiven = (value: Value, module: Module, depth = 0): boolean =>
  depth < 4 &&
  someIn(
    value,
    part =>
      part.is === 'name' &&
      visibleAt(module, part.name, part.at).some(
        ({ value: one }) => one.is === 'parameter' || isGiven(one, module, depth + 1),
      ),
  )

const declared = new WeakMap<Module, Map<FunctionValue | null, Value[]>>()

const declaredIn = (of: FunctionValue, module: Module, { bodies }: Reach): Value[] => {
  let byFunction = declared.get(module)
  if (!byFunction) {
    byFunction = new Map()
    declared.set(module, byFunction)
    for (const { at, value } of module.declarations) {
      const owner = bodies.around(module, Math.max(0, at - 1))
      const same = byFunction.get(owner)
      if (same) same.push(value)
      else byFunction.set(owner, [value])
    }
  }
  return byFunction.get(of) ?? []
}

/** All expressions of a function itself, not those of functions inside of it. */
const expressionsIn = (of: FunctionValue, module: Module, reach: Reach): Value[] => {
  const { calls, guards, returns, throws, writes } = reach.bodies.of(module, of)
  return [
    ...calls,
    ...throws.map(({ value }) => value),
    ...guards.map(({ test }) => test),
    ...returns.map(({ value }) => value),
    ...writes.map(({ value }) => value),
    ...of.returns,
    ...declaredIn(of, module, reach),
  ]
}

export const writtenIn = (of: FunctionValue, module: Module, reach: Reach): Written => ({
  of,
  module,
  values: expressionsIn(of, module, reach),
})

const maxTextDepth = 4
const maxTexts = 400

/** Texts and patterns in an expression, and in what its names stand for. */
export const textsOf = (value: Value, place: Place, reach: Reach, depth = 0, found: string[] = []): string[] => {
  if (depth > maxTextDepth || found.length > maxTexts) return found
  const named: Value[] = []
  someIn(value, part => {
    if (part.is === 'text' || part.is === 'pattern') found.push(part.text)
    if (part.is === 'name' || part.is === 'index') named.push(part)
    return false
  })
  for (const part of named)
    for (const thing of reach.resolver.things(part, place)) {
      const { value: of } = thing
      if (of === value || of === part || /^(external|namespace|unknown|function|class|parameter)$/.test(of.is)) continue
      textsOf(of as Value, thing, reach, depth + 1, found)
    }
  return found
}

/** A function and those that it hands what it was given to, or that stand in the same file, a few steps deep. */
export const handedOn = (first: Written, reach: Reach): Written[] => {
  const found = new Map([[first.of, first]])
  let open = [first]
  for (let depth = 0; depth < maxDepth && found.size < maxFunctions; depth++)
    open = open.flatMap(({ of, module }) => {
      const { calls, functions } = reach.bodies.of(module, of)
      const called = calls.flatMap(({ callee, arguments: given }) => {
        const isHanded = given.some(value => isGiven(value, module))
        const things = reach.resolver.things(callee, { module, frames: [] })
        return things.filter(thing => isHanded || thing.module === first.module)
      })
      return [...functions.map(value => ({ value, module })), ...called].flatMap(({ value, module: other }) => {
        if (value.is !== 'function' || found.has(value)) return []
        const made = writtenIn(value, other, reach)
        found.set(value, made)
        return [made]
      })
    })
  return [...found.values()]
}

export const nameIn = (of: FunctionValue, module: Module): string =>
  of.name ?? module.declarations.find(({ value }) => value === of)?.name ?? ''

/** A name, or what stands behind its last dot. */
export const lastName = (value: Value): string => (value.is === 'name' || value.is === 'member' ? value.name : '')
