import type { SgNode } from '@ast-grep/napi'
import type { Source } from '../trees.ts'
import { namedParts, nodesByKind, rangeOf, startOf } from './nodes.ts'
import { functionKinds, textOf, typeOf, typescriptExpressions } from './typescript-expressions.ts'
import { emptyModule, innermost, type Module, type Value } from './values.ts'

const branchKinds = ['if_statement', 'switch_statement', 'ternary_expression', 'catch_clause', 'while_statement']

/** Reads a TypeScript or JavaScript file. */
export const readTypeScript = (root: SgNode, source: Source): Module => {
  const module = emptyModule(source)
  const isJavaScript = /\.[mc]?js$/.test(source.path)
  const classKinds = ['class_declaration', 'class', ...(isJavaScript ? [] : ['abstract_class_declaration'])]
  const kinds = nodesByKind(root, [
    ...functionKinds,
    ...classKinds,
    ...branchKinds,
    'statement_block',
    'for_in_statement',
    'for_statement',
    'import_statement',
    'export_statement',
    'variable_declarator',
    'assignment_expression',
    'call_expression',
    'new_expression',
    'return_statement',
    'switch_case',
    'binary_expression',
  ])
  const end = root.range().end.index
  const ranges = kinds(...functionKinds, 'statement_block', 'for_in_statement', 'for_statement').map(rangeOf)
  const { value, name, declare } = typescriptExpressions(module)
  const scopeAt = (offset: number): { from: number; to: number } => {
    const range = innermost(ranges, offset)
    return range ? { from: range.at, to: range.end } : { from: 0, to: end }
  }

  const importsOf = (statement: SgNode): void => {
    const source = statement.field('source')
    if (!source) return
    const add = (local: string, imported: string): void => {
      const made: Value = { is: 'import', module: textOf(source), name: imported }
      module.declarations.push({ name: local, value: made, type: null, from: 0, to: end })
    }
    for (const part of namedParts(namedParts(statement).find(child => child.kind() === 'import_clause') ?? null)) {
      if (part.kind() === 'identifier') add(part.text(), 'default')
      else if (part.kind() === 'namespace_import') add(namedParts(part)[0]?.text() ?? '', '*')
      else
        for (const specifier of namedParts(part)) {
          const imported = specifier.field('name')?.text() ?? ''
          add(specifier.field('alias')?.text() ?? imported, imported)
        }
    }
  }

  const exportsOf = (statement: SgNode): void => {
    const source = statement.field('source')
    const declaration = statement.field('declaration')
    const exported = statement.field('value')
    const isDefault = statement.children().some(child => child.kind() === 'default')
    if (exported) module.exports.push({ name: 'default', value: value(exported) })
    if (declaration) {
      const names = /^(lexical|variable)_declaration$/.test(String(declaration.kind()))
        ? namedParts(declaration).map(declarator => declarator.field('name'))
        : [declaration.field('name')]
      for (const named of names)
        if (named) module.exports.push({ name: isDefault ? 'default' : named.text(), value: name(named) })
    }
    const clause = namedParts(statement).find(child => child.kind() === 'export_clause')
    for (const specifier of namedParts(clause ?? null)) {
      const local = specifier.field('name')
      if (!local) continue
      const exportedName = specifier.field('alias')?.text() ?? local.text()
      const made: Value = source ? { is: 'import', module: textOf(source), name: local.text() } : name(local)
      module.exports.push({ name: exportedName, value: made })
    }
    if (source && !clause)
      module.exports.push({ name: '*', value: { is: 'import', module: textOf(source), name: '*' } })
  }

  const assignmentOf = (node: SgNode): void => {
    const left = node.field('left')
    const given = value(node.field('right'))
    if (left?.kind() === 'identifier') {
      const at = startOf(left)
      const known = module.declarations.findLast(({ name, from, to }) => name === left.text() && from <= at && at < to)
      module.declarations.push({
        name: left.text(),
        value: given,
        type: null,
        ...(known ? { from: known.from, to: known.to } : { from: 0, to: end }),
      })
    } else if (left?.kind() === 'member_expression') {
      const target = value(left)
      if (target.is === 'member') module.assigned.push({ target, value: given })
      const property = left.field('property')?.text() ?? ''
      const owner = left.field('object')?.text()
      if (owner === 'this')
        innermost(module.classes, startOf(left))?.members.push({ name: property, value: given, type: null })
      else if (owner === 'exports') module.exports.push({ name: property, value: given })
      else if (owner === 'module' && property === 'exports') {
        module.exports.push({ name: 'default', value: given })
        if (given.is === 'record') for (const [name, value] of given.fields) module.exports.push({ name, value })
      }
    }
  }

  for (const node of kinds('import_statement')) importsOf(node)
  for (const node of kinds(...classKinds)) {
    const made = value(node)
    if (made.is === 'class' && made.name) {
      const scope = scopeAt(made.at)
      module.declarations.push({ name: made.name, value: made, type: null, ...scope })
    }
  }
  for (const node of kinds(...functionKinds)) {
    const made = value(node)
    if (made.is === 'function' && made.name && String(node.kind()).endsWith('function_declaration'))
      module.declarations.push({ name: made.name, value: made, type: null, ...scopeAt(made.at - 1) })
  }
  for (const node of kinds('variable_declarator')) {
    const pattern = node.field('name')
    if (pattern) declare(pattern, value(node.field('value')), typeOf(node.field('type')), scopeAt(startOf(node)))
  }
  for (const node of kinds('for_in_statement')) {
    const pattern = node.field('left')
    const range = { from: startOf(node), to: node.range().end.index }
    if (pattern && node.field('operator')?.text() === 'of')
      declare(pattern, { is: 'element', of: value(node.field('right')) }, null, range)
  }
  for (const node of kinds('assignment_expression')) assignmentOf(node)
  for (const node of kinds('call_expression', 'new_expression')) {
    const made = value(node)
    if (made.is === 'call') module.calls.push(made)
  }
  for (const node of kinds('return_statement')) {
    const given = namedParts(node)[0]
    if (given) innermost(module.functions, startOf(node))?.returns.push(value(given))
  }
  for (const node of kinds('export_statement')) exportsOf(node)
  for (const node of kinds('switch_case'))
    module.compared.push({ value: value(node.field('value')), line: node.range().start.line + 1 })
  for (const node of kinds('binary_expression'))
    if (/^===?$/.test(node.field('operator')?.text() ?? ''))
      module.compared.push({ value: value(node.field('right')), line: node.range().start.line + 1 })
  module.branches = kinds(...branchKinds).map(rangeOf)
  return module
}
