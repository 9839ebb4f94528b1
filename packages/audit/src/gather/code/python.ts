import type { SgNode } from '@ast-grep/napi'
import type { Source } from '../trees.ts'
import { namedParts, nodesByKind, rangeOf, startOf } from './nodes.ts'
import { pythonExpressions, typeOf } from './python-expressions.ts'
import { emptyModule, innermost, nothing, type Module, type Value } from './values.ts'

const scopeKinds = ['function_definition', 'lambda', 'class_definition', 'list_comprehension', 'generator_expression']
const branchKinds = ['if_statement', 'match_statement', 'except_clause', 'while_statement', 'conditional_expression']

/** Reads a Python file. */
export const readPython = (root: SgNode, source: Source): Module => {
  const module = emptyModule(source)
  const kinds = nodesByKind(root, [
    ...scopeKinds,
    ...branchKinds,
    'import_statement',
    'import_from_statement',
    'assignment',
    'augmented_assignment',
    'for_statement',
    'for_in_clause',
    'as_pattern',
    'with_statement',
    'call',
    'return_statement',
    'case_pattern',
    'comparison_operator',
    'decorated_definition',
  ])
  const end = root.range().end.index
  const ranges = kinds(...scopeKinds).map(node => ({
    ...rangeOf(node),
    isClass: node.kind() === 'class_definition',
  }))
  const { value, name } = pythonExpressions(module)
  const scopeAt = (offset: number): { from: number; to: number } => {
    const range = innermost(ranges, offset)
    return range ? { from: range.at, to: range.end } : { from: 0, to: end }
  }

  /** Declares a name; at the level of a module or a class it is also an export or a member. */
  const declare = (target: SgNode, given: Value, type: string | null): void => {
    const at = startOf(target)
    if (target.kind() === 'attribute') {
      const member = value(target)
      if (member.is === 'member') module.assigned.push({ target: member, value: given })
      const owner = target.field('object')?.text()
      const attribute = target.field('attribute')?.text() ?? ''
      if (owner === 'self' || owner === 'cls')
        innermost(module.classes, at)?.members.push({ name: attribute, value: given, type })
      return
    }
    if (target.kind() !== 'identifier') return
    const scope = scopeAt(at)
    const range = innermost(ranges, at)
    module.declarations.push({ name: target.text(), value: given, type, ...scope })
    if (!range) module.exports.push({ name: target.text(), value: given })
    else if (range.isClass) innermost(module.classes, at)?.members.push({ name: target.text(), value: given, type })
  }

  const importsOf = (statement: SgNode): void => {
    const from = statement.field('module_name')?.text() ?? null
    const at = startOf(statement)
    const add = (local: string, made: Value): void => {
      module.declarations.push({ name: local, value: made, type: null, ...scopeAt(at) })
      if (!innermost(ranges, at)) module.exports.push({ name: local, value: made })
    }
    const imported = namedParts(statement).filter(
      part => from === null || part.id() !== statement.field('module_name')?.id(),
    )
    for (const part of imported) {
      if (part.kind() === 'wildcard_import') add('*', { is: 'import', module: from ?? '', name: '*' })
      const named = part.kind() === 'aliased_import' ? (part.field('name')?.text() ?? '') : part.text()
      const alias = part.field('alias')?.text()
      if (from !== null) add(alias ?? named, { is: 'import', module: from, name: named })
      else if (alias) add(alias, { is: 'import', module: named, name: '*' })
      else add(named.split('.', 1)[0] ?? named, { is: 'import', module: named.split('.', 1)[0] ?? named, name: '*' })
    }
  }

  for (const node of kinds('import_statement', 'import_from_statement')) importsOf(node)
  for (const node of kinds('class_definition', 'function_definition')) {
    const made = value(node)
    const at = startOf(node)
    const named = node.field('name')
    if (!named || (made.is !== 'class' && made.is !== 'function')) continue
    const outer = innermost(
      ranges.filter(range => range.at !== at),
      at,
    )
    const scope = outer ? { from: outer.at, to: outer.end } : { from: 0, to: end }
    module.declarations.push({ name: named.text(), value: made, type: null, ...scope })
    if (!outer) module.exports.push({ name: named.text(), value: made })
    else if (outer.isClass)
      module.classes.find(({ at }) => at === outer.at)?.members.push({ name: named.text(), value: made, type: null })
  }
  for (const node of kinds('assignment')) {
    const left = node.field('left')
    if (left && node.field('right')) declare(left, value(node.field('right')), typeOf(node.field('type')))
    else if (left) declare(left, nothing, typeOf(node.field('type')))
  }
  for (const node of kinds('augmented_assignment')) {
    const left = node.field('left')
    const added: Value = { is: 'member', of: left ? name(left) : nothing, name: 'extend' }
    const { start, end } = node.range()
    const given = [value(node.field('right'))]
    if (node.field('operator')?.text() === '+=')
      module.calls.push({
        is: 'call',
        callee: added,
        arguments: given,
        named: [],
        constructs: false,
        at: start.index,
        end: end.index,
        line: start.line + 1,
      })
  }
  for (const node of kinds('for_statement', 'for_in_clause')) {
    const left = node.field('left')
    if (left) declare(left, { is: 'element', of: value(node.field('right')) }, null)
  }
  for (const node of kinds('as_pattern')) {
    const [given, target] = namedParts(node)
    const inner = namedParts(target ?? null)[0]
    if (given && inner) declare(inner, value(given), null)
  }
  for (const node of kinds('with_statement'))
    for (const item of namedParts(namedParts(node)[0] ?? null)) {
      const entered = item.field('value') ?? namedParts(item)[0] ?? null
      const inner = entered?.kind() === 'as_pattern' ? (namedParts(entered)[0] ?? null) : entered
      module.contexts.push({ value: value(inner), ...rangeOf(node) })
    }
  for (const node of kinds('call')) {
    const made = value(node)
    if (made.is === 'call') module.calls.push(made)
  }
  for (const node of kinds('return_statement')) {
    const given = namedParts(node)[0]
    if (given) innermost(module.functions, startOf(node))?.returns.push(value(given))
  }
  for (const node of kinds('case_pattern'))
    module.compared.push({ value: value(namedParts(node)[0] ?? null), line: node.range().start.line + 1 })
  for (const node of kinds('comparison_operator'))
    if (node.children().some(child => child.kind() === '=='))
      module.compared.push({ value: value(namedParts(node)[1] ?? null), line: node.range().start.line + 1 })
  module.branches = kinds(...branchKinds).map(rangeOf)
  for (const node of kinds('decorated_definition')) {
    const definition = value(node.field('definition'))
    if (definition.is !== 'function') continue
    for (const decorator of namedParts(node).filter(part => part.kind() === 'decorator'))
      module.decorated.push({ decorator: value(namedParts(decorator)[0] ?? null), function: definition })
  }
  return module
}
