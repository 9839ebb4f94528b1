import type { SgNode } from '@ast-grep/napi'
import { namedParts } from '../code/nodes.ts'
import type { Source } from '../trees.ts'
import type { NamedFunction } from './function.ts'

const functionKind =
  /^(function_declaration|generator_function_declaration|function_expression|function|arrow_function|generator_function|method_definition)$/

const isPassedOver = (node: SgNode): boolean =>
  /^(decorator|function_signature|;)$/.test(String(node.kind())) ||
  (node.kind() === 'comment' && !node.text().startsWith('/**')) ||
  (node.kind() === 'export_statement' && node.field('declaration')?.kind() === 'function_signature')

/** The documentation comment right before a statement, over its decorators. */
const commentBefore = (node: SgNode): string | null => {
  let before = node.prev()
  while (before && isPassedOver(before)) before = before.prev()
  return before?.kind() === 'comment' && before.text().startsWith('/**') ? before.text() : null
}

const parametersOf = (node: SgNode): SgNode[] => {
  const single = node.field('parameter')
  return single ? [single] : namedParts(node.field('parameters'))
}

/** A default value and `this` have a type of their own. */
const isTyped = (parameter: SgNode): boolean => {
  const kind = String(parameter.kind())
  if (kind === 'assignment_pattern') return parameter.field('left')?.kind() === 'identifier'
  if (!/^(required|optional)_parameter$/.test(kind)) return kind === 'this'
  return parameter.field('type') !== null || parameter.field('value') !== null || /^this\b/.test(parameter.text())
}

const nameOf = (parameter: SgNode): string =>
  parameter
    .text()
    .split(/[\s:=?]/)[0]
    ?.slice(0, 40) ?? ''

/** What a curried function gives back, or an expression that is cast, states its type further in. */
const statesReturn = (node: SgNode): boolean => {
  if (node.field('return_type')) return true
  const body = node.field('body')
  const kind = String(body?.kind())
  if (kind === 'arrow_function' && body) return statesReturn(body)
  return /^(as_expression|satisfies_expression)$/.test(kind)
}

