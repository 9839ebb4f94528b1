import type { Node } from '@babel/types'
import { readExport, readImport } from './typescript-links.ts'
import { lineOf, rangeOf, typeOf } from './typescript-nodes.ts'
import type { Reading } from './typescript-reading.ts'
import { nothing, type Guard, type Leaving, type Loop, type Switch, type Value } from './values.ts'

const ending = /^process\.(exit|abort)\(/

/** How a statement ends what it stands in, on every path. */
const leavingOf = (node: Node | null | undefined, reading: Reading): Leaving => {
  switch (node?.type) {
    case 'ReturnStatement':
      return 'return'
    case 'ThrowStatement':
      return 'throw'
    case 'ContinueStatement':
    case 'BreakStatement':
      return 'loop'
    case 'BlockStatement': {
      const last = node.body.findLast(each => each.type !== 'FunctionDeclaration')
      return leavingOf(last, reading)
    }
    case 'IfStatement': {
      const then = leavingOf(node.consequent, reading)
      return then && leavingOf(node.alternate, reading) ? then : null
    }
    case 'TryStatement':
      return node.handler && !leavingOf(node.handler.body, reading) ? null : leavingOf(node.block, reading)
    case 'ExpressionStatement':
      return ending.test(reading.text(node)) ? 'throw' : null
    default:
      return null
  }
}

const branchOf = (node: Node, reading: Reading) => ({ ...rangeOf(node), leaves: leavingOf(node, reading) })

const readIf = (node: Node & { type: 'IfStatement' }, reading: Reading): void => {
  reading.branch(node)
  const guard: Guard = {
    test: nothing,
    line: lineOf(node),
    ...rangeOf(node),
    consequent: branchOf(node.consequent, reading),
    alternate: node.alternate ? branchOf(node.alternate, reading) : null,
  }
  reading.module.guards.push(guard)
  guard.test = reading.value(node.test)
  reading.visit(node.consequent)
  reading.visit(node.alternate)
}

/** An expression as a statement: `test ? a() : b()`, `test && a()` and `a(), b()` are what minifiers make of statements. */
const readExpression = (node: Node, reading: Reading): void => {
  switch (node.type) {
    case 'ParenthesizedExpression':
      return readExpression(node.expression, reading)
    case 'SequenceExpression':
      return node.expressions.forEach(each => readExpression(each, reading))
    case 'ConditionalExpression':
      return readArms(node, node.test, node.consequent, node.alternate, reading)
    case 'LogicalExpression':
      if (node.operator !== '??') return readArms(node, node.left, node.right, null, reading, node.operator === '||')
      break
    default:
      break
  }
  drop(reading.value(node), reading)
}

const readArms = (
  node: Node,
  test: Node,
  consequent: Node,
  alternate: Node | null,
  reading: Reading,
  isNegated = false,
): void => {
  const armOf = (arm: Node): Guard['consequent'] => ({
    ...rangeOf(arm),
    leaves: ending.test(reading.text(arm)) ? 'throw' : null,
  })
  reading.branch(node)
  const guard: Guard = {
    test: nothing,
    line: lineOf(node),
    ...rangeOf(node),
    consequent: armOf(consequent),
    alternate: alternate ? armOf(alternate) : null,
  }
  reading.module.guards.push(guard)
  const value = reading.value(test)
  guard.test = isNegated ? { is: 'not', of: value } : value
  readExpression(consequent, reading)
  if (alternate) readExpression(alternate, reading)
}

const readTry = (node: Node & { type: 'TryStatement' }, reading: Reading): void => {
  const { handler, finalizer } = node
  reading.module.tries.push({
    ...rangeOf(node),
    body: rangeOf(node.block),
    handlers: handler
      ? [
          {
            ...rangeOf(handler),
            line: lineOf(handler),
            types: [],
            binds: handler.param?.type === 'Identifier' ? handler.param.name : null,
            empty: handler.body.body.length === 0,
            leaves: leavingOf(handler.body, reading),
          },
        ]
      : [],
    finally: finalizer ? rangeOf(finalizer) : null,
  })
  reading.visit(node.block)
  if (handler) {
    reading.branch(handler)
    reading.scoped(handler, () => {
      if (handler.param) reading.declare(handler.param, nothing, null, reading.scope())
      reading.visit(handler.body)
    })
  }
  reading.visit(finalizer)
}

const readVariables = (node: Node & { type: 'VariableDeclaration' }, reading: Reading): void => {
  const scope = node.kind === 'var' ? reading.functionScope() : reading.scope()
  for (const declarator of node.declarations) {
    const value = reading.value(declarator.init)
    const annotation = 'typeAnnotation' in declarator.id ? declarator.id.typeAnnotation : null
    reading.declare(declarator.id, value, typeOf(annotation, reading), scope, declarator.end ?? 0)
    if (!node.kind.endsWith('using')) continue
    const isAsync = node.kind === 'await using' ? { isAsync: true as const } : {}
    reading.module.contexts.push({ value, at: node.start ?? 0, end: scope.to, ...isAsync })
  }
}

const readLoop = (node: Node, reading: Reading): void => {
  reading.scoped(node, () => {
    const loop: Loop = { kind: 'for', of: nothing, line: lineOf(node), ...rangeOf(node) }
    reading.module.loops.push(loop)
    if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') {
      loop.of = reading.value(node.right)
      const taken: Value = node.type === 'ForOfStatement' ? { is: 'element', of: loop.of } : nothing
      const { left } = node
      const pattern = left.type === 'VariableDeclaration' ? left.declarations[0]?.id : left
      if (pattern && pattern.type !== 'MemberExpression') reading.declare(pattern, taken, null, reading.scope())
      reading.visit(node.body)
    } else if (node.type === 'ForStatement') {
      reading.visit(node.init)
      loop.of = reading.value(node.test)
      reading.visit(node.update)
      reading.visit(node.body)
    } else if (node.type === 'WhileStatement' || node.type === 'DoWhileStatement') {
      reading.branch(node)
      loop.kind = 'while'
      loop.of = reading.value(node.test)
      reading.visit(node.body)
    }
  })
}

