import { partsOf } from './code/parts.ts'
import type { Place } from './code/resolve.ts'
import { visibleAt, type FunctionValue, type Module, type Value } from './code/values.ts'
import type { Reach } from './reach.ts'
import { hiding } from './secrets/headers.ts'
import { fieldsOf, printing } from './secrets/shown.ts'

const maxDepth = 20
const maxSteps = 400

export interface Spot {
  module: Module
  line: number
}
export interface Shown extends Spot {
  what: string
}

/** The functions that answer calls of tools and the like. */
export const handlersOf = ({ entries }: Reach): Map<FunctionValue, Module> =>
  new Map(entries.flatMap(({ functions }) => functions.map(one => [one.function, one.module])))

/** What a function gives back. */
export const returnedBy = (of: FunctionValue, module: Module, { bodies }: Reach): { value: Value; line: number }[] => {
  const { returns } = bodies.of(module, of)
  return returns.length > 0 ? returns : of.returns.map(value => ({ value, line: of.line }))
}

interface Showing {
  /** What a value shows by itself, where neither its parts nor the functions that make it are looked into. */
  shownBy: (value: Value, place: Place) => string[]
  /** The test of a choice that is taken only where somebody asked for it. */
  isAsked?: (test: Value) => boolean
}

/** What values show, where the functions that make them are looked into; where the text is made is told with it. */
export const openShown = (
  { resolver, ...reach }: Reach,
  { shownBy, isAsked }: Showing,
): ((value: Value, spot: Spot) => Shown[]) => {
  let steps = 0
  const known = new Set<FunctionValue>()

  const shownIn = (value: Value, spot: Spot, depth: number): Shown[] => {
    const place: Place = { module: spot.module, frames: [] }
    if (depth > maxDepth || ++steps > maxSteps) return []
    const all = (values: Value[]): Shown[] => values.flatMap(each => shownIn(each, spot, depth + 1))
    const direct = (): Shown[] => shownBy(value, place).map(what => ({ what, ...spot }))
    switch (value.is) {
      case 'join':
      case 'list':
      case 'either':
        return all(partsOf(value))
      case 'record':
        return all(fieldsOf(value, place, resolver))
      case 'choice':
        return value.test && isAsked?.(value.test) ? [] : all(value.options)
      case 'call': {
        if (value.constructs) return []
        const path = resolver.external(value.callee, place) ?? ''
        if (printing.test(path)) return all(value.arguments)
        // `TextContent(text=...)`
        if (/^(mcp|fastmcp)\./.test(path)) return all([...value.arguments, ...value.named.map(([, given]) => given)])
        const inside = resolver
          .things(value.callee, place)
          .flatMap(({ value: of, module }) => (of.is === 'function' ? [{ of, module }] : []))
        if (inside.length === 0) return direct()
        return inside.flatMap(({ of, module }) => {
          if (known.has(of) || hiding.test(of.name ?? '')) return []
          known.add(of)
          return returnedBy(of, module, { resolver, ...reach }).flatMap(one =>
            shownIn(one.value, { module, line: one.line }, depth + 1),
          )
        })
      }
      case 'name': {
        const declared = visibleAt(place.module, value.name, value.at).map(one => one.value)
        const followed = declared.filter(({ is }) => /^(join|record|call|either|choice)$/.test(is))
        return followed.length > 0 ? all(followed) : direct()
      }
      default:
        return direct()
    }
  }

  return (value: Value, spot: Spot): Shown[] => {
    steps = 0
    known.clear()
    return shownIn(value, spot, 0)
  }
}