/** JSDoc types count in JavaScript. */
const untypedInComment = (node: SgNode, comment: string | null, untyped: string[]): string[] => {
  if (!comment) return untyped
  if (/@type\s*\{/.test(comment)) return []
  const typed = new Set([...comment.matchAll(/@param\s*\{[^\n]*\}\s*\[?([\w$]+)/g)].map(([, name]) => name))
  const count = (comment.match(/@param\s*\{/g) ?? []).length
  const given = parametersOf(node).length
  const givesBack = node.findAll({ rule: { kind: 'return_statement' } }).some(each => namedParts(each).length > 0)
  return untyped.filter(name =>
    name === 'return'
      ? !/@returns?\s*\{/.test(comment) && (givesBack || node.field('body')?.kind() !== 'statement_block')
      : !typed.has(name) && count < given,
  )
}

interface Found {
  node: SgNode
  name: string
  /** The statement whose comment documents it. */
  statement: SgNode
  isExported: boolean
  /** Its type is stated by what it is assigned to. */
  isTyped: boolean
}

const unwrapped = (value: SgNode | null, isTyped = false): { node: SgNode | null; isTyped: boolean } => {
  const kind = String(value?.kind())
  if (!/^(satisfies|as|parenthesized)_expression$/.test(kind)) return { node: value, isTyped }
  return unwrapped(namedParts(value)[0] ?? null, isTyped || kind !== 'parenthesized_expression')
}

const methodsOf = (owner: SgNode, name: string, isExported: boolean): Found[] => {
  const inherits = owner.children().some(child => child.kind() === 'class_heritage')
  return namedParts(owner.field('body')).flatMap((node): Found[] => {
    if (node.kind() !== 'method_definition') return []
    const key = node.field('name')?.text() ?? ''
    const words = node.children().map(child => child.text())
    const hidden = words.some(word => /^(private|protected)$/.test(word)) || /^[#_]/.test(key)
    const full = inherits || words.includes('override') ? `${name}.${key}^` : `${name}.${key}`
    return [{ node, name: full, statement: node, isExported: isExported && !hidden, isTyped: false }]
  })
}

const foundIn = (statement: SgNode, declaration: SgNode, exported: ReadonlySet<string>, isExport: boolean): Found[] => {
  const kind = String(declaration.kind())
  const name = declaration.field('name')?.text() ?? 'default'
  if (/^(abstract_)?class(_declaration)?$/.test(kind))
    return methodsOf(declaration, name, isExport || exported.has(name))
  if (functionKind.test(kind))
    return [{ node: declaration, name, statement, isExported: isExport || exported.has(name), isTyped: false }]
  if (!/^(lexical|variable)_declaration$/.test(kind)) return []
  return namedParts(declaration).flatMap((declarator): Found[] => {
    const { node, isTyped } = unwrapped(declarator.field('value'))
    const own = declarator.field('name')?.text() ?? ''
    if (!node || !functionKind.test(String(node.kind()))) return []
    const stated = isTyped || declarator.field('type') !== null
    return [{ node, name: own, statement, isExported: isExport || exported.has(own), isTyped: stated }]
  })
}

/** Names that `export { a, b as c }`, `export default a` and `module.exports = { a }` give away. */
const exportedNames = (root: SgNode): Set<string> => {
  const names = new Set<string>()
  for (const statement of root.children()) {
    if (statement.kind() === 'export_statement' && !statement.field('source')) {
      const clause = namedParts(statement).find(child => child.kind() === 'export_clause')
      for (const specifier of namedParts(clause ?? null)) names.add(specifier.field('name')?.text() ?? '')
      if (statement.field('value')?.kind() === 'identifier') names.add(statement.field('value')?.text() ?? '')
    }
    const assignment = namedParts(statement)[0]
    if (assignment?.kind() !== 'assignment_expression') continue
    if (!/^(module\.)?exports(\.\w+)?$/.test(assignment.field('left')?.text() ?? '')) continue
    const right = assignment.field('right')
    for (const part of right?.kind() === 'object' ? namedParts(right) : right ? [right] : [])
      names.add((part.field('value') ?? part).text())
  }
  return names
}

/** Named functions and methods at the top of a TypeScript or JavaScript module. */
export const typescriptFunctions = (root: SgNode, { path }: Source): NamedFunction[] => {
  const exported = exportedNames(root)
  const isJavaScript = /\.[mc]?jsx?$/.test(path)
  const isView = path.endsWith('x')
  const signed = new Set<string>()
  const found = root.children().flatMap((statement): Found[] => {
    const isExport = statement.kind() === 'export_statement'
    const declaration = isExport ? (statement.field('declaration') ?? statement.field('value')) : statement
    if (declaration?.kind() === 'function_signature') signed.add(declaration.field('name')?.text() ?? '')
    return declaration ? foundIn(statement, declaration, exported, isExport) : []
  })
  return found.map(({ node, name, statement, isExported, isTyped: stated }): NamedFunction => {
    const comment = commentBefore(statement)
    const isAccessor = node.children().some(child => child.kind() === 'set')
    const isConstructor = /\.constructor\^?$/.test(name)
    const needsReturn = isExported && !isConstructor && !isAccessor && !isView && !statesReturn(node)
    const untyped =
      stated || signed.has(name)
        ? []
        : [
            ...parametersOf(node)
              .filter(each => !isTyped(each))
              .map(nameOf)
              .filter(each => !each.startsWith('_')),
            ...(needsReturn ? ['return'] : []),
          ]
    return {
      path,
      line: node.range().start.line + 1,
      name: name.replace('^', ''),
      language: 'typescript',
      isPublic: isExported,
      documented: isConstructor || isAccessor || name.endsWith('^') ? null : comment !== null,
      untyped: isJavaScript ? untypedInComment(node, comment, untyped) : untyped,
    }
  })
}
