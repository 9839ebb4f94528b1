import type { SgNode } from '@ast-grep/napi'
import { namedParts, rangeOf, startOf } from './nodes.ts'
import type { Guard, Handler, Leaving, Module, Range, Value } from './values.ts'

type ToValue = (node: SgNode | null) => Value

export const flowKinds = [
  'if_statement',
  'elif_clause',
  'assert_statement',
  'try_statement',
  'raise_statement',
  'for_statement',
  'while_statement',
  'for_in_clause',
  'if_clause',
]

export const lineOf = (node: SgNode): number => node.range().start.line + 1

const isExit = (value: Value): boolean => {
  if (value.is !== 'call') return false
  const { callee } = value
  if (callee.is === 'name') return /^(exit|quit|_exit)$/.test(callee.name)
  return (
    callee.is === 'member' &&
    callee.of.is === 'name' &&
    /^(sys\.exit|os\._exit)$/.test(`${callee.of.name}.${callee.name}`)
  )
}

const alternativesOf = (node: SgNode): SgNode[] =>
  node.children().filter(child => /^(elif|else)_clause$/.test(String(child.kind())))

/** How a block ends; null when what comes after it may run. */
const leavingOf = (block: SgNode | null, value: ToValue): Leaving => {
  const last = namedParts(block).at(-1)
  switch (String(last?.kind())) {
    case 'return_statement':
      return 'return'
    case 'raise_statement':
      return 'throw'
    case 'continue_statement':
    case 'break_statement':
      return 'loop'
    case 'expression_statement':
      return isExit(value(namedParts(last ?? null)[0] ?? null)) ? 'throw' : null
    case 'if_statement': {
      if (!last) return null
      const others = alternativesOf(last)
      if (others.at(-1)?.kind() !== 'else_clause') return null
      const ends = [leavingOf(last.field('consequence'), value), ...others.map(each => leavingOf(bodyOf(each), value))]
      return ends.every(end => end !== null) ? (ends[0] ?? null) : null
    }
    default:
      return null
  }
}

const bodyOf = (clause: SgNode): SgNode | null => namedParts(clause).findLast(part => part.kind() === 'block') ?? null

/** From the first to the last statement. */
const blockRange = (block: SgNode | null, around: SgNode): Range => {
  const statements = namedParts(block)
  const [first, last] = [statements[0], statements.at(-1)]
  return first && last
    ? { at: startOf(first), end: last.range().end.index }
    : { at: around.range().end.index, end: around.range().end.index }
}

const isEmpty = (block: SgNode | null): boolean =>
  namedParts(block).every(
    statement =>
      statement.kind() === 'pass_statement' || /^(ellipsis|string)$/.test(String(namedParts(statement)[0]?.kind())),
  )

/** Adds guards, loops, exceptions and their handlers to the module. */
export const readFlow = (kinds: (...wanted: string[]) => SgNode[], module: Module, value: ToValue): void => {
  const leavingBlock = (block: SgNode | null, around: SgNode): Guard['consequent'] => ({
    ...blockRange(block, around),
    leaves: leavingOf(block, value),
  })

  const guard = (node: SgNode, test: SgNode | null, then: SgNode | null, others: SgNode[], end: number): void => {
    const [next, ...rest] = others
    let alternate: Guard['alternate'] = null
    if (next?.kind() === 'else_clause') alternate = leavingBlock(bodyOf(next), next)
    else if (next) {
      const ends = others.map(each => leavingOf(bodyOf(each), value))
      const isDecided = others.at(-1)?.kind() === 'else_clause' && ends.every(each => each !== null)
      alternate = { at: startOf(next), end, leaves: isDecided ? (ends[0] ?? null) : null }
      guard(next, next.field('condition'), bodyOf(next), rest, end)
    }
    module.guards.push({
      test: value(test),
      line: lineOf(node),
      at: startOf(node),
      end,
      consequent: leavingBlock(then, node),
      alternate,
    })
  }

  const handler = (clause: SgNode): Handler => {
    const block = bodyOf(clause)
    const caught = namedParts(clause).find(part => part.kind() !== 'block')
    const isNamed = caught?.kind() === 'as_pattern'
    const types = value((isNamed ? namedParts(caught)[0] : caught) ?? null)
    return {
      ...rangeOf(clause),
      line: lineOf(clause),
      types: !caught ? [] : types.is === 'list' ? types.items : [types],
      binds: isNamed ? (namedParts(caught).at(-1)?.text() ?? null) : null,
      empty: isEmpty(block),
      leaves: leavingOf(block, value),
    }
  }

  /** `[x for x in all if test]`: what is taken stands before its condition. */
  const filter = (node: SgNode): void => {
    const body = node.parent()?.field('body')
    if (body)
      module.guards.push({
        test: value(namedParts(node)[0] ?? null),
        line: lineOf(node),
        ...rangeOf(body),
        consequent: { ...rangeOf(body), leaves: null },
        alternate: null,
      })
  }

  for (const node of kinds('if_clause')) filter(node)
  for (const node of kinds('if_statement'))
    guard(node, node.field('condition'), node.field('consequence'), alternativesOf(node), node.range().end.index)
  for (const node of kinds('assert_statement')) {
    const range = rangeOf(node)
    const test: Value = { is: 'not', of: value(namedParts(node)[0] ?? null) }
    module.guards.push({
      test,
      line: lineOf(node),
      ...range,
      consequent: { ...range, leaves: 'throw' },
      alternate: null,
    })
  }
  for (const node of kinds('try_statement')) {
    const clauses = namedParts(node)
    const last = clauses.find(part => part.kind() === 'finally_clause')
    module.tries.push({
      ...rangeOf(node),
      body: blockRange(node.field('body'), node),
      handlers: clauses.filter(part => /^except_(group_)?clause$/.test(String(part.kind()))).map(handler),
      finally: last ? blockRange(bodyOf(last), last) : null,
    })
  }
  for (const node of kinds('raise_statement'))
    module.throws.push({ value: value(namedParts(node)[0] ?? null), at: startOf(node), line: lineOf(node) })
  for (const node of kinds('for_statement'))
    module.loops.push({ kind: 'for', of: value(node.field('right')), ...rangeOf(node), line: lineOf(node) })
  for (const node of kinds('while_statement'))
    module.loops.push({ kind: 'while', of: value(node.field('condition')), ...rangeOf(node), line: lineOf(node) })
  for (const node of kinds('for_in_clause')) {
    const around = node.parent()
    if (around)
      module.loops.push({
        kind: 'comprehension',
        of: value(node.field('right')),
        ...rangeOf(around),
        line: lineOf(around),
      })
  }
}
