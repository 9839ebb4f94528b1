import { bind } from './python-binding.ts'
import { unsaid } from './python-functions.ts'
import type { Reading } from './python-reading.ts'
import { field, named, type Node } from './python-tree.ts'
import { nothing, type Guard, type Loop, type Range, type Value } from './values.ts'

const addLoop = (kind: Loop['kind'], { at, end }: Range, line: number, { module }: Reading): Loop => {
  const loop: Loop = { kind, of: nothing, at, end, line }
  module.loops.push(loop)
  return loop
}

/** What stands after `for` or in a `for` clause of a comprehension. */
const readTaking = (node: Node, loop: Loop, reading: Reading): void => {
  loop.of = reading.value(field(node, 'right'))
  const left = field(node, 'left')
  if (left) bind(left, { is: 'element', of: loop.of }, unsaid, left, reading)
}

export const readFor = (node: Node, reading: Reading): void => {
  readTaking(node, addLoop('for', node, reading.line(node), reading), reading)
  reading.visit(field(node, 'body'))
  reading.visit(field(node, 'alternative'))
}

export const readWhile = (node: Node, reading: Reading): void => {
  reading.module.branches.push({ at: node.at, end: node.end })
  addLoop('while', node, reading.line(node), reading).of = reading.value(field(node, 'condition'))
  reading.visit(field(node, 'body'))
  reading.visit(field(node, 'alternative'))
}

/** A list of what one round makes; of a dictionary, a record with an unknown key. */
export const readComprehension = (node: Node, reading: Reading): Value => {
  const line = reading.line(node)
  const body = field(node, 'body')
  const clauses = named(node).filter(part => part !== body)
  // what is taken stands before its condition
  const guards = clauses.flatMap((clause): [Guard, Node][] => {
    if (clause.kind !== 'if_clause' || !body) return []
    const range = { at: body.at, end: body.end }
    const consequent = { ...range, leaves: null }
    return [[{ test: nothing, line: reading.line(clause), ...range, consequent, alternate: null }, clause]]
  })
  const loops = clauses.flatMap((clause): [Loop, Node][] =>
    clause.kind === 'for_in_clause' ? [[addLoop('comprehension', node, line, reading), clause]] : [],
  )
  reading.module.guards.push(...guards.map(([guard]) => guard))
  let made: Value = nothing
  reading.scoped('comprehension', node, () => {
    const isPair = body?.kind === 'pair'
    if (isPair) reading.visit(field(body, 'key'))
    made = reading.value(isPair ? field(body, 'value') : body)
    for (const [loop, clause] of loops) readTaking(clause, loop, reading)
    for (const [guard, clause] of guards) guard.test = reading.value(named(clause)[0])
  })
  return node.kind === 'dictionary_comprehension'
    ? { is: 'record', fields: [['', made]], at: node.at, line }
    : { is: 'list', items: [made] }
}
