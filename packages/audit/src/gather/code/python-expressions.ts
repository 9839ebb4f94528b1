import type { SgNode } from '@ast-grep/napi'
import { namedParts, parts, startOf } from './nodes.ts'
import { convertingOnce } from './convert.ts'
import { nothing, type ClassValue, type FunctionValue, type Module, type Value } from './values.ts'

/** `Optional[X]`, `X | None` and `a.b.X` are reduced to X, `X[Y]` to X. */
export const typeOf = (annotation: SgNode | null): string | null =>
  annotation
    ?.text()
    .slice(0, 300)
    .replaceAll(/^['"]|['"]$|\s*\|\s*None\b|^(?:typing\.)?Optional\[|^(?:typing\.)?Annotated\[/g, '')
    .replace(/[[\],|].*$/s, '')
    .trim() ?? null

/** Turns expressions of Python into values; functions and classes are added to the module. */
export const pythonExpressions = (module: Module) => {
  const known = new Map<number, Value>()

  const name = (node: SgNode): Value => ({ is: 'name', name: node.text(), at: startOf(node) })

  const call = (node: SgNode): Value => {
    const given: Value[] = []
    const named: [string, Value][] = []
    for (const argument of parts(node.field('arguments'))) {
      const kind = argument.kind()
      if (kind === 'keyword_argument')
        named.push([argument.field('name')?.text() ?? '', value(argument.field('value'))])
      else if (kind === 'dictionary_splat') named.push(['...', value(namedParts(argument)[0] ?? null)])
      else given.push(value(argument))
    }
    const { start, end } = node.range()
    return {
      is: 'call',
      callee: value(node.field('function')),
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

  const binary = (node: SgNode): Value => {
    const operator = node.field('operator')?.text()
    const [first, second] = [value(node.field('left')), value(node.field('right'))]
    if (operator === 'or') return { is: 'either', first, second }
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
      at: start.index,
      end: end.index,
      line: start.line + 1,
      parameters: [],
      returns: [],
      documented: namedParts(namedParts(body)[0] ?? null)[0]?.kind() === 'string',
    }
    known.set(node.id(), made)
    module.functions.push(made)
    namedParts(node.field('parameters')).forEach((parameter, index) => {
      const kind = String(parameter.kind())
      const named = parameter.field('name') ?? (kind === 'typed_parameter' ? namedParts(parameter)[0] : parameter)
      if (!named || kind.endsWith('separator')) return
      const fallback = parameter.field('value')
      made.parameters.push(named.text())
      const itself: Value =
        named.kind() === 'identifier'
          ? { is: 'parameter', function: made.at, index, name: named.text(), fallback: fallback && value(fallback) }
          : nothing
      const type = typeOf(parameter.field('type'))
      const scope = { from: made.at, to: made.end }
      module.declarations.push({ name: named.text().replace(/^\*+/, ''), value: itself, type, ...scope })
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
      .map(value)
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
      case 'subscript': {
        const index = value(node.field('subscript'))
        const of = value(node.field('value'))
        // a name in brackets is most often a type parameter: Server[Context]("name")
        return index.is === 'text' ? { is: 'member', of, name: index.text } : index.is === 'number' ? nothing : of
      }
      case 'list':
      case 'tuple':
      case 'set':
        return { is: 'list', items: parts(node).map(value) }
      case 'list_splat':
        return { is: 'spread', of: value(namedParts(node)[0] ?? null) }
      case 'list_comprehension':
        return { is: 'list', items: [value(node.field('body'))] }
      case 'dictionary':
        return dictionary(node)
      case 'call':
        return call(node)
      case 'boolean_operator':
      case 'binary_operator':
        return binary(node)
      case 'conditional_expression': {
        const [yes, , no] = namedParts(node)
        return { is: 'choice', options: [value(yes ?? null), value(no ?? null)] }
      }
      case 'await':
      case 'parenthesized_expression':
        return value(namedParts(node)[0] ?? null)
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

  return { value, name }
}
