import type { Node } from '@babel/types'
import type { Range } from './values.ts'

export const rangeOf = (node: Node): Range => ({ at: node.start ?? 0, end: node.end ?? 0 })
export const lineOf = (node: Node): number => node.loc?.start.line ?? 1

/** `Map<string, X>` and `X | undefined` are reduced to their head. */
export const typeOf = (annotation: Node | null | undefined, reading: { text(node: Node): string }): string | null =>
  annotation
    ? reading
        .text(annotation)
        .slice(0, 300)
        .replace(/^:\s*/, '')
        .replace(/\s*[<|[&].*$/s, '')
        .trim()
    : null
