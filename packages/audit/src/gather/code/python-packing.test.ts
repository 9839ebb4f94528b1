import { expect, it } from 'vitest'
import { openPython, packTrees, unpackTree } from './python-packing.ts'
import { openParser } from '../../instruments/python-parser.ts'

const texts = [
  'import os\n\n\n@tool(name="a")\nasync def read(path: str = "x", *more) -> str:\n    return f"{os.sep}{path[1:2]}"\n',
  '',
  'def broken(:\n    pass\n',
  'class A:\n    """Text."""\n',
]

it('gives the trees that were packed', async () => {
  const parse = await openPython()
  const packed = structuredClone(packTrees(texts, await openParser()))
  expect(texts.map((_, index) => unpackTree(packed, index))).toEqual(texts.map(parse))
})

it('tells which text could not be read, and which broke the parser', () => {
  const packed = packTrees(['long', 'wrong'], {
    kinds: { names: [], named: [], fields: [] },
    parse: text => {
      if (text === 'wrong') throw new Error('out of memory')
      return null
    },
  })
  expect(unpackTree(packed, 0)).toBeNull()
  expect(() => unpackTree(packed, 1)).toThrow('out of memory')
})
