import type { Reading, Said } from './python-reading.ts'
import { field, isStatementOf, named, type Node } from './python-tree.ts'
import { nameOf, nothing, type ClassValue, type FunctionValue, type Value } from './values.ts'

export const unsaid: Said = { type: null }

/** `Optional[X]`, `X | None` and `a.b.X` are reduced to X, `X[Y]` to X. */
const typeOf = (annotation: string): string =>
  annotation
    .slice(0, 300)
    .replaceAll(/^['"]|['"]$|\s*\|\s*None\b|^(?:typing\.)?Optional\[|^(?:typing\.)?Annotated\[/g, '')
    .replace(/[[\],|].*$/s, '')
    .trim()

export const saidBy = (annotation: Node | undefined, { text, value }: Reading): Said =>
  annotation ? { type: typeOf(text(annotation)), annotation: value(annotation) } : unsaid

const readParameter = (parameter: Node, made: FunctionValue, reading: Reading): void => {
  if (parameter.kind.endsWith('separator')) return
  const bare =
    field(parameter, 'name') ?? (parameter.kind === 'typed_parameter' ? named(parameter)[0] : parameter) ?? parameter
  const name = reading.text(bare)
  const index = made.parameters.push(name) - 1
  const fallback = field(parameter, 'value')
  const itself: Value =
    bare.kind === 'identifier'
      ? { is: 'parameter', function: made.at, index, name, fallback: fallback ? reading.value(fallback) : null }
      : nothing
  reading.declare(name.replace(/^\*+/, ''), itself, saidBy(field(parameter, 'type'), reading), parameter.end)
}

/** Reads a function or a lambda with all that stands in it. */
export const readFunction = (node: Node, reading: Reading): FunctionValue => {
  const { module, within } = reading
  const body = field(node, 'body')
  const name = field(node, 'name')
  const made: FunctionValue = {
    is: 'function',
    name: name ? reading.text(name) : null,
    ...(node.children[0]?.kind === 'async' ? { isAsync: true as const } : {}),
    at: node.at,
    end: node.end,
    line: reading.line(node),
    parameters: [],
    returns: [],
    documented: isStatementOf(/^string$/, body?.children[0]),
  }
  if (made.name !== null) reading.declare(made.name, made, unsaid, made.at)
  module.functions.push(made)
  reading.scoped('function', made, () => {
    within.functions.push(made)
    for (const parameter of named(field(node, 'parameters'))) readParameter(parameter, made, reading)
    const returned = field(node, 'return_type')
    if (returned) reading.inside(returned)
    if (node.kind === 'lambda' && body) {
      const entry = { value: nothing, at: body.at, line: reading.line(body) }
      module.returns.push(entry)
      entry.value = reading.value(body)
      made.returns.push(entry.value)
    } else reading.visit(body)
    within.functions.pop()
  })
  return made
}

/** Reads a class with all that stands in it. */
export const readClass = (node: Node, reading: Reading): ClassValue => {
  const { module, within } = reading
  const made: ClassValue = {
    is: 'class',
    name: reading.text(field(node, 'name')),
    at: node.at,
    end: node.end,
    bases: [],
    members: [],
  }
  reading.declare(made.name, made, unsaid, made.at)
  module.classes.push(made)
  for (const base of named(field(node, 'superclasses')))
    if (base.kind === 'keyword_argument') reading.value(field(base, 'value'))
    else made.bases.push(unparameterised(base, reading))
  reading.scoped('class', made, () => {
    within.classes.push(made)
    reading.visit(field(node, 'body'))
    within.classes.pop()
  })
  return made
}

/** `Server[Context]` where a class is wanted: without its type parameters. */
export const unparameterised = (node: Node | undefined, reading: Reading): Value =>
  withoutParameters(reading.value(node))

const withoutParameters = (made: Value): Value => {
  if (made.is !== 'index') return made
  const first = made.index.is === 'list' ? made.index.items[0] : made.index
  return first?.is === 'text' || first?.is === 'number' ? made : made.of
}

/** `HANDLERS[name](request)` takes a function out of a table; only a class has type parameters. */
export const unparameterisedCallee = (node: Node | undefined, reading: Reading): Value => {
  const made = reading.value(node)
  const isClass = made.is === 'index' && /^_?[A-Z]\w*[a-z]|^(list|dict|set|frozenset|tuple|type)$/.test(nameOf(made.of))
  return isClass ? withoutParameters(made) : made
}
