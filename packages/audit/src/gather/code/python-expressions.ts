import { formatted } from './formatted.ts'
import { bind, readAssignment } from './python-binding.ts'
import { readFunction, unparameterisedCallee, unsaid } from './python-functions.ts'
import { readComprehension } from './python-loops.ts'
import type { Reading } from './python-reading.ts'
import { literal, unescaped } from './python-text.ts'
import { field, named, type Node } from './python-tree.ts'
import { nothing, type Call, type Value } from './values.ts'

type Expression = (node: Node, reading: Reading) => Value

const name: Expression = (node, reading) => ({ is: 'name', name: reading.text(node), at: node.at })
const first: Expression = (node, reading) => reading.value(named(node)[0])

const call: Expression = (node, reading) => {
  const made: Call = {
    is: 'call',
    callee: nothing,
    arguments: [],
    named: [],
    constructs: false,
    at: node.at,
    end: node.end,
    line: reading.line(node),
  }
  reading.module.calls.push(made)
  made.callee = unparameterisedCallee(field(node, 'function'), reading)
  const given = field(node, 'arguments')
  for (const argument of given?.kind === 'generator_expression' ? [given] : named(given))
    if (argument.kind === 'keyword_argument')
      made.named.push([reading.text(field(argument, 'name')), reading.value(field(argument, 'value'))])
    else if (argument.kind === 'dictionary_splat') made.named.push(['...', first(argument, reading)])
    else made.arguments.push(reading.value(argument))
  return made
}

/** An operator that only its operands give a meaning to: `folder / name`. */
const operatorCall = (node: Node, of: Value, method: string, given: Value[], reading: Reading): Value => ({
  is: 'call',
  callee: { is: 'member', of, name: method },
  arguments: given,
  named: [],
  constructs: false,
  at: node.at,
  end: node.end,
  line: reading.line(node),
})

/** `{name!r}` */
const asWritten = (node: Node, of: Value, reading: Reading): Value => ({
  is: 'call',
  callee: { is: 'name', name: 'repr', at: node.at },
  arguments: [of],
  named: [],
  constructs: false,
  at: node.at,
  end: node.end,
  line: reading.line(node),
})

