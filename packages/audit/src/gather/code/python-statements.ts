import { bind, readAugmented, readDelete } from './python-binding.ts'
import { readAssert, readIf, readRaise, readTry } from './python-flow.ts'
import { readClass, readFunction, unsaid } from './python-functions.ts'
import { readFor, readWhile } from './python-loops.ts'
import type { Reading } from './python-reading.ts'
import { field, named, type Node } from './python-tree.ts'
import { nothing, type Value } from './values.ts'

type Statement = (node: Node, reading: Reading) => void

const readImport: Statement = (node, reading) => {
  const source = field(node, 'module_name')
  const from = source && reading.text(source).replaceAll(/\s+/g, '')
  const add = (local: string, module: string, name: string): void => {
    reading.declare(local, { is: 'import', module, name }, unsaid, node.at)
  }
  for (const part of named(node)) {
    if (part === source) continue
    if (part.kind === 'wildcard_import') add('*', from ?? '', '*')
    const written = reading.text(part.kind === 'aliased_import' ? field(part, 'name') : part)
    const name = written.replaceAll(/\s+/g, '')
    const local = field(part, 'alias')
    const head = name.split('.', 1)[0] ?? name
    if (from !== undefined) add(local ? reading.text(local) : name, from, name)
    else if (local) add(reading.text(local), name, '*')
    else add(head, head, '*')
  }
}

const readExpression: Statement = (node, reading) => {
  const parts = named(node)
  for (const part of parts) {
    if (part.kind === 'augmented_assignment') {
      readAugmented(part, reading)
      continue
    }
    const made = reading.value(part)
    const isAlone = parts.length === 1 && part.kind !== 'assignment'
    if (isAlone && made.is === 'call' && !made.awaited) made.dropped = true
  }
}

const readReturn: Statement = (node, reading) => {
  const [given] = named(node)
  const entry = { value: { is: 'constant', of: null } as Value, at: node.at, line: reading.line(node) }
  reading.module.returns.push(entry)
  if (!given) return
  entry.value = reading.value(given)
  reading.within.functions.at(-1)?.returns.push(entry.value)
}

const readWith: Statement = (node, reading) => {
  const { module } = reading
  const isAsync = node.children[0]?.kind === 'async' ? { isAsync: true as const } : {}
  for (const clause of named(node))
    for (const item of clause.kind === 'with_clause' ? named(clause) : []) {
      const entered = { value: nothing, at: node.at, end: node.end, ...isAsync }
      module.contexts.push(entered)
      entered.value = reading.value(field(item, 'value') ?? named(item)[0])
    }
  reading.visit(field(node, 'body'))
}

/** A single name in a pattern takes what is there: it is compared with nothing. */
const readPattern = (node: Node, reading: Reading): void => {
  const [pattern] = named(node)
  const isName = pattern?.kind === 'dotted_name' && named(pattern).length < 2
  const isAlias = pattern?.kind === 'as_pattern'
  const line = reading.line(node)
  for (const part of pattern?.kind === 'union_pattern' ? named(pattern) : [pattern])
    reading.module.compared.push({
      value: isName || isAlias || part?.kind === 'case_pattern' ? nothing : reading.value(part),
      line,
    })
  if (isName) bind(named(pattern)[0] ?? pattern, nothing, unsaid, node, reading)
  if (isAlias)
    for (const part of named(pattern))
      if (part.kind === 'case_pattern') readPattern(part, reading)
      else bind(part, nothing, unsaid, node, reading)
}

/** Texts that a case is for; something that is not known where it is for anything else. */
const testsOf = (clause: Node, reading: Reading): Value[] => {
  if (field(clause, 'guard')) return [nothing]
  const patterns = named(clause).filter(({ kind }) => kind === 'case_pattern')
  return patterns.flatMap(one => {
    const [pattern] = named(one)
    if (!pattern) return patterns.length > 1 ? [nothing] : []
    const parts = pattern.kind === 'union_pattern' ? named(pattern) : [pattern]
    return parts.map(part => (part.kind === 'string' ? reading.value(part) : nothing))
  })
}

const readMatch: Statement = (node, reading) => {
  reading.module.branches.push({ at: node.at, end: node.end })
  const clauses = named(field(node, 'body') ?? node).filter(({ kind }) => kind === 'case_clause')
  reading.module.switches.push({
    of: reading.value(field(node, 'subject')),
    cases: clauses.map(one => ({ at: one.at, end: one.end, tests: testsOf(one, reading), leaves: true })),
  })
  reading.inside(node)
}

const readCase: Statement = (node, reading) => {
  reading.module.branches.push({ at: node.at, end: node.end, isCase: true })
  reading.inside(node)
}

const readOuter: Statement = (node, reading) => {
  const how = node.kind === 'global_statement' ? 'global' : 'nonlocal'
  for (const part of named(node)) reading.within.scopes.at(-1)?.outer.set(reading.text(part), how)
}

const readDecorated: Statement = (node, reading) => {
  const definition = field(node, 'definition')
  const decorators = named(node)
    .filter(({ kind }) => kind === 'decorator')
    .map(part => reading.value(named(part)[0]))
  if (definition?.kind !== 'function_definition') return reading.visit(definition)
  const made = readFunction(definition, reading)
  for (const decorator of decorators) reading.module.decorated.push({ decorator, function: made })
}

/** How each kind of statement is read. */
export const statements: Record<string, Statement> = {
  import_statement: readImport,
  import_from_statement: readImport,
  future_import_statement: () => {},
  expression_statement: readExpression,
  if_statement: readIf,
  while_statement: readWhile,
  for_statement: readFor,
  try_statement: readTry,
  with_statement: readWith,
  match_statement: readMatch,
  case_clause: readCase,
  case_pattern: readPattern,
  function_definition: readFunction,
  class_definition: readClass,
  decorated_definition: readDecorated,
  return_statement: readReturn,
  raise_statement: readRaise,
  assert_statement: readAssert,
  delete_statement: readDelete,
  global_statement: readOuter,
  nonlocal_statement: readOuter,
}
