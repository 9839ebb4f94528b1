import type { Source } from '../trees.ts'
import { openReading } from './python-reading.ts'
import type { Tree } from './python-tree.ts'
import { emptyModule, type Module } from './values.ts'

/** Reads a Python file; `broken` says where the first part stands that could not be read. */
export const readPython = (tree: Tree | null, source: Source): Module => {
  if (!tree) return { ...emptyModule(source), broken: { line: 1, because: 'it does not parse' } }
  const reading = openReading(source)
  if (tree.broken !== null) reading.breaksAt(tree.broken, 'it does not parse')
  reading.visit(tree.root)
  return reading.module
}
