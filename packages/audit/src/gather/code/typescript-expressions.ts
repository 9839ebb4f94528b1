import type { SgNode } from '@ast-grep/napi'
import { namedParts, parts, startOf } from './nodes.ts'
import { convertingOnce } from './convert.ts'
import { nothing, type ClassValue, type FunctionValue, type Module, type Value } from './values.ts'

export const functionKinds = [
  'function_declaration',
  'generator_function_declaration',
  'function_expression',
  'arrow_function',
  'method_definition',
]
export const textOf = (node: SgNode): string => node.text().replace(/^['"`]|['"`]$/g, '')
/** `Map<string, X>` and `X | undefined` are reduced to their head. */
export const typeOf = (annotation: SgNode | null): string | null =>
  annotation
    ?.text()
    .slice(0, 300)
    .replace(/^:\s*/, '')
    .replace(/\s*[<|[&].*$/s, '')
    .trim() ?? null

interface Scope {
  from: number
  to: number
}

export interface Expressions {
  value: (node: SgNode | null) => Value
  name: (node: SgNode) => Value
  /** Declares a name, or all names of a pattern. */
  declare: (pattern: SgNode, given: Value, type: string | null, scope: Scope) => void
}

/** Turns expressions of TypeScript and JavaScript into values; functions and classes are added to the module. */
export const typescriptExpressions = (module: Module): Expressions => {
  const known = new Map<number, Value>()

  const argumentsOf = (node: SgNode | null): Value[] => parts(node).map(value)

  const call = (node: SgNode, callee: SgNode | null, constructs: boolean): Value => {
    if (!callee) return nothing
    const given = argumentsOf(node.field('arguments'))
    const [first] = given
    if (/^(require|import)$/.test(callee.text()) && first?.is === 'text')
      return { is: 'import', module: first.text, name: '*' }
    const { start, end } = node.range()
    return {
      is: 'call',
      callee: value(callee),
      arguments: given,
      named: [],
      constructs,
      at: start.index,
      end: end.index,
      line: start.line + 1,
    }
  }

  const keyOf = (key: SgNode | null): string =>
    key?.kind() === 'computed_property_name' ? `[${key.text()}]` : key ? textOf(key) : ''

  const record = (node: SgNode): Value => ({
    is: 'record',
    fields: parts(node).map((entry): [string, Value] => {
      const kind = entry.kind()
      if (kind === 'pair') return [keyOf(entry.field('key')), value(entry.field('value'))]
      if (kind === 'shorthand_property_identifier') return [entry.text(), name(entry)]
      if (kind === 'spread_element') return ['...', value(namedParts(entry)[0] ?? null)]
      if (kind === 'method_definition') return [keyOf(entry.field('name')), value(entry)]
      return ['', nothing]
    }),
    at: startOf(node),
    line: node.range().start.line + 1,
  })

  const name = (node: SgNode): Value => ({ is: 'name', name: node.text(), at: startOf(node) })

  const binary = (node: SgNode): Value => {
    const operator = node.field('operator')?.text() ?? ''
    const [first, second] = [value(node.field('left')), value(node.field('right'))]
    if (operator === '||' || operator === '??') return { is: 'either', first, second }
    if (operator === '+') return { is: 'join', parts: [first, second] }
    return nothing
  }

  const template = (node: SgNode): Value => ({
    is: 'join',
    parts: namedParts(node).map((part): Value => {
      if (part.kind() === 'template_substitution') return value(namedParts(part)[0] ?? null)
      return { is: 'text', text: part.text() }
    }),
  })

  const parametersOf = (node: SgNode): SgNode[] => {
    const single = node.field('parameter')
    return single ? [single] : namedParts(node.field('parameters'))
  }

  const functionValue = (node: SgNode): FunctionValue => {
    const { start, end } = node.range()
    const made: FunctionValue = {
      is: 'function',
      name: node.field('name')?.text() ?? null,
      at: start.index,
      end: end.index,
      line: start.line + 1,
      parameters: [],
      returns: [],
      documented: false,
    }
    known.set(node.id(), made)
    module.functions.push(made)
    const from = { from: made.at, to: made.end }
    parametersOf(node).forEach((parameter, index) => {
      const pattern = parameter.field('pattern') ?? parameter.field('left') ?? parameter
      const fallback = parameter.field('value') ?? parameter.field('right')
      const itself: Value = {
        is: 'parameter',
        function: made.at,
        index,
        name: pattern.text(),
        fallback: fallback && value(fallback),
      }
      made.parameters.push(pattern.text())
      declare(pattern, itself, typeOf(parameter.field('type')), from)
    })
    const body = node.field('body')
    if (body && body.kind() !== 'statement_block') made.returns.push(value(body))
    return made
  }

  const classValue = (node: SgNode): ClassValue => {
    const { start, end } = node.range()
    const heritage = node.children().find(child => child.kind() === 'class_heritage')
    const extended = namedParts(heritage ?? null).flatMap(part =>
      part.kind() === 'extends_clause' ? namedParts(part) : [part],
    )
    const made: ClassValue = {
      is: 'class',
      name: node.field('name')?.text() ?? '',
      at: start.index,
      end: end.index,
      bases: extended
        .filter(part => part.kind() !== 'implements_clause')
        .slice(0, 1)
        .map(value),
      members: [],
    }
    known.set(node.id(), made)
    module.classes.push(made)
    for (const member of namedParts(node.field('body'))) {
      const named = member.field('name') ?? member.field('property')
      if (!named) continue
      const isMethod = member.kind() === 'method_definition'
      made.members.push({
        name: named.text(),
        value: isMethod ? value(member) : value(member.field('value')),
        type: typeOf(member.field('type')),
      })
      if (named.text() !== 'constructor') continue
      for (const parameter of namedParts(member.field('parameters'))) {
        const isProperty = parameter
          .children()
          .some(child => /^(accessibility_modifier|readonly)$/.test(String(child.kind())))
        const pattern = parameter.field('pattern')
        if (isProperty && pattern)
          made.members.push({ name: pattern.text(), value: name(pattern), type: typeOf(parameter.field('type')) })
      }
    }
    return made
  }

  const value = convertingOnce(known, node => convert(node))

  const convert = (node: SgNode): Value => {
    const kind = String(node.kind())
    switch (kind) {
      case 'string':
        return { is: 'text', text: textOf(node) }
      case 'template_string':
        return template(node)
      case 'number':
        return { is: 'number', number: Number(node.text().replaceAll('_', '')) }
      case 'true':
      case 'false':
        return { is: 'constant', of: kind === 'true' }
      case 'null':
      case 'undefined':
        return { is: 'constant', of: null }
      case 'identifier':
      case 'this':
        return node.text() === 'undefined' ? { is: 'constant', of: null } : name(node)
      case 'member_expression':
        return { is: 'member', of: value(node.field('object')), name: node.field('property')?.text() ?? '' }
      case 'subscript_expression': {
        const index = value(node.field('index'))
        return index.is === 'text' ? { is: 'member', of: value(node.field('object')), name: index.text } : nothing
      }
      case 'array':
        return { is: 'list', items: argumentsOf(node) }
      case 'spread_element':
        return { is: 'spread', of: value(namedParts(node)[0] ?? null) }
      case 'object':
        return record(node)
      case 'call_expression':
        return call(node, node.field('function'), false)
      case 'new_expression':
        return call(node, node.field('constructor'), true)
      case 'binary_expression':
        return binary(node)
      case 'ternary_expression':
        return { is: 'choice', options: [value(node.field('consequence')), value(node.field('alternative'))] }
      case 'await_expression':
      case 'as_expression':
      case 'satisfies_expression':
      case 'non_null_expression':
      case 'parenthesized_expression':
        return value(namedParts(node)[0] ?? null)
      case 'class':
      case 'class_declaration':
      case 'abstract_class_declaration':
        return classValue(node)
      default:
        return functionKinds.includes(kind) ? functionValue(node) : nothing
    }
  }

  const declare = (pattern: SgNode, given: Value, type: string | null, scope: { from: number; to: number }): void => {
    if (pattern.kind() === 'identifier' || pattern.kind() === 'type_identifier') {
      module.declarations.push({ name: pattern.text(), value: given, type, ...scope })
    } else if (pattern.kind() === 'object_pattern') {
      for (const entry of namedParts(pattern)) {
        const key = entry.field('key') ?? entry.field('left') ?? entry
        const target = entry.field('value') ?? key
        const inner = target.kind() === 'assignment_pattern' ? (target.field('left') ?? target) : target
        const member: Value = { is: 'member', of: given, name: key.text() }
        if (inner.kind() === 'object_pattern') declare(inner, member, null, scope)
        else if (entry.kind() !== 'rest_pattern')
          module.declarations.push({ name: inner.text(), value: member, type: null, ...scope })
      }
    }
  }

  return { value, name, declare }
}