/** What a statement throws away: not what it assigns. */
const drop = (value: Value, reading: Reading): void => {
  const isKept = reading.module.writes.at(-1)?.value === value
  if (value.is === 'call' && !value.awaited && !isKept) value.dropped = true
  if (value.is === 'both' || value.is === 'either') drop(value.second, reading)
  if (value.is === 'choice') for (const option of value.options) drop(option, reading)
}

const readEnum = (node: Node & { type: 'TSEnumDeclaration' }, reading: Reading): void => {
  const members = 'members' in node && Array.isArray(node.members) ? node.members : []
  const fields = members.map((member, number): [string, Value] => {
    const name = member.id.type === 'Identifier' ? member.id.name : member.id.value
    return [name, member.initializer ? reading.value(member.initializer) : { is: 'number', number }]
  })
  const value: Value = { is: 'record', fields, at: node.start ?? 0, line: lineOf(node) }
  reading.declare(node.id, value, null, reading.scope())
}

/** Functions can be called before they are defined. */
const declareDefinition = (name: string, value: Value, reading: Reading): void => {
  const scope = reading.scope()
  reading.module.declarations.push({ name, value, type: null, ...scope, at: scope.from })
}

/** Reads a statement, or an expression whose value nobody wants. */
export const statement = (node: Node, reading: Reading): void => {
  const { module, within } = reading
  switch (node.type) {
    case 'ExpressionStatement':
      return readExpression(node.expression, reading)
    case 'VariableDeclaration':
      return readVariables(node, reading)
    case 'FunctionDeclaration': {
      const made = reading.function(node)
      if (made.name) declareDefinition(made.name, made, reading)
      return
    }
    case 'ClassDeclaration': {
      const made = reading.class(node)
      if (made.name) declareDefinition(made.name, made, reading)
      return
    }
    case 'ReturnStatement': {
      const value = reading.value(node.argument)
      if (node.argument) within.functions.at(-1)?.returns.push(value)
      module.returns.push({ value, at: node.start ?? 0, line: lineOf(node) })
      return
    }
    case 'ThrowStatement':
      module.throws.push({ value: reading.value(node.argument), at: node.start ?? 0, line: lineOf(node) })
      return
    case 'IfStatement':
      return readIf(node, reading)
    case 'TryStatement':
      return readTry(node, reading)
    case 'SwitchStatement': {
      reading.branch(node)
      const read: Switch = { of: reading.value(node.discriminant), cases: [] }
      module.switches.push(read)
      for (const one of node.cases) {
        const { test, consequent } = one
        const value = test ? reading.value(test) : null
        if (test && value) module.compared.push({ value, line: lineOf(test) })
        const [first, last] = [consequent[0], consequent.at(-1)]
        read.cases.push({ ...rangeOf(one), tests: value ? [value] : [], leaves: leavingOf(last, reading) !== null })
        if (first && last) module.branches.push({ at: first.start ?? 0, end: last.end ?? 0, isCase: true })
        consequent.forEach(reading.visit)
      }
      return
    }
    case 'BlockStatement':
    case 'StaticBlock':
    case 'TSModuleBlock':
      return reading.scoped(node, () => node.body.forEach(reading.visit))
    case 'ForOfStatement':
    case 'ForInStatement':
    case 'ForStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return readLoop(node, reading)
    case 'TSEnumDeclaration':
      return readEnum(node, reading)
    case 'ImportDeclaration':
    case 'TSImportEqualsDeclaration':
      return readImport(node, reading)
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
    case 'ExportAllDeclaration':
    case 'TSExportAssignment':
      return readExport(node, reading)
    default:
      // an expression, or something that only holds other nodes
      if (/Expression$|Literal$|^Identifier$|Function|Method$/.test(node.type)) reading.value(node)
      else reading.inside(node)
  }
}
