import type { SgNode } from '@ast-grep/napi'

/** All nodes of these kinds in one walk over the tree, in the order of the source. */
export const nodesByKind = (root: SgNode, kinds: string[]): ((...wanted: string[]) => SgNode[]) => {
  const found = new Map<string, SgNode[]>(kinds.map(kind => [kind, []]))
  for (const node of root.findAll({ rule: { any: kinds.map(kind => ({ kind })) } })) {
    const list = found.get(String(node.kind()))
    if (list && node.isNamed()) list.push(node)
  }
  return (...wanted) => wanted.flatMap(kind => found.get(kind) ?? [])
}

/** Children without punctuation and comments. */
export const parts = (node: SgNode | null): SgNode[] =>
  node?.children().filter(child => /^(?!comment$)[a-z_]/i.test(String(child.kind()))) ?? []

/** Children without punctuation, comments and keywords. */
export const namedParts = (node: SgNode | null): SgNode[] =>
  node?.children().filter(child => child.isNamed() && child.kind() !== 'comment') ?? []

export const rangeOf = (node: SgNode): { at: number; end: number } => {
  const { start, end } = node.range()
  return { at: start.index, end: end.index }
}

export const startOf = (node: SgNode): number => node.range().start.index
