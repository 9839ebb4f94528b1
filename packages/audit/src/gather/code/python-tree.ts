import { createRequire } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import treeSitter from '@vscode/tree-sitter-wasm'
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

const none: Node[] = []

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

interface Kinds {
  names: string[]
  named: boolean[]
  fields: (string | null)[]
  /** 0 to leave out, 1 for one without children, 2 for others. */
  sorts: number[]
}

const kindsOf = (language: treeSitter.Language): Kinds => {
  const names = Array.from({ length: language.nodeTypeCount }, (_, id) => language.nodeTypeForId(id) ?? '')
  return {
    names,
    named: names.map((_, id) => language.nodeTypeIsNamed(id)),
    fields: Array.from({ length: language.fieldCount + 1 }, (_, id) => language.fieldNameForId(id)),
    sorts: names.map((name, id) => {
      if (!language.nodeTypeIsNamed(id)) return telling.test(name) && name !== '=' && name !== '->' ? 1 : 0
      return silent.test(name) ? 0 : leaf.test(name) ? 1 : 2
    }),
  }
}

/** The tree as plain objects: a walk over these costs no calls into another machine. */
const copied = (cursor: treeSitter.TreeCursor, text: string, { names, named, fields, sorts }: Kinds): Node => {
  const top: Node = { kind: '', named: false, field: null, at: 0, end: 0, children: [] }
  const around: Node[] = [top]
  for (;;) {
    const type = cursor.nodeTypeId
    const kind = names[type] ?? 'ERROR'
    const parent = around[around.length - 1]
    const isColon = kind === ':' && parent?.kind === 'slice'
    const sort = isColon ? 1 : (sorts[type] ?? 2)
    let isOpen = false
    if (sort > 0) {
      const isNamed = named[type] ?? true
      const at = isNamed ? cursor.startIndex : 0
      const node: Node = {
        kind,
        named: isNamed,
        field: isNamed && !fieldless.has(parent?.kind ?? '') ? (fields[cursor.currentFieldId] ?? null) : null,
        at,
        end: isNamed ? cursor.endIndex : 0,
        children: sort === 1 ? none : [],
      }
      parent?.children.push(node)
      isOpen = sort > 1 && !(kind === 'string' && !formats.test(text.slice(at, at + 3))) && cursor.gotoFirstChild()
      if (isOpen) around.push(node)
    }
    if (isOpen) continue
    while (!cursor.gotoNextSibling()) {
      around.pop()
      if (!cursor.gotoParent()) return top.children[0] ?? top
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

const open = async (): Promise<(text: string) => Tree | null> => {
  await treeSitter.Parser.init()
  const path = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm')
  const language = await treeSitter.Language.load(path)
  const parser = new treeSitter.Parser()
  parser.setLanguage(language)
  const kinds = kindsOf(language)
  return text => {
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
    const cursor = tree.walk()
    const root = copied(cursor, text, kinds)
    const broken = tree.rootNode.hasError ? firstError(tree.rootNode) : null
    cursor.delete()
    tree.delete()
    return { root, broken }
  }
}

let opened: ReturnType<typeof open> | undefined

/** Opens the parser, once: text to tree; null for what takes far longer than source code of its length. */
export const openPython = (): ReturnType<typeof open> => (opened ??= open())

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
