import type { Node } from '@babel/types'
import { lineOf, rangeOf } from './typescript-nodes.ts'
import { readClass, readFunction } from './typescript-functions.ts'
import { expression } from './typescript-expressions.ts'
import { statement } from './typescript-statements.ts'
import { maxDepth, nothing, type ClassValue, type FunctionValue, type Module, type Value } from './values.ts'

/** The offsets between which a declaration is visible. */
export interface Scope {
  from: number
  to: number
}

/** One walk over the tree of a file, and where it is at the moment. */
export interface Reading {
  module: Module
  value(this: void, node: Node | null | undefined): Value
  /** A statement, or an expression whose value is not wanted. */
  visit(this: void, node: Node | null | undefined): void
  /** All that stands in a node. */
  inside(node: Node): void
  /** The source of a node. */
  text(node: Node): string
  name(name: string, node: Node): Value
  /** `require("x")`, and an import that only runs a file: they bind no name and are dependencies all the same. */
  loads(module: string): Value & { is: 'import' }
  function(node: Node): FunctionValue
  class(node: Node): ClassValue
  /** Declares a name, or all names of a pattern. */
  /** It holds from `at`, an offset, on; from the end of the pattern unless told. */
  declare(pattern: Node, given: Value, type: string | null, scope: Scope, at?: number): void
  assign(node: Node & { type: 'AssignmentExpression' }): Value
  write(node: Node, target: Node, operator: string, value: Value): void
  branch(node: Node): void
  /** Reads with declarations visible in the range of a node only. */
  scoped(node: Node, work: () => void): void
  /** The innermost block, and the innermost function, for `var`. */
  scope(): Scope
  functionScope(): Scope
  /** What the code at hand belongs to. */
  within: { functions: FunctionValue[]; classes: ClassValue[] }
  /** Assignments to names; their scope is known when all has been read. */
  assigned: { name: string; value: Value; at: number; end: number }[]
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

const isType = (node: Node): boolean =>
  /^(TS(?!(As|NonNull|Satisfies|Instantiation|Export|Import|Enum|Module|TypeAssertion|Parameter))|(Type|Interface|Declare)[A-Z])/.test(
    node.type,
  )

const skipped = new Set(['loc', 'extra', 'range', 'errors', 'typeAnnotation', 'typeParameters', 'returnType'])

const assignedTo = (left: Node, given: Value, end: number, reading: Reading): void => {
  const { module, within } = reading
  if (left.type === 'Identifier') reading.assigned.push({ name: left.name, value: given, at: left.start ?? 0, end })
  if (left.type === 'ObjectPattern' || left.type === 'ArrayPattern')
    reading.declare(left, given, null, reading.scope(), end)
  const target = reading.value(left)
  if (target.is !== 'member') return
  module.assigned.push({ target, value: given })
  const owner = target.of.is === 'name' ? target.of.name : null
  if (owner === 'this') within.classes.at(-1)?.members.push({ name: target.name, value: given, type: null })
  else if (owner === 'exports') exportAs(target.name, given, module)
  else if (owner === 'module' && target.name === 'exports') {
    exportAs('default', given, module)
    if (given.is === 'record') for (const [name, value] of given.fields) exportAs(name, value, module)
  } else if (
    target.of.is === 'member' &&
    target.of.name === 'exports' &&
    target.of.of.is === 'name' &&
    target.of.of.name === 'module'
  )
    exportAs(target.name, given, module)
}

/** `[first, ...rest]`: what `slice` gives. */
const restOf = (of: Value, from: Value, node: Node): Value => ({
  is: 'call',
  callee: { is: 'member', of, name: 'slice' },
  arguments: [from],
  named: [],
  constructs: false,
  ...rangeOf(node),
  line: lineOf(node),
})

/** Compilers write `exports.x = void 0` first. */
const exportAs = (name: string, value: Value, module: Module): void => {
  if (value.is !== 'constant' || value.of !== null) module.exports.push({ name, value })
}

export const openReading = (module: Module, source: string): Reading => {
  // what is exported by the last statement stands for what holds after it
  const file: Scope = { from: 0, to: source.length + 1 }
  const scopes: Scope[] = [file]
  const functionScopes: Scope[] = [file]
  let depth = 0

  const deeper = <T>(otherwise: T, work: () => T): T => {
    if (depth > maxDepth) return otherwise
    depth++
    try {
      return work()
    } finally {
      depth--
    }
  }

  const reading: Reading = {
    module,
    within: { functions: [], classes: [] },
    assigned: [],
    text: node => source.slice(node.start ?? 0, node.end ?? 0),
    name: (name, node) => ({ is: 'name', name, at: node.start ?? 0 }),
    loads: name => {
      const value = { is: 'import', module: name, name: '*' } as const
      module.declarations.push({ name: '', value, type: null, from: 0, to: 0, at: 0 })
      return value
    },
    value: node => (node ? deeper<Value>(nothing, () => expression(node, reading)) : nothing),
    visit: node => {
      if (node && !isType(node)) deeper(undefined, () => statement(node, reading))
    },
    inside: node => {
      for (const [key, child] of Object.entries(node)) {
        if (typeof child !== 'object' || child === null || skipped.has(key)) continue
        if (Array.isArray(child)) for (const each of (child as unknown[]).filter(isNode)) reading.visit(each)
        else if (isNode(child)) reading.visit(child)
      }
    },
    function: node => readFunction(node, reading),
    class: node => readClass(node, reading),
    scope: () => scopes.at(-1) ?? file,
    functionScope: () => functionScopes.at(-1) ?? file,
    scoped: (node, work) => {
      const scope = { from: node.start ?? 0, to: node.end ?? 0 }
      const isFunction = /Function|Method/.test(node.type)
      scopes.push(scope)
      if (isFunction) functionScopes.push(scope)
      work()
      scopes.pop()
      if (isFunction) functionScopes.pop()
    },
    branch: node => module.branches.push(rangeOf(node)),
    write: (node, target, operator, value) => {
      module.writes.push({ target: reading.value(target), operator, value, line: lineOf(node), ...rangeOf(node) })
    },
    assign: node => {
      const given = reading.value(node.right)
      if (node.operator === '=' || node.operator.endsWith('||=') || node.operator === '??=')
        assignedTo(node.left, given, node.end ?? 0, reading)
      reading.write(node, node.left, node.operator, given)
      return given
    },
    declare: (pattern, given, type, scope, at = pattern.end ?? 0) => {
      switch (pattern.type) {
        case 'Identifier':
          module.declarations.push({ name: pattern.name, value: given, type, ...scope, at })
          return
        case 'AssignmentPattern':
          return reading.declare(
            pattern.left,
            { is: 'either', first: given, second: reading.value(pattern.right) },
            type,
            scope,
            at,
          )
        case 'RestElement':
          return reading.declare(pattern.argument, given, type, scope, at)
        case 'ArrayPattern':
          return pattern.elements.forEach((element, number) => {
            const index: Value = { is: 'number', number }
            const item: Value =
              element?.type === 'RestElement' ? restOf(given, index, element) : { is: 'index', of: given, index }
            if (element) reading.declare(element, item, null, scope, at)
          })
        case 'ObjectPattern':
          for (const property of pattern.properties) {
            // what is left of a record is the record, as far as its fields are concerned
            if (property.type === 'RestElement') reading.declare(property, given, null, scope, at)
            else if (property.computed)
              reading.declare(
                property.value,
                { is: 'index', of: given, index: reading.value(property.key) },
                null,
                scope,
                at,
              )
            else {
              const name =
                property.key.type === 'Identifier'
                  ? property.key.name
                  : reading.text(property.key).replace(/^['"]|['"]$/g, '')
              reading.declare(property.value, { is: 'member', of: given, name }, null, scope, at)
            }
          }
      }
    },
  }
  return reading
}