const text: Expression = (node, reading) => {
  if (node.children.length === 0) return { is: 'text', text: literal(reading.text(node)) }
  const prefix = reading.text(node.children[0]).replace(/['"]+$/, '')
  const parts: Value[] = []
  for (const part of node.children) {
    if (part.kind === 'string_content') parts.push({ is: 'text', text: unescaped(reading.text(part), prefix) })
    if (part.kind !== 'interpolation') continue
    const [inner, ...format] = named(part)
    const isShown = format.some(one => one.kind === 'type_conversion' && /^!?[ra]$/.test(reading.text(one)))
    parts.push(isShown ? asWritten(part, reading.value(inner), reading) : reading.value(inner))
    format.forEach(reading.visit)
  }
  if (node.children.some(({ kind }) => kind === 'interpolation')) return { is: 'join', parts }
  return { is: 'text', text: parts.map(part => (part.is === 'text' ? part.text : '')).join('') }
}

const dictionary: Expression = (node, reading) => ({
  is: 'record',
  fields: named(node).map((entry): [string, Value] => {
    if (entry.kind === 'dictionary_splat') return ['...', first(entry, reading)]
    const key = reading.value(field(entry, 'key'))
    return [key.is === 'text' ? key.text : '', reading.value(field(entry, 'value'))]
  }),
  at: node.at,
  line: reading.line(node),
})

const joined = (one: Value, other: Value): Value => {
  const spread = (of: Value): Value => ({ is: 'spread', of })
  if (one.is === 'list' || other.is === 'list') return { is: 'list', items: [spread(one), spread(other)] }
  return { is: 'join', parts: [one, other] }
}

const combined = (node: Node, operator: string, one: Value, other: Value, reading: Reading): Value => {
  switch (operator) {
    case 'or':
      return { is: 'either', first: one, second: other }
    case 'and':
      return { is: 'both', first: one, second: other }
    case '|':
      return { is: 'choice', options: [one, other] }
    case '/':
      return operatorCall(node, one, '__truediv__', [other], reading)
    case '%':
      return one.is === 'text' || one.is === 'join' ? formatted(one, other) : nothing
    case '+':
      return joined(one, other)
    default:
      return nothing
  }
}

/** Long chains of an operator nest to the left as deep as they are long. */
const binary: Expression = (node, reading) => {
  const chain: Node[] = []
  let left: Node | undefined = node
  for (; left?.kind === node.kind; left = field(left, 'left')) chain.push(left)
  return chain.reduceRight((made, each) => {
    const operator = each.children.find(child => !child.named)?.kind ?? ''
    return combined(each, operator, made, reading.value(field(each, 'right')), reading)
  }, reading.value(left))
}

const comparison: Expression = (node, reading) => {
  const compares: Value[] = []
  let left: Value | undefined
  let operator = ''
  for (const part of node.children)
    if (!part.named) operator = part.kind
    else {
      const right = reading.value(part)
      if (left) compares.push({ is: 'compare', operator, left, right })
      if (operator === '==') reading.module.compared.push({ value: right, line: reading.line(node) })
      left = right
    }
  return compares.length === 0
    ? nothing
    : compares.reduce((one, other): Value => ({ is: 'both', first: one, second: other }))
}

/** `x[1:-1]`, as the call `x.slice(1, -1)`; with a step nothing is known. */
const slice = (node: Node, of: Value, range: Node, reading: Reading): Value => {
  const bounds: (Value | null)[] = [null]
  for (const part of range.children)
    if (part.named) bounds[bounds.length - 1] = reading.value(part)
    else bounds.push(null)
  const [from, to, step] = bounds
  if (step) return { is: 'index', of, index: nothing }
  return operatorCall(node, of, 'slice', [from ?? { is: 'number', number: 0 }, ...(to ? [to] : [])], reading)
}

const subscript: Expression = (node, reading) => {
  const of = reading.value(field(node, 'value'))
  const indexes = node.children.filter(child => child.field === 'subscript')
  const [only, second] = indexes
  if (only?.kind === 'slice' && !second) return slice(node, of, only, reading)
  const index: Value = second ? { is: 'list', items: indexes.map(reading.value) } : reading.value(only)
  return index.is === 'text' ? { is: 'member', of, name: index.text, keyed: true } : { is: 'index', of, index }
}

const list: Expression = (node, reading) => ({ is: 'list', items: named(node).map(reading.value) })
const spread: Expression = (node, reading) => ({ is: 'spread', of: first(node, reading) })

const number: Expression = (node, reading) => {
  const read = Number(reading.text(node).replaceAll('_', ''))
  return Number.isNaN(read) ? nothing : { is: 'number', number: read }
}

const constant =
  (of: boolean | null): Expression =>
  () => ({ is: 'constant', of })

const unary: Expression = (node, reading) => {
  const of = reading.value(field(node, 'argument'))
  return of.is === 'number' && node.children[0]?.kind === '-' ? { is: 'number', number: -of.number } : nothing
}

const conditional: Expression = (node, reading) => {
  const [yes, test, no] = named(node)
  reading.module.branches.push({ at: node.at, end: node.end })
  const chosen = reading.value(yes)
  const decided = reading.value(test)
  return { is: 'choice', options: [chosen, reading.value(no)], test: decided }
}

const awaited: Expression = (node, reading) => {
  const made = first(node, reading)
  return made.is === 'call' ? Object.assign(made, { awaited: true as const }) : made
}

const produced: Expression = (node, reading) => {
  const around = reading.within.functions.at(-1)
  if (around) around.isGenerator = true
  reading.inside(node)
  return nothing
}

const walrus: Expression = (node, reading) => {
  const given = reading.value(field(node, 'value'))
  reading.declare(reading.text(field(node, 'name')), given, unsaid, node.end, true)
  return given
}

/** `a as b` of a `with`; its value is what is entered. */
const alias: Expression = (node, reading) => {
  const [given, target] = named(node)
  const made = reading.value(given)
  const inner = target?.kind === 'as_pattern_target' ? named(target)[0] : target
  if (inner) bind(inner, made, unsaid, node, reading)
  return made
}

const dotted: Expression = (node, reading) => {
  const [head, ...rest] = named(node)
  return rest.reduce(
    (of, part): Value => ({ is: 'member', of, name: reading.text(part) }),
    head ? name(head, reading) : nothing,
  )
}

const genericType: Expression = (node, reading) => {
  const [of, given] = named(node)
  const head = reading.value(of)
  return { is: 'index', of: head, index: { is: 'list', items: named(given).map(reading.value) } }
}

/** How each kind of expression becomes a value; the calls and functions in it are added to the module. */
export const expressions: Record<string, Expression> = {
  string: text,
  concatenated_string: (node, reading) => ({ is: 'join', parts: named(node).map(reading.value) }),
  integer: number,
  float: number,
  true: constant(true),
  false: constant(false),
  none: constant(null),
  identifier: name,
  dotted_name: dotted,
  attribute: (node, reading) => ({
    is: 'member',
    of: reading.value(field(node, 'object')),
    name: reading.text(field(node, 'attribute')),
  }),
  subscript,
  list,
  expression_list: list,
  pattern_list: list,
  tuple: list,
  set: list,
  list_splat: spread,
  list_comprehension: readComprehension,
  set_comprehension: readComprehension,
  generator_expression: readComprehension,
  dictionary_comprehension: readComprehension,
  dictionary,
  call,
  binary_operator: binary,
  boolean_operator: binary,
  comparison_operator: comparison,
  not_operator: (node, reading) => ({ is: 'not', of: reading.value(field(node, 'argument')) }),
  unary_operator: unary,
  conditional_expression: conditional,
  await: awaited,
  yield: produced,
  parenthesized_expression: first,
  named_expression: walrus,
  assignment: readAssignment,
  as_pattern: alias,
  lambda: readFunction,
  type: first,
  generic_type: genericType,
  union_type: (node, reading) => ({ is: 'choice', options: named(node).map(reading.value) }),
}
