import type { Node, Tree } from './python-tree.ts'

/** Trees as numbers, which go from thread to thread at no cost. */
export interface Packed {
  /** The kinds and fields that occur. */
  words: string[]
  /** Of each node, those around it first: kind, field, whether it is named, where it begins and ends, its children. */
  numbers: Int32Array<ArrayBuffer>
  trees: ({ from: number; broken: number | null } | { wrong: string } | null)[]
}

const perNode = 6

/** The trees of texts; null for what cannot be read, `wrong` for what broke the parser. */
export const packTrees = (texts: string[], parse: (text: string) => Tree | null): Packed => {
  const numbers: number[] = []
  const words = new Map<string | null, number>([[null, 0]])
  const wordOf = (word: string | null): number => {
    const known = words.get(word)
    if (known !== undefined) return known
    words.set(word, words.size)
    return words.size - 1
  }
  const add = (root: Node): void => {
    const waiting = [root]
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      const { kind, field, named, at, end, children } = node
      numbers.push(wordOf(kind), wordOf(field), named ? 1 : 0, at, end, children.length)
      for (let index = children.length - 1; index >= 0; index--) {
        const child = children[index]
        if (child) waiting.push(child)
      }
    }
  }
  const trees = texts.map(text => {
    const from = numbers.length
    try {
      const tree = parse(text)
      if (!tree) return null
      add(tree.root)
      return { from, broken: tree.broken }
    } catch (error) {
      return { wrong: String(error) }
    }
  })
  return { words: [...words.keys()].map(word => word ?? ''), numbers: Int32Array.from(numbers), trees }
}

const none: Node[] = []

/** One of the packed trees. Throws what broke the parser. */
export const unpackTree = ({ words, numbers, trees }: Packed, index: number): Tree | null => {
  const packed = trees[index]
  if (!packed) return null
  if ('wrong' in packed) throw new Error(packed.wrong)
  let at = packed.from
  const take = (): { node: Node; left: number } => {
    const field = numbers[at + 1] ?? 0
    const left = numbers[at + 5] ?? 0
    const node: Node = {
      kind: words[numbers[at] ?? 0] ?? '',
      named: numbers[at + 2] === 1,
      field: field === 0 ? null : (words[field] ?? null),
      at: numbers[at + 3] ?? 0,
      end: numbers[at + 4] ?? 0,
      children: left === 0 ? none : [],
    }
    at += perNode
    return { node, left }
  }
  const root = take()
  const open = [root]
  for (let around = open.at(-1); around; around = open.at(-1)) {
    if (around.left === 0) {
      open.pop()
      continue
    }
    around.left--
    const child = take()
    around.node.children.push(child.node)
    if (child.left > 0) open.push(child)
  }
  return { root: root.node, broken: packed.broken }
}
