import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import type treeSitter from '@vscode/tree-sitter-wasm'

/** What the numbers of a grammar stand for. */
export interface Kinds {
  names: string[]
  /** False for keywords and operators. */
  named: boolean[]
  fields: (string | null)[]
}

export interface Parser {
  kinds: Kinds
  /**
   * Adds the tree of a text to the numbers, `perNode` for each of its nodes, those around it first. Null for what takes far
   * longer than source code of its length; otherwise the offset of the first place that could not be read.
   */
  parse(this: void, text: string, numbers: number[]): { broken: number | null } | null
}

/** The kind and field (`fieldBits` above it), where it begins, where it ends, and how many children it has. */
export const perNode = 4
export const fieldBits = 16

/** Some nonsense takes the parser quadratic time; source code takes a fiftieth of this. */
const leastTime = 3_000
const timePerCharacter = 0.005
const stepsPerLook = 50

/** Beside the main thread: both count as the process. */
const threads = isMainThread ? 1 : 2

/** Milliseconds that this process computed: on a busy machine a parse takes long, but no more of these. */
const timeUsed = (): number => process.cpuUsage().user / 1000

/** Of keywords and signs only those are kept that say more than the kind of the node around them. */
const telling = /^(async|and|or|in|not in|is|is not|not|[-+*/%<>=!&|^]+)$/
const leaf = /^(identifier|integer|float|true|false|none|string_start|string_content|ellipsis|type_conversion)$/
/** Only these have expressions in them; of others the source is enough. */
const formats = /^[rb]?[ft]/i
const silent = /^(comment|line_continuation|string_end)$/

/** Nodes whose children have no fields: what is not asked for is not waited for. */
const fieldless = new Set([
  'module',
  'block',
  'expression_statement',
  'string',
  'argument_list',
  'parameters',
  'list',
  'tuple',
  'dictionary',
  'comparison_operator',
  'return_statement',
  'parenthesized_expression',
])

interface Grammar extends Kinds {
  /** 0 to leave out, 1 for one without children, 2 for others. */
  sorts: number[]
  hasFields: boolean[]
  isColon: boolean[]
  isSlice: boolean[]
  isString: boolean[]
}

const grammarOf = (language: treeSitter.Language): Grammar => {
  const names = Array.from({ length: language.nodeTypeCount }, (_, id) => language.nodeTypeForId(id) ?? '')
  return {
    names,
    named: names.map((_, id) => language.nodeTypeIsNamed(id)),
    fields: Array.from({ length: language.fieldCount + 1 }, (_, id) => language.fieldNameForId(id)),
    sorts: names.map((name, id) => {
      if (!language.nodeTypeIsNamed(id)) return telling.test(name) && name !== '=' && name !== '->' ? 1 : 0
      return silent.test(name) ? 0 : leaf.test(name) ? 1 : 2
    }),
    hasFields: names.map(name => !fieldless.has(name)),
    isColon: names.map(name => name === ':'),
    isSlice: names.map(name => name === 'slice'),
    isString: names.map(name => name === 'string'),
  }
}

/** What the parser exports to walk over a tree: the place in the tree stays in its memory from call to call. */
interface Cursor {
  ts_tree_root_node_wasm: (tree: number) => void
  ts_tree_cursor_new_wasm: (tree: number) => void
  ts_tree_cursor_delete_wasm: (tree: number) => void
  ts_tree_cursor_current_node_type_id_wasm: (tree: number) => number
  ts_tree_cursor_current_field_id_wasm: (tree: number) => number
  ts_tree_cursor_start_index_wasm: (tree: number) => number
  ts_tree_cursor_end_index_wasm: (tree: number) => number
  ts_tree_cursor_goto_first_child_wasm: (tree: number) => number
  ts_tree_cursor_goto_next_sibling_wasm: (tree: number) => number
  ts_tree_cursor_goto_parent_wasm: (tree: number) => number
}

/**
 * Adds a tree to the numbers. The functions of the library do the same, but write and read the place of the cursor
 * around each question, which takes twice as long as the question.
 */
