import type { Source } from '../trees.ts'
import { eachPython } from './parsing.ts'
import { lineCounter, type Node } from './python-tree.ts'

/** A node, and the nodes around it. */
export interface Placed {
  node: Node
  outer: Placed | null
}

/** What stands in the file that was asked for last: all who look at a tree do so one after the other. */
let last: { root: Node; byKind: Map<string, Placed[]> } | undefined

const kindsIn = (root: Node): Map<string, Placed[]> => {
  if (last?.root === root) return last.byKind
  const byKind = new Map<string, Placed[]>()
  const waiting: Placed[] = [{ node: root, outer: null }]
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    const { node } = place
    const alike = byKind.get(node.kind)
    if (alike) alike.push(place)
    else byKind.set(node.kind, [place])
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index]
      if (child?.named) waiting.push({ node: child, outer: place })
    }
  }
  if (root.kind === 'module') last = { root, byKind }
  return byKind
}

/** All nodes of these kinds, each kind in the order of the source. */
export const placed = (root: Node, ...kinds: string[]): Placed[] => {
  const byKind = kindsIn(root)
  return kinds.flatMap(kind => byKind.get(kind) ?? [])
}

/** What `look` makes of the trees of all these that are Python and can be parsed, other work in between. */
export const inPython = async <T>(
  sources: Source[],
  look: (root: Node, source: Source, lineAt: (offset: number) => number) => T,
): Promise<T[]> => {
  const python = sources.filter(({ language }) => language === 'python')
  const found = await eachPython(python, (tree, source): T[] =>
    tree ? [look(tree.root, source, lineCounter(source.text))] : [],
  )
  return found.flat()
}
