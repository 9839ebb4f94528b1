import { gatherer } from '../core/item.ts'
import type { Place } from './code/resolve.ts'
import { visibleAt, type FunctionValue, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import { fieldsOf, hiding, printing, secretsIn } from './secrets/shown.ts'

/** A credential that goes to the client: in an answer, or in the text of an error. */
export interface AnsweredSecret {
  /** `process.env`, or the name of the credential. */
  what: string
  in: 'an answer' | 'the text of an error'
  file: string
  line: number
}

const maxDepth = 20
const maxSteps = 400

interface Spot {
  module: Module
  line: number
}
interface Shown extends Spot {
  what: string
}

const returnedBy = (of: FunctionValue, module: Module, { bodies }: Reach): { value: Value; line: number }[] => {
  const { returns } = bodies.of(module, of)
  return returns.length > 0 ? returns : of.returns.map(value => ({ value, line: of.line }))
}

/** What values show, where the functions that make them are looked into; where the text is made is told with it. */
const openShown = ({ resolver, ...reach }: Reach) => {
  let steps = 0
  const known = new Set<FunctionValue>()

  const shownIn = (value: Value, spot: Spot, depth: number): Shown[] => {
    const place: Place = { module: spot.module, frames: [] }
    if (depth > maxDepth || ++steps > maxSteps) return []
    const all = (values: Value[]): Shown[] => values.flatMap(each => shownIn(each, spot, depth + 1))
    const direct = (): Shown[] => secretsIn(value, place, resolver).map(what => ({ what, ...spot }))
    switch (value.is) {
      case 'join':
        return all(value.parts)
      case 'list':
        return all(value.items)
      case 'record':
        return all(fieldsOf(value, place, resolver))
      case 'either':
        return all([value.first, value.second])
      case 'choice':
        return all(value.options)
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

/** Credentials in what tools answer, and in the errors that they end in. */
export const answeredSecrets = gatherer<AnsweredSecret[], { reach: typeof reach; project: typeof project }>({
  id: 'answered-secrets',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = new Set(ownModules(reach, project))
    const shownIn = openShown(reach)
    const handlers = new Map(reach.entries.flatMap(({ functions }) => functions.map(one => [one.function, one.module])))
    const found: AnsweredSecret[] = []
    for (const [of, module] of handlers)
      if (own.has(module))
        for (const { value, line } of returnedBy(of, module, reach))
          for (const { what, module: other, line: at } of shownIn(value, { module, line }))
            found.push({ what, in: 'an answer', file: other.path, line: at })
    for (const [of, module] of reach.graph.functions)
      if (own.has(module))
        for (const { value, line } of reach.bodies.of(module, of).throws)
          for (const given of value.is === 'call' ? value.arguments : [])
            for (const what of secretsIn(given, { module, frames: [] }, reach.resolver))
              found.push({ what, in: 'the text of an error', file: module.path, line })
    return [...new Map(found.map(one => [`${one.file} ${one.line}`, one])).values()]
  },
})
