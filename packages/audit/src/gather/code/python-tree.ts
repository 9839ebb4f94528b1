import type { Range } from './values.ts'

/** A node of the syntax tree, without comments and punctuation but the colons of a slice. */
export interface Node extends Range {
  kind: string
  /** False for keywords and operators, which are known by their kind alone. */
  named: boolean
  /** What it is to the node around it, such as `left`. */
  field: string | null
  children: Node[]
}

export interface Tree {
  root: Node
  /** Offset of the first place that could not be read. */
  broken: number | null
}

export const field = (node: Node | undefined, name: string): Node | undefined =>
  node?.children.find(child => child.field === name)

/** Children that are no keywords and no operators. */
export const named = (node: Node | undefined): Node[] => node?.children.filter(child => child.named) ?? []

/** A statement that consists of one expression of that kind. */
export const isStatementOf = (kind: RegExp, node: Node | undefined): boolean =>
  node?.kind === 'expression_statement' && node.children.length === 1 && kind.test(node.children[0]?.kind ?? '')

/** The line of an offset, the first is 1. */
export const lineCounter = (text: string): ((offset: number) => number) => {
  const ends: number[] = []
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends.push(at)
  return offset => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}
