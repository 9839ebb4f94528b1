import type { Node } from '@babel/types'
import type { Reading } from './typescript-reading.ts'
import { nothing, type Call, type Value } from './values.ts'

/** What compilers put around `require` to make a module of another kind out of it. */
const interop = /^(__toESM|__importStar|__importDefault|_interopRequire(Default|Wildcard)\d*|_interop_require_\w+)$/
const comparing = /^([!=]==?|[<>]=?|in|instanceof)$/

/** Names keep their first character, so that `#private` is told from `private`. */
export const keyOf = (key: Node, reading: Reading, computed = false): string => {
  if (computed && key.type !== 'StringLiteral') return `[${reading.text(key)}]`
  if (key.type === 'Identifier') return key.name
  if (key.type === 'PrivateName') return `#${key.id.name}`
  if (key.type === 'StringLiteral') return key.value
  return key.type === 'NumericLiteral' ? String(key.value) : reading.text(key)
}

const argumentsOf = (given: Node[], reading: Reading): Value[] =>
  given.map(argument =>
    argument.type === 'SpreadElement'
      ? { is: 'spread', of: reading.value(argument.argument) }
      : reading.value(argument),
  )

/** `default` is what an `import x from` would give. */
const asModule = (of: Value & { is: 'import' }, node: Node): Value => ({
  is: 'record',
  fields: [
    ['...', of],
    ['default', { is: 'import', module: of.module, name: 'default' }],
  ],
  at: node.start ?? 0,
  line: node.loc?.start.line ?? 1,
})

const call = (node: Node, callee: Node, given: Node[], constructs: boolean, reading: Reading): Value => {
  const [first] = given
  const isImport = callee.type === 'Import' || (callee.type === 'Identifier' && callee.name === 'require')
  if (isImport && first?.type === 'StringLiteral') return reading.loads(first.value)
  if (callee.type === 'Identifier' && interop.test(callee.name) && first) {
    const inner = reading.value(first)
    if (inner.is === 'import') return asModule(inner, node)
  }
  const made: Call = {
    is: 'call',
    callee: nothing,
    arguments: [],
    named: [],
    constructs,
    at: node.start ?? 0,
    end: node.end ?? 0,
    line: node.loc?.start.line ?? 1,
  }
  reading.module.calls.push(made)
  made.callee = reading.value(callee)
  made.arguments = argumentsOf(given, reading)
  return made
}

const record = (node: Node & { type: 'ObjectExpression' }, reading: Reading): Value => ({
  is: 'record',
  fields: node.properties.map((entry): [string, Value] => {
    if (entry.type === 'SpreadElement') return ['...', reading.value(entry.argument)]
    const key = entry.computed && entry.key.type !== 'StringLiteral' ? '' : keyOf(entry.key, reading)
    if (entry.computed) reading.value(entry.key)
    return [key, reading.value(entry.type === 'ObjectMethod' ? entry : entry.value)]
  }),
  at: node.start ?? 0,
  line: node.loc?.start.line ?? 1,
})

/** Long chains of `+` nest to the left as deep as they are long. */
const sum = (node: Node, reading: Reading): Value => {
  const terms: Node[] = []
  let left = node
  while (left.type === 'BinaryExpression' && left.operator === '+') {
    terms.unshift(left.right)
    left = left.left
  }
  return { is: 'join', parts: [left, ...terms].map(reading.value) }
}

const template = (node: Node & { type: 'TemplateLiteral' }, reading: Reading): Value => {
  const texts = node.quasis.map((quasi): Value => ({ is: 'text', text: quasi.value.cooked ?? quasi.value.raw }))
  if (node.expressions.length === 0) return texts[0] ?? nothing
  const parts = texts.flatMap((text, index) => {
    const inner = node.expressions[index]
    return inner ? [text, reading.value(inner)] : [text]
  })
  return { is: 'join', parts: parts.filter(part => part.is !== 'text' || part.text !== '') }
}