const copierOf = (cursor: Cursor, { named, sorts, hasFields, isColon, isSlice, isString }: Grammar) => {
  const typeAt = cursor.ts_tree_cursor_current_node_type_id_wasm
  const fieldAt = cursor.ts_tree_cursor_current_field_id_wasm
  const startAt = cursor.ts_tree_cursor_start_index_wasm
  const endAt = cursor.ts_tree_cursor_end_index_wasm
  const goIn = cursor.ts_tree_cursor_goto_first_child_wasm
  const goOn = cursor.ts_tree_cursor_goto_next_sibling_wasm
  const goOut = cursor.ts_tree_cursor_goto_parent_wasm

  return (tree: number, text: string, numbers: number[]): void => {
    // the cursor begins at the node that was asked for last
    cursor.ts_tree_root_node_wasm(tree)
    cursor.ts_tree_cursor_new_wasm(tree)
    const outer: { type: number; from: number }[] = []
    let around = { type: -1, from: -1 }
    for (;;) {
      const type = typeAt(tree)
      const sort = isColon[type] && isSlice[around.type] ? 1 : (sorts[type] ?? 2)
      if (sort > 0) {
        const from = numbers.length
        const isNamed = named[type] ?? true
        const at = isNamed ? startAt(tree) : 0
        const field = isNamed && around.from >= 0 && (hasFields[around.type] ?? true) ? fieldAt(tree) : 0
        numbers.push(type | (field << fieldBits), at, isNamed ? endAt(tree) : 0, 0)
        if (around.from >= 0) numbers[around.from + 3] = (numbers[around.from + 3] ?? 0) + 1
        if (sort > 1 && !(isString[type] && !formats.test(text.slice(at, at + 3))) && goIn(tree) === 1) {
          outer.push(around)
          around = { type, from }
          continue
        }
      }
      while (goOn(tree) !== 1) {
        const next = outer.pop()
        if (!next || goOut(tree) !== 1) {
          cursor.ts_tree_cursor_delete_wasm(tree)
          return
        }
        around = next
      }
    }
  }
}

const firstError = (root: treeSitter.Node): number => {
  let node = root
  while (!node.isError) {
    const next = node.children.find(child => child !== null && (child.hasError || child.isMissing))
    if (!next) break
    node = next
  }
  return node.startIndex
}

interface Instance {
  exports: object
}

/** Its types belong to those of browsers. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object
    Instance: new (module: object, imports: object) => Instance
  }
}

const open = async (): Promise<Parser> => {
  const require = createRequire(import.meta.url)
  const library = require('@vscode/tree-sitter-wasm') as typeof treeSitter
  const read = (name: string): Buffer => readFileSync(require.resolve(`@vscode/tree-sitter-wasm/wasm/${name}.wasm`))
  let cursor: Cursor | undefined
  const options = {
    locateFile: (name: string) => name,
    instantiateWasm: (imports: object, take: (instance: Instance, module: object) => object): object => {
      const module = new WebAssembly.Module(read('tree-sitter'))
      const instance = new WebAssembly.Instance(module, imports)
      cursor = instance.exports as Cursor
      return take(instance, module)
    },
  }
  await library.Parser.init(options)
  if (!cursor) throw new Error('the parser of Python was opened by another before')
  const language = await library.Language.load(read('tree-sitter-python'))
  const parser = new library.Parser()
  parser.setLanguage(language)
  const grammar = grammarOf(language)
  const copy = copierOf(cursor, grammar)
  return {
    kinds: grammar,
    parse: (text, numbers) => {
      let steps = 0
      // the first look is soon enough to begin with: most files are read before it
      let deadline = Infinity
      const tree = parser.parse(text.startsWith('\uFEFF') ? `\n${text.slice(1)}` : text, null, {
        progressCallback: () => {
          if (++steps % stepsPerLook > 0) return false
          const used = timeUsed()
          if (steps === stepsPerLook) deadline = used + threads * (leastTime + text.length * timePerCharacter)
          return used > deadline
        },
      })
      if (!tree) {
        parser.reset()
        return null
      }
      const { rootNode } = tree
      const broken = rootNode.hasError ? firstError(rootNode) : null
      copy((tree as unknown as [address: number])[0], text, numbers)
      tree.delete()
      return { broken }
    },
  }
}

let opened: Promise<Parser> | undefined

/** Opens the parser of Python, once. */
export const openParser = (): Promise<Parser> => (opened ??= open())
