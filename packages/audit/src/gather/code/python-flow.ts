import { bind } from './python-binding.ts'
import { unsaid } from './python-functions.ts'
import type { Reading } from './python-reading.ts'
import { field, isStatementOf, named, type Node } from './python-tree.ts'
import { nothing, type Guard, type Handler, type Leaving, type Range, type Try } from './values.ts'

const exits = /^(sys\.exit|os\._exit|exit|quit|_exit)$/

const blockOf = (clause: Node | undefined): Node | undefined => clause?.children.findLast(part => part.kind === 'block')

const alternativesOf = (node: Node): Node[] => node.children.filter(({ kind }) => /^(elif|else)_clause$/.test(kind))

const leavingOfAll = (clauses: Node[], reading: Reading): Leaving => {
  const ends = clauses.map(clause => leavingOf(blockOf(clause), reading))
  return clauses.at(-1)?.kind === 'else_clause' && ends.every(end => end !== null) ? (ends[0] ?? null) : null
}

/** How a block ends; null when what comes after it may run. */
const leavingOf = (block: Node | undefined, reading: Reading): Leaving => {
  const last = block?.children.at(-1)
  switch (last?.kind) {
    case 'return_statement':
      return 'return'
    case 'raise_statement':
      return 'throw'
    case 'continue_statement':
    case 'break_statement':
      return 'loop'
    case 'expression_statement': {
      const [only] = last.children
      return only?.kind === 'call' && exits.test(reading.text(field(only, 'function')).slice(0, 20)) ? 'throw' : null
    }
    case 'if_statement': {
      const then = leavingOf(field(last, 'consequence'), reading)
      return then && leavingOfAll(alternativesOf(last), reading) ? then : null
    }
    default:
      return null
  }
}

/** From the first to the last statement. */
const rangeOf = (block: Node | undefined, around: Node): Range => ({
  at: block?.children[0]?.at ?? around.end,
  end: block?.children.at(-1)?.end ?? around.end,
})

const branchOf = (block: Node | undefined, around: Node, reading: Reading): Guard['consequent'] => ({
  ...rangeOf(block, around),
  leaves: leavingOf(block, reading),
})

export const readIf = (node: Node, reading: Reading): void => {
  reading.module.branches.push({ at: node.at, end: node.end })
  const clauses = [node, ...alternativesOf(node)]
  const blocks = clauses.map(clause => (clause === node ? field(node, 'consequence') : blockOf(clause)))
  const alternates: Guard['alternate'][] = []
  let alternate: Guard['alternate'] = null
  const consequents = clauses.map((clause, index) => branchOf(blocks[index], clause, reading))
  for (let index = clauses.length - 1; index >= 0; index--) {
    const [clause, consequent] = [clauses[index], consequents[index]]
    if (!clause || !consequent) continue
    alternates[index] = alternate
    const leaves: Leaving = alternates[index]?.leaves ? consequent.leaves : null
    alternate = clause.kind === 'else_clause' ? consequent : { at: clause.at, end: node.end, leaves }
  }
  clauses.forEach((clause, index) => {
    const consequent = consequents[index]
    if (clause.kind !== 'else_clause' && consequent) {
      const guard: Guard = {
        test: nothing,
        line: reading.line(clause),
        at: clause.at,
        end: node.end,
        consequent,
        alternate: alternates[index] ?? null,
      }
      reading.module.guards.push(guard)
      guard.test = reading.value(field(clause, 'condition'))
    }
    reading.visit(blocks[index])
  })
}

/** It throws unless its condition holds. */
export const readAssert = (node: Node, reading: Reading): void => {
  const range = { at: node.at, end: node.end }
  const test = { is: 'not' as const, of: nothing }
  const consequent = { ...range, leaves: 'throw' as const }
  reading.module.guards.push({ test, line: reading.line(node), ...range, consequent, alternate: null })
  const [condition, message] = named(node)
  test.of = reading.value(condition)
  reading.visit(message)
}

export const readRaise = (node: Node, reading: Reading): void => {
  const entry = { value: nothing, at: node.at, line: reading.line(node) }
  reading.module.throws.push(entry)
  const [thrown, ...causes] = named(node)
  entry.value = reading.value(thrown)
  causes.forEach(reading.visit)
}

const isEmpty = (block: Node | undefined): boolean =>
  block?.children.every(
    statement => statement.kind === 'pass_statement' || isStatementOf(/^(ellipsis|string)$/, statement),
  ) ?? true

const readHandler = (clause: Node, reading: Reading): Handler => {
  const block = blockOf(clause)
  const handler: Handler = {
    at: clause.at,
    end: clause.end,
    line: reading.line(clause),
    types: [],
    binds: null,
    empty: isEmpty(block),
    leaves: leavingOf(block, reading),
  }
  reading.module.branches.push({ at: clause.at, end: clause.end })
  for (const caught of named(clause)) {
    if (caught === block) continue
    const [type, target] = caught.kind === 'as_pattern' ? named(caught) : [caught]
    const made = reading.value(type)
    handler.types.push(...(made.is === 'list' ? made.items : [made]))
    const bound = target && named(target)[0]
    if (!bound) continue
    handler.binds = reading.text(bound)
    bind(bound, made, unsaid, caught, reading)
  }
  return handler
}

export const readTry = (node: Node, reading: Reading): void => {
  const body = field(node, 'body')
  const last = node.children.find(({ kind }) => kind === 'finally_clause')
  const made: Try = {
    at: node.at,
    end: node.end,
    body: rangeOf(body, node),
    handlers: [],
    finally: last ? rangeOf(blockOf(last), last) : null,
  }
  reading.module.tries.push(made)
  for (const part of named(node))
    if (/^except_(group_)?clause$/.test(part.kind)) {
      made.handlers.push(readHandler(part, reading))
      reading.visit(blockOf(part))
    } else reading.visit(part === body ? part : blockOf(part))
}
