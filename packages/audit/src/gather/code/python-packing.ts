import { fieldBits, openParser, perNode, type Kinds, type Parser } from '../../instruments/python-parser.ts'
import type { Node, Tree } from './python-tree.ts'

/** Trees as numbers, which go from thread to thread at no cost. */
export interface Packed {
  kinds: Kinds
  /** Of each tree and each of its nodes what `Parser` tells. */
  numbers: Int32Array<ArrayBuffer>
  trees: ({ from: number; broken: number | null } | { wrong: string } | null)[]
}

/** The trees of texts; null for what cannot be read, `wrong` for what broke the parser. */
export const packTrees = (texts: string[], { kinds, parse }: Parser): Packed => {
  const numbers: number[] = []
  const trees = texts.map(text => {
    const from = numbers.length
    try {
      const parsed = parse(text, numbers)
      return parsed && { from, broken: parsed.broken }
    } catch (error) {
      return { wrong: String(error) }
    }
  })
  return { kinds, numbers: new Int32Array(numbers), trees }
}

const none: Node[] = []

/** One of the packed trees. Throws what broke the parser. */
export const unpackTree = ({ kinds, numbers, trees }: Packed, index: number): Tree | null => {
  const packed = trees[index]
  if (!packed) return null
  if ('wrong' in packed) throw new Error(packed.wrong)
  const { names, named, fields } = kinds
  let at = packed.from
  const take = (): { node: Node; left: number } => {
    const word = numbers[at] ?? 0
    const kind = word & ((1 << fieldBits) - 1)
    const left = numbers[at + 3] ?? 0
    const node: Node = {
      kind: names[kind] ?? 'ERROR',
      named: named[kind] ?? true,
      field: fields[word >>> fieldBits] ?? null,
      at: numbers[at + 1] ?? 0,
      end: numbers[at + 2] ?? 0,
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

/** Opens the parser in this thread: text to tree; null for what takes far longer than source code of its length. */
export const openPython = async (): Promise<(text: string) => Tree | null> => {
  const parser = await openParser()
  return text => unpackTree(packTrees([text], parser), 0)
}
