import { saidBy, unparameterised, unsaid } from './python-functions.ts'
import type { Reading, Said } from './python-reading.ts'
import { field, named, type Node } from './python-tree.ts'
import { nothing, type Value } from './values.ts'

const writes = (target: Value, operator: string, value: Value, { at, end }: Node, reading: Reading, line: number) =>
  reading.module.writes.push({ target, operator, value, at, end, line })

const bindMember = (target: Node, given: Value, said: Said, statement: Node, reading: Reading): void => {
  const { module, within } = reading
  const member = reading.value(target)
  if (member.is !== 'member') return
  module.assigned.push({ target: member, value: given })
  if (member.of.is === 'name' && /^(self|cls)$/.test(member.of.name))
    within.classes.at(-1)?.members.push({ name: member.name, value: given, ...said })
  // an annotation alone assigns nothing
  if (given !== nothing || !said.type) writes(member, '=', given, statement, reading, reading.line(statement))
}

const itemOf = (given: Value, index: number): Value => {
  const isWhole = given.is === 'list' && given.items.every(({ is }) => is !== 'spread')
  return isWhole ? (given.items[index] ?? nothing) : { is: 'index', of: given, index: { is: 'number', number: index } }
}

/** Gives a value to all that a target names; at the level of a module or a class it is also an export or a member. */
export const bind = (target: Node, given: Value, said: Said, statement: Node, reading: Reading): void => {
  switch (target.kind) {
    case 'pattern_list':
    case 'tuple_pattern':
    case 'list_pattern':
    case 'tuple':
    case 'list': {
      let isAfterRest = false
      named(target).forEach((part, index) => {
        isAfterRest ||= part.kind.startsWith('list_splat')
        bind(part, isAfterRest ? nothing : itemOf(given, index), unsaid, statement, reading)
      })
      return
    }
    case 'list_splat_pattern':
    case 'list_splat':
      named(target).forEach(part => bind(part, nothing, unsaid, statement, reading))
      return
    case 'parenthesized_expression':
      named(target).forEach(part => bind(part, given, unsaid, statement, reading))
      return
    case 'attribute':
      return bindMember(target, given, said, statement, reading)
    case 'identifier': {
      const isOuter = reading.declare(reading.text(target), given, said, statement.end)
      if (isOuter) writes(reading.value(target), '=', given, statement, reading, reading.line(statement))
      return
    }
    default:
      writes(reading.value(target), '=', given, statement, reading, reading.line(statement))
  }
}

/** `AppServer = Server[Context]` gives a class another name. */
const isTypeAlias = (left: Node, right: Node, { text }: Reading): boolean =>
  right.kind === 'subscript' &&
  // what these are given says what the type is
  !/(^|\.)(Annotated|Literal|Optional|Union|List|Dict|Sequence)$/.test(text(field(right, 'value')).slice(-100)) &&
  [left, field(right, 'value')].every(node => /(^|\.)[A-Z]\w*[a-z]\w*$/.test(text(node).slice(-100)))

/** `a = b`, `a: T = b` and `a: T`; what it gives back is b. */
export const readAssignment = (node: Node, reading: Reading): Value => {
  const left = field(node, 'left')
  const right = field(node, 'right')
  const said = saidBy(field(node, 'type'), reading)
  if (!left) return nothing
  const isAlias = right && isTypeAlias(left, right, reading)
  const given = isAlias ? unparameterised(right, reading) : reading.value(right)
  bind(left, given, said, node, reading)
  return given
}

/** `a += b`; a list that is added to is told by a call of `extend`. */
export const readAugmented = (node: Node, reading: Reading): void => {
  const operator = node.children.find(child => !child.named)?.kind ?? ''
  const line = reading.line(node)
  const target = reading.value(field(node, 'left'))
  const added = { target, operator, value: nothing, at: node.at, end: node.end, line }
  reading.module.writes.push(added)
  added.value = reading.value(field(node, 'right'))
  if (operator === '+=')
    reading.module.calls.push({
      is: 'call',
      callee: { is: 'member', of: target, name: 'extend' },
      arguments: [added.value],
      named: [],
      constructs: false,
      at: node.at,
      end: node.end,
      line,
    })
}

export const readDelete = (node: Node, reading: Reading): void => {
  const targets = named(node).flatMap(part => (part.kind === 'expression_list' ? named(part) : [part]))
  for (const target of targets) writes(reading.value(target), 'delete', nothing, node, reading, reading.line(node))
}
