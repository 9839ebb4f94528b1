import type { SgNode } from '@ast-grep/napi'
import type { Source } from '../trees.ts'
import { namedParts, nodesByKind, rangeOf, startOf } from './nodes.ts'
import { flowKinds, lineOf, readFlow } from './python-flow.ts'
import { pythonExpressions, saidBy, unsaid, type Said } from './python-expressions.ts'
import { emptyModule, innermost, nothing, type ClassValue, type Module, type Range, type Value } from './values.ts'

const comprehensionKinds = [
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
]
const scopeKinds = ['function_definition', 'lambda', 'class_definition', ...comprehensionKinds]
const branchKinds = ['if_statement', 'match_statement', 'except_clause', 'while_statement', 'conditional_expression']

interface Scope extends Range {
  kind: 'module' | 'class' | 'function' | 'comprehension'
  /** Names that are said to be `global` or `nonlocal`. */
  outer: [name: string, how: 'global' | 'nonlocal'][]
}

const scopeKind = (node: SgNode): Scope['kind'] =>
  node.kind() === 'class_definition'
    ? 'class'
    : comprehensionKinds.includes(String(node.kind()))
      ? 'comprehension'
      : 'function'

/** `AppServer = Server[Context]` gives a class another name. */
const isTypeAlias = (left: SgNode | null, right: SgNode | null): boolean =>
  right?.kind() === 'subscript' &&
  [left, right.field('value')].every(node => /(^|\.)[A-Z]\w*[a-z]\w*$/.test(node?.text() ?? ''))

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
    'global_statement',
    'nonlocal_statement',
    'named_expression',
    'delete_statement',
    'expression_statement',
    'yield',
    'await',
    ...flowKinds,
  ])
  const end = root.range().end.index
  const scopes = kinds(...scopeKinds).map((node): Scope => ({ ...rangeOf(node), kind: scopeKind(node), outer: [] }))
  const { value, name, unparameterised } = pythonExpressions(module)
  for (const node of kinds('global_statement', 'nonlocal_statement')) {
    const scope = innermost(scopes, startOf(node))
    for (const part of namedParts(node))
      scope?.outer.push([part.text(), node.kind() === 'global_statement' ? 'global' : 'nonlocal'])
  }
  const wholeFile: Scope = { at: 0, end, kind: 'module', outer: [] }
  const scopeAt = (offset: number): Scope => innermost(scopes, offset) ?? wholeFile
  const around = (scope: Scope): Scope =>
    innermost(
      scopes.filter(({ at }) => at < scope.at),
      scope.at,
    ) ?? wholeFile

  /** Where a name that is bound at an offset is visible, and whether it belongs to a scope further out. */
  const scopeOf = (bound: string, offset: number, isWalrus = false): { scope: Scope; isOuter: boolean } => {
    let scope = scopeAt(offset)
    while (isWalrus && scope.kind === 'comprehension') scope = around(scope)
    const said = scope.outer.find(([named]) => named === bound)?.[1]
    if (said === 'global') return { scope: wholeFile, isOuter: true }
    if (said !== 'nonlocal') return { scope, isOuter: false }
    const binds = ({ at, end }: Scope): boolean =>
      module.declarations.some(entry => entry.name === bound && entry.from === at && entry.to === end)
    do scope = around(scope)
    while (scope !== wholeFile && (scope.kind !== 'function' || !binds(scope)))
    return { scope, isOuter: true }
  }

  const addMember = (owner: Scope | ClassValue | undefined, member: ClassValue['members'][number]): void => {
    module.classes.find(({ at }) => at === owner?.at)?.members.push(member)
  }

  const declareName = (bound: string, given: Value, said: Said, at: number, end: number, isWalrus = false): boolean => {
    const { scope, isOuter } = scopeOf(bound, at, isWalrus)
    module.declarations.push({ name: bound, value: given, ...said, from: scope.at, to: scope.end, at: end })
    if (scope.kind === 'module') module.exports.push({ name: bound, value: given })
    else if (scope.kind === 'class') addMember(scope, { name: bound, value: given, ...said })
    return isOuter
  }

  /** Declares what a target names; at the level of a module or a class it is also an export or a member. */
  const declare = (target: SgNode, given: Value, said: Said, statement: SgNode): void => {
    const at = startOf(target)
    const kind = String(target.kind())
    const write = (operator = '='): void => {
      module.writes.push({
        target: value(target),
        operator,
        value: given,
        ...rangeOf(statement),
        line: lineOf(statement),
      })
    }
    if (/^(pattern_list|tuple_pattern|list_pattern)$/.test(kind)) {
      namedParts(target).forEach((part, index) => {
        const isWhole = given.is === 'list' && given.items.every(({ is }) => is !== 'spread')
        const item: Value = isWhole
          ? (given.items[index] ?? nothing)
          : { is: 'index', of: given, index: { is: 'number', number: index } }
        const isRest = namedParts(target)
          .slice(0, index + 1)
          .some(each => each.kind() === 'list_splat_pattern')
        declare(part, isRest ? nothing : item, unsaid, statement)
      })
    } else if (kind === 'list_splat_pattern') {
      const inner = namedParts(target)[0]
      if (inner) declare(inner, nothing, unsaid, statement)
    } else if (kind === 'attribute') {
      const member = value(target)
      if (member.is === 'member') module.assigned.push({ target: member, value: given })
      const owner = target.field('object')?.text()
      if (owner === 'self' || owner === 'cls')
        addMember(innermost(module.classes, at), {
          name: target.field('attribute')?.text() ?? '',
          value: given,
          ...said,
        })
      if (given !== nothing || !said.type) write()
    } else if (kind === 'subscript') write()
    else if (kind === 'identifier' && declareName(target.text(), given, said, at, rangeOf(statement).end)) write()
  }

  const importsOf = (statement: SgNode): void => {
    const from = statement.field('module_name')?.text() ?? null
    const at = startOf(statement)
    const add = (local: string, made: Value): void => {
      declareName(local, made, unsaid, at, at)
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

  /** A single name in a pattern takes what is there: it is compared with nothing. */
  const caseValue = (pattern: SgNode | null): Value =>
    pattern?.kind() === 'dotted_name' && namedParts(pattern).length < 2 ? nothing : value(pattern)

  for (const node of kinds('import_statement', 'import_from_statement')) importsOf(node)
  for (const node of kinds('class_definition', 'function_definition')) {
    const made = value(node)
    const at = startOf(node)
    const named = node.field('name')
    if (!named || (made.is !== 'class' && made.is !== 'function')) continue
    const scope = around({ ...wholeFile, at })
    module.declarations.push({ name: named.text(), value: made, type: null, from: scope.at, to: scope.end, at })
    if (scope.kind === 'module') module.exports.push({ name: named.text(), value: made })
    else if (scope.kind === 'class') addMember(scope, { name: named.text(), value: made, type: null })
  }
  for (const node of kinds('assignment')) {
    const left = node.field('left')
    const right = node.field('right')
    const given = isTypeAlias(left, right) ? unparameterised(right) : value(right)
    if (left) declare(left, right ? given : nothing, saidBy(node.field('type'), value), node)
  }
  for (const node of kinds('augmented_assignment')) {
    const left = node.field('left')
    const added: Value = { is: 'member', of: left ? name(left) : nothing, name: 'extend' }
    const { start, end } = node.range()
    const given = [value(node.field('right'))]
    const operator = node.field('operator')?.text() ?? ''
    const target = value(left)
    module.writes.push({ target, operator, value: given[0] ?? nothing, ...rangeOf(node), line: lineOf(node) })
    if (operator === '+=')
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
    if (left) declare(left, { is: 'element', of: value(node.field('right')) }, unsaid, left)
  }
  for (const node of kinds('as_pattern')) {
    const [given, target] = namedParts(node)
    const inner = namedParts(target ?? null)[0]
    if (given && inner) declare(inner, value(given), unsaid, node)
  }
  for (const node of kinds('with_statement'))
    for (const item of namedParts(namedParts(node)[0] ?? null)) {
      const entered = item.field('value') ?? namedParts(item)[0] ?? null
      const inner = entered?.kind() === 'as_pattern' ? (namedParts(entered)[0] ?? null) : entered
      module.contexts.push({
        value: value(inner),
        ...rangeOf(node),
        ...(node.child(0)?.kind() === 'async' ? { isAsync: true } : {}),
      })
    }
  for (const node of kinds('call')) {
    const made = value(node)
    if (made.is === 'call') module.calls.push(made)
  }
  for (const node of kinds('return_statement')) {
    const given = namedParts(node)[0]
    const made: Value = given ? value(given) : { is: 'constant', of: null }
    if (given) innermost(module.functions, startOf(node))?.returns.push(made)
    module.returns.push({ value: made, at: startOf(node), line: lineOf(node) })
  }
  for (const node of kinds('lambda')) {
    const body = node.field('body')
    if (body) module.returns.push({ value: value(body), at: startOf(body), line: lineOf(body) })
  }
  for (const node of kinds('case_pattern')) {
    const pattern = namedParts(node)[0] ?? null
    for (const part of pattern?.kind() === 'union_pattern' ? namedParts(pattern) : [pattern])
      module.compared.push({ value: caseValue(part), line: lineOf(node) })
  }
  for (const node of kinds('named_expression'))
    declareName(
      node.field('name')?.text() ?? '',
      value(node.field('value')),
      unsaid,
      startOf(node),
      rangeOf(node).end,
      true,
    )
  for (const node of kinds('delete_statement'))
    for (const target of namedParts(node).flatMap(part =>
      part.kind() === 'expression_list' ? namedParts(part) : [part],
    ))
      module.writes.push({
        target: value(target),
        operator: 'delete',
        value: nothing,
        ...rangeOf(node),
        line: lineOf(node),
      })
  for (const node of kinds('expression_statement')) {
    const [only, second] = namedParts(node)
    const made = only && !second && only.kind() !== 'assignment' ? value(only) : nothing
    if (made.is === 'call' && !made.awaited) made.dropped = true
  }
  for (const node of kinds('await')) value(node)
  for (const node of kinds('yield')) {
    const made = innermost(module.functions, startOf(node))
    if (made) made.isGenerator = true
  }
  readFlow(kinds, module, value)
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
  module.writes.sort((one, other) => one.at - other.at)
  module.returns.sort((one, other) => one.at - other.at)
  module.loops.sort((one, other) => one.at - other.at)
  module.guards.sort((one, other) => one.at - other.at)
  return module
}
