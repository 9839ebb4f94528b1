import type { SgNode } from '@ast-grep/napi'
import { maxDepth, nothing, type Value } from './values.ts'

/** Converts each node once, keeps what was made of it in `known`, and gives up where source nests without end. */
export const convertingOnce = (
  known: Map<number, Value>,
  convert: (node: SgNode) => Value,
): ((node: SgNode | null) => Value) => {
  let depth = 0
  return node => {
    if (!node) return nothing
    const found = known.get(node.id())
    if (found) return found
    if (depth > maxDepth) return nothing
    depth++
    const made = convert(node)
    depth--
    known.set(node.id(), made)
    return made
  }
}