const member = (node: Node & { type: 'MemberExpression' | 'OptionalMemberExpression' }, reading: Reading): Value => {
  const of = reading.value(node.object)
  if (!node.computed) return { is: 'member', of, name: keyOf(node.property, reading) }
  const index = reading.value(node.property)
  return index.is === 'text' ? { is: 'member', of, name: index.text, keyed: true } : { is: 'index', of, index }
}

const unary = (node: Node & { type: 'UnaryExpression' }, reading: Reading): Value => {
  const of = reading.value(node.argument)
  if (node.operator === '!') return { is: 'not', of }
  if (node.operator === 'void') return { is: 'constant', of: null }
  if (node.operator === '-' && of.is === 'number') return { is: 'number', number: -of.number }
  if (node.operator === 'delete') reading.write(node, node.argument, 'delete', nothing)
  return nothing
}

/** Turns an expression into a value; the calls, functions and classes in it are added to the module. */
export const expression = (node: Node, reading: Reading): Value => {
  switch (node.type) {
    case 'StringLiteral':
      return { is: 'text', text: node.value }
    case 'TemplateLiteral':
      return template(node, reading)
    case 'NumericLiteral':
      return { is: 'number', number: node.value }
    case 'BooleanLiteral':
      return { is: 'constant', of: node.value }
    case 'NullLiteral':
      return { is: 'constant', of: null }
    case 'RegExpLiteral':
      return { is: 'pattern', text: node.pattern, flags: node.flags }
    case 'Identifier':
      return node.name === 'undefined' ? { is: 'constant', of: null } : reading.name(node.name, node)
    case 'MetaProperty':
      return reading.name(reading.text(node), node)
    case 'ThisExpression':
      return reading.name('this', node)
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return member(node, reading)
    case 'ArrayExpression':
      return {
        is: 'list',
        items: argumentsOf(
          node.elements.filter(item => item !== null),
          reading,
        ),
      }
    case 'ObjectExpression':
      return record(node, reading)
    case 'CallExpression':
    case 'OptionalCallExpression':
      return call(node, node.callee, node.arguments, false, reading)
    case 'NewExpression':
      return call(node, node.callee, node.arguments, true, reading)
    case 'TaggedTemplateExpression': {
      const made = call(node, node.tag, [node.quasi], false, reading)
      return made.is === 'call' ? Object.assign(made, { tagged: true as const }) : made
    }
    case 'BinaryExpression': {
      if (node.operator === '+') return sum(node, reading)
      const [left, right] = [reading.value(node.left), reading.value(node.right)]
      if (!comparing.test(node.operator)) return { is: 'arithmetic', operator: node.operator, left, right }
      if (/^===?$/.test(node.operator)) reading.module.compared.push({ value: right, line: node.loc?.start.line ?? 1 })
      return { is: 'compare', operator: node.operator, left, right }
    }
    case 'LogicalExpression': {
      const [first, second] = [reading.value(node.left), reading.value(node.right)]
      return { is: node.operator === '&&' ? 'both' : 'either', first, second }
    }
    case 'UnaryExpression':
      return unary(node, reading)
    case 'UpdateExpression':
      reading.write(node, node.argument, node.operator, nothing)
      return nothing
    case 'AssignmentExpression':
      return reading.assign(node)
    case 'ConditionalExpression': {
      reading.branch(node)
      const test = reading.value(node.test)
      return { is: 'choice', test, options: [reading.value(node.consequent), reading.value(node.alternate)] }
    }
    case 'SequenceExpression':
      return node.expressions.map(reading.value).at(-1) ?? nothing
    case 'AwaitExpression': {
      const awaited = reading.value(node.argument)
      return awaited.is === 'call' ? Object.assign(awaited, { awaited: true as const }) : awaited
    }
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
    case 'ParenthesizedExpression':
      return reading.value(node.expression)
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ObjectMethod':
      return reading.function(node)
    case 'ClassExpression':
      return reading.class(node)
    default:
      reading.inside(node)
      return nothing
  }
}
