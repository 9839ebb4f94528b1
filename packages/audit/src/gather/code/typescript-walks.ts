import type { Node, Program } from '@babel/types'
import type { Source } from '../trees.ts'
import { eachTypeScript } from './parsing.ts'
import type { Parsed } from './typescript-parse.ts'

/** A node, and the nodes around it. */
export interface Placed<N extends Node = Node> {
  node: N
  outer: Placed | null
}

type OfType<Type extends Node['type']> = Extract<Node, { type: Type }>

const skipped = new Set(['loc', 'extra', 'errors', 'comments', 'tokens'])

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

/** The nodes one level down, types among them. */
export const childrenOf = (node: Node): Node[] => {
  const children: Node[] = []
  const fields = node as unknown as Record<string, unknown>
  for (const key in fields) {
    const value = fields[key]
    if (typeof value !== 'object' || value === null || skipped.has(key)) continue
    if (Array.isArray(value)) {
      for (const each of value as unknown[]) if (isNode(each)) children.push(each)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

/** Calls `look` with each node, those around it first; not in the order of the source. */
export const walk = (root: Node, look: (place: Placed) => void): void => {
  const waiting: Placed[] = [{ node: root, outer: null }]
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    look(place)
    for (const node of childrenOf(place.node)) waiting.push({ node, outer: place })
  }
}

/** What stands in the tree that was asked for last: all who look at a tree do so one after the other. */
let last: { program: Program; byType: Map<string, Placed[]> } | undefined

const typesIn = (program: Program): Map<string, Placed[]> => {
  if (last?.program === program) return last.byType
  const byType = new Map<string, Placed[]>()
  walk(program, place => {
    const alike = byType.get(place.node.type)
    if (alike) alike.push(place)
    else byType.set(place.node.type, [place])
  })
  last = { program, byType }
  return byType
}

/** All nodes of these types, in the order of the source, what is around first. */
export const placed = <Types extends Node['type']>(program: Program, ...types: Types[]): Placed<OfType<Types>>[] => {
  const byType = typesIn(program)
  return types
    .flatMap(type => byType.get(type) ?? [])
    .toSorted((a, b) => (a.node.start ?? 0) - (b.node.start ?? 0)) as Placed<OfType<Types>>[]
}

/** What `look` makes of the trees of all these that are TypeScript or JavaScript and can be parsed. */
export const inTypeScript = async <T>(sources: Source[], look: (parsed: Parsed, source: Source) => T): Promise<T[]> => {
  const own = sources.filter(({ language }) => language === 'typescript')
  const found = await eachTypeScript(own, (parsed, source): T[] => (parsed ? [look(parsed, source)] : []))
  return found.flat()
}
