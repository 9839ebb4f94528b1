import type { SgNode } from '@ast-grep/napi'
import { namedParts, parts, startOf } from './nodes.ts'
import { convertingOnce } from './convert.ts'
import { formatted } from './formatted.ts'
import { nothing, type ClassValue, type FunctionValue, type Module, type Value } from './values.ts'

/** `Optional[X]`, `X | None` and `a.b.X` are reduced to X, `X[Y]` to X. */
export const typeOf = (annotation: SgNode | null): string | null =>
  annotation
    ?.text()
    .slice(0, 300)
    .replaceAll(/^['"]|['"]$|\s*\|\s*None\b|^(?:typing\.)?Optional\[|^(?:typing\.)?Annotated\[/g, '')
    .replace(/[[\],|].*$/s, '')
    .trim() ?? null

/** What an annotation says about a name. */
export interface Said {
  type: string | null
  annotation?: Value
}

export const unsaid: Said = { type: null }
export const saidBy = (annotation: SgNode | null, value: (node: SgNode) => Value): Said =>
  annotation ? { type: typeOf(annotation), annotation: value(annotation) } : unsaid

/** Turns expressions of Python into values; functions and classes are added to the module. */
export const pythonExpressions = (module: Module) => {
  const known = new Map<number, Value>()

  const name = (node: SgNode): Value => ({ is: 'name', name: node.text(), at: startOf(node) })

  /** `Server[Context]` where a class is wanted: without its type parameters. */
  const unparameterised = (node: SgNode | null): Value => {
    if (node?.kind() !== 'subscript') return value(node)
    const index = namedParts(node)[1]
    return /^(string|integer|slice)$/.test(String(index?.kind())) ? value(node) : value(node.field('value'))
  }

  const subscript = (node: SgNode): Value => {
    const of = value(node.field('value'))
    const indexes = namedParts(node).slice(1)
    const [first] = indexes
    const index: Value = indexes.length > 1 ? { is: 'list', items: indexes.map(value) } : value(first ?? null)
    if (first?.kind() === 'slice') return slice(node, of, first)
    return index.is === 'text' ? { is: 'member', of, name: index.text } : { is: 'index', of, index }
  }

  /** `x[1:-1]`, as the call `x.slice(1, -1)`; with a step nothing is known. */
  const slice = (node: SgNode, of: Value, range: SgNode): Value => {
    const bounds: (SgNode | null)[] = [null]
    for (const part of range.children())
      if (part.isNamed()) bounds[bounds.length - 1] = part
      else bounds.push(null)
    const [from, to, step] = bounds
    if (step) return { is: 'index', of, index: nothing }
    return operatorCall(node, of, 'slice', from ? value(from) : { is: 'number', number: 0 }, ...(to ? [value(to)] : []))
  }

  const comparison = (node: SgNode): Value => {
    const compares: Value[] = []
    let left: SgNode | undefined
    let operator = ''
    for (const part of node.children())
      if (!part.isNamed()) operator = part.text().replaceAll(/\s+/g, ' ')
      else if (part.kind() !== 'comment') {
        if (left) compares.push({ is: 'compare', operator, left: value(left), right: value(part) })
        left = part
      }
    return compares.reduce((first, second): Value => ({ is: 'both', first, second }))
  }

  const call = (node: SgNode): Value => {
    const given: Value[] = []
    const named: [string, Value][] = []
    const list = node.field('arguments')
    for (const argument of list?.kind() === 'generator_expression' ? [list] : parts(list)) {
      const kind = argument.kind()
      if (kind === 'keyword_argument')
        named.push([argument.field('name')?.text() ?? '', value(argument.field('value'))])
      else if (kind === 'dictionary_splat') named.push(['...', value(namedParts(argument)[0] ?? null)])
      else given.push(value(argument))
    }
    const { start, end } = node.range()
    return {
      is: 'call',
      callee: unparameterised(node.field('function')),
      arguments: given,
      named,
      constructs: false,
      at: start.index,
      end: end.index,
      line: start.line + 1,
    }
  }

  const text = (node: SgNode): Value => {
    const inner = namedParts(node).filter(part => /^(string_content|interpolation)$/.test(String(part.kind())))
    if (inner.every(part => part.kind() === 'string_content'))
      return { is: 'text', text: inner.map(part => part.text()).join('') }
    return {
      is: 'join',
      parts: inner.map(part =>
        part.kind() === 'interpolation' ? value(namedParts(part)[0] ?? null) : { is: 'text', text: part.text() },
      ),
    }
  }

  const dictionary = (node: SgNode): Value => ({
    is: 'record',
    fields: parts(node).map((entry): [string, Value] => {
      if (entry.kind() === 'dictionary_splat') return ['...', value(namedParts(entry)[0] ?? null)]
      const key = value(entry.field('key'))
      return [key.is === 'text' ? key.text : '', value(entry.field('value'))]
    }),
    at: startOf(node),
    line: node.range().start.line + 1,
  })

  /** An operator that only its operands give a meaning to: `folder / name`. */
  const operatorCall = (node: SgNode, of: Value, name: string, ...given: Value[]): Value => {
    const { start, end } = node.range()
    const callee: Value = { is: 'member', of, name }
    const place = { at: start.index, end: end.index, line: start.line + 1 }
    return { is: 'call', callee, arguments: given, named: [], constructs: false, ...place }
  }

  const binary = (node: SgNode): Value => {
    const operator = node.field('operator')?.text()
    const [first, second] = [value(node.field('left')), value(node.field('right'))]
    if (operator === 'or') return { is: 'either', first, second }
    if (operator === 'and') return { is: 'both', first, second }
    if (operator === '%' && (first.is === 'text' || first.is === 'join')) return formatted(first, second)
    if (operator === '|') return { is: 'choice', options: [first, second] }
    if (operator === '/') return operatorCall(node, first, '__truediv__', second)
    if (operator !== '+') return nothing
    const isList = [first, second].some(({ is }) => is === 'list')
    const spread = (of: Value): Value => ({ is: 'spread', of })
    return isList ? { is: 'list', items: [spread(first), spread(second)] } : { is: 'join', parts: [first, second] }
  }

  const functionValue = (node: SgNode): FunctionValue => {
    const { start, end } = node.range()
    const body = node.field('body')
    const made: FunctionValue = {
      is: 'function',
      name: node.field('name')?.text() ?? null,
      ...(node.child(0)?.kind() === 'async' ? { isAsync: true } : {}),
      at: start.index,
      end: end.index,
      line: start.line + 1,
      parameters: [],
      returns: [],
      documented: namedParts(namedParts(body)[0] ?? null)[0]?.kind() === 'string',
    }
    known.set(node.id(), made)
    module.functions.push(made)
    namedParts(node.field('parameters')).forEach(parameter => {
      const kind = String(parameter.kind())
      const named = parameter.field('name') ?? (kind === 'typed_parameter' ? namedParts(parameter)[0] : parameter)
      if (!named || kind.endsWith('separator')) return
      const fallback = parameter.field('value')
      const index = made.parameters.push(named.text()) - 1
      const itself: Value =
        named.kind() === 'identifier'
          ? { is: 'parameter', function: made.at, index, name: named.text(), fallback: fallback && value(fallback) }
          : nothing
      const said = saidBy(parameter.field('type'), value)
      const scope = { from: made.at, to: made.end, at: parameter.range().end.index }
      module.declarations.push({ name: named.text().replace(/^\*+/, ''), value: itself, ...said, ...scope })
    })
    if (node.kind() === 'lambda') made.returns.push(value(body))
    return made
  }

  const classValue = (node: SgNode): ClassValue => {
    const { start, end } = node.range()
    const made: ClassValue = {
      is: 'class',
      name: node.field('name')?.text() ?? '',
      at: start.index,
      end: end.index,
      bases: [],
      members: [],
    }
    known.set(node.id(), made)
    module.classes.push(made)
    made.bases = namedParts(node.field('superclasses'))
      .filter(part => part.kind() !== 'keyword_argument')
      .map(unparameterised)
    return made
  }

  const value = convertingOnce(known, node => convert(node))

  const convert = (node: SgNode): Value => {
    switch (String(node.kind())) {
      case 'string':
        return text(node)
      case 'concatenated_string':
        return { is: 'join', parts: namedParts(node).map(value) }
      case 'integer':
      case 'float':
        return { is: 'number', number: Number(node.text().replaceAll('_', '')) }
      case 'true':
        return { is: 'constant', of: true }
      case 'false':
        return { is: 'constant', of: false }
      case 'none':
        return { is: 'constant', of: null }
      case 'identifier':
        return name(node)
      case 'attribute':
        return { is: 'member', of: value(node.field('object')), name: node.field('attribute')?.text() ?? '' }
      case 'subscript':
        return subscript(node)
      case 'comparison_operator':
        return comparison(node)
      case 'not_operator':
        return { is: 'not', of: value(namedParts(node)[0] ?? null) }
      case 'unary_operator': {
        const of = value(node.field('argument'))
        return of.is === 'number' && node.text().startsWith('-') ? { is: 'number', number: -of.number } : nothing
      }
      case 'type':
        return value(namedParts(node)[0] ?? null)
      case 'generic_type': {
        const [of, given] = namedParts(node)
        return {
          is: 'index',
          of: value(of ?? null),
          index: { is: 'list', items: namedParts(given ?? null).map(value) },
        }
      }
      case 'union_type':
        return { is: 'choice', options: namedParts(node).map(value) }
      case 'list':
      case 'expression_list':
      case 'tuple':
      case 'set':
        return { is: 'list', items: parts(node).map(value) }
      case 'list_splat':
        return { is: 'spread', of: value(namedParts(node)[0] ?? null) }
      case 'list_comprehension':
      case 'set_comprehension':
      case 'generator_expression':
        return { is: 'list', items: [value(node.field('body'))] }
      case 'dictionary_comprehension':
        return {
          is: 'record',
          fields: [['', value(node.field('body')?.field('value') ?? null)]],
          at: startOf(node),
          line: node.range().start.line + 1,
        }
      case 'dictionary':
        return dictionary(node)
      case 'call':
        return call(node)
      case 'boolean_operator':
      case 'binary_operator':
        return binary(node)
      case 'conditional_expression': {
        const [yes, test, no] = namedParts(node)
        return { is: 'choice', options: [value(yes ?? null), value(no ?? null)], test: value(test ?? null) }
      }
      case 'await': {
        const made = value(namedParts(node)[0] ?? null)
        if (made.is === 'call') made.awaited = true
        return made
      }
      case 'parenthesized_expression':
        return value(namedParts(node)[0] ?? null)
      case 'dotted_name':
        return namedParts(node)
          .slice(1)
          .reduce((of, part): Value => ({ is: 'member', of, name: part.text() }), name(namedParts(node)[0] ?? node))
      case 'assignment':
        return value(node.field('right'))
      case 'named_expression':
        return value(node.field('value'))
      case 'function_definition':
      case 'lambda':
        return functionValue(node)
      case 'class_definition':
        return classValue(node)
      default:
        return nothing
    }
  }

  return { value, name, unparameterised }
}
