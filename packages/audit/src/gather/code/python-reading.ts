import type { Source } from '../trees.ts'
import { expressions } from './python-expressions.ts'
import { statements } from './python-statements.ts'
import { lineCounter, type Node } from './python-tree.ts'
import {
  emptyModule,
  maxDepth,
  nothing,
  type ClassValue,
  type FunctionValue,
  type Module,
  type Range,
  type Value,
} from './values.ts'

/** Where names are bound. */
export interface Scope extends Range {
  kind: 'module' | 'class' | 'function' | 'comprehension'
  names: Set<string>
  /** Names that are said to be `global` or `nonlocal`. */
  outer: Map<string, 'global' | 'nonlocal'>
}

/** What an annotation says about a name. */
export interface Said {
  type: string | null
  annotation?: Value
}

/** One walk over the tree of a file, and where it is at the moment. */
export interface Reading {
  module: Module
  value(this: void, node: Node | undefined): Value
  /** A statement, or an expression whose value is not wanted. */
  visit(this: void, node: Node | undefined): void
  /** All that stands in a node. */
  inside(node: Node): void
  /** The source of a node. */
  text(this: void, node: Node | undefined): string
  line(node: Node): number
  /** Binds a name in the scope at hand; true when it belongs to a scope further out. */
  declare(name: string, given: Value, said: Said, bound: number, isWalrus?: boolean): boolean
  scoped(kind: Scope['kind'], range: Range, work: () => void): void
  /** What the code at hand belongs to, the innermost last. */
  within: { scopes: Scope[]; functions: FunctionValue[]; classes: ClassValue[] }
}

const newScope = (kind: Scope['kind'], { at, end }: Range): Scope => ({
  kind,
  at,
  end,
  names: new Set(),
  outer: new Map(),
})

/** Where a name that is bound at hand is visible, and whether that is a scope further out. */
const scopeOf = (name: string, scopes: Scope[], isWalrus: boolean): { scope: Scope; isOuter: boolean } => {
  const file = scopes[0] as Scope
  const depth = isWalrus ? scopes.findLastIndex(({ kind }) => kind !== 'comprehension') : scopes.length - 1
  const scope = scopes[depth] ?? file
  const said = scope.outer.get(name)
  if (said === 'global') return { scope: file, isOuter: true }
  if (said !== 'nonlocal') return { scope, isOuter: false }
  const functions = scopes.slice(1, depth).filter(({ kind }) => kind === 'function')
  return { scope: functions.findLast(({ names }) => names.has(name)) ?? functions.at(-1) ?? file, isOuter: true }
}

export const openReading = (source: Source): Reading & { breaksAt(offset: number, because: string): void } => {
  const module = emptyModule(source)
  const { text } = source
  const lineAt = lineCounter(text)
  const within: Reading['within'] = {
    scopes: [newScope('module', { at: 0, end: text.length })],
    functions: [],
    classes: [],
  }
  let depth = 0

  const breaksAt = (offset: number, because: string): void => {
    const line = lineAt(offset)
    if (!module.broken || line < module.broken.line) module.broken = { line, because }
  }

  const value = (node: Node | undefined): Value => {
    if (!node) return nothing
    if (depth > maxDepth) {
      breaksAt(node.at, 'it is nested too deep')
      return nothing
    }
    depth++
    const made = (expressions[node.kind] ?? other)(node, reading)
    depth--
    return made
  }

  const visit = (node: Node | undefined): void => {
    const read = node && statements[node.kind]
    if (!node || !read) value(node)
    else if (depth > maxDepth) breaksAt(node.at, 'it is nested too deep')
    else {
      depth++
      read(node, reading)
      depth--
    }
  }

  const other = (node: Node): Value => {
    reading.inside(node)
    return nothing
  }

  const reading: Reading = {
    module,
    value,
    visit,
    inside: ({ children }) => {
      for (const child of children) if (child.named) visit(child)
    },
    text: node => (node ? text.slice(node.at, node.end) : ''),
    line: ({ at }) => lineAt(at),
    declare: (name, given, said, at, isWalrus = false) => {
      const { scope, isOuter } = scopeOf(name, within.scopes, isWalrus)
      scope.names.add(name)
      module.declarations.push({ name, value: given, ...said, from: scope.at, to: scope.end, at })
      if (scope.kind === 'module') module.exports.push({ name, value: given })
      else if (scope.kind === 'class') within.classes.at(-1)?.members.push({ name, value: given, ...said })
      return isOuter
    },
    scoped: (kind, range, work) => {
      within.scopes.push(newScope(kind, range))
      work()
      within.scopes.pop()
    },
    within,
  }
  return { ...reading, breaksAt }
}
