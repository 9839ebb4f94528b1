import type { SgNode } from '@ast-grep/napi'
import type { Repository } from '../core/target.ts'
import { namedParts } from './code/nodes.ts'
import { parseSource } from './trees.ts'

/** Stands where a value is computed and cannot be told without running the code. */
export const computed = Symbol('computed')

const maxDepth = 40
const maxFiles = 50
const maxText = 100_000

const keyOf = (pair: SgNode): string => (pair.field('key')?.text() ?? '').replace(/^['"]|['"]$/g, '')

const wrappers = /^(parenthesized_expression|satisfies_expression|as_expression|non_null_expression|await_expression)$/

/** The data that an expression of JavaScript stands for, with `computed` where it is none. */
const dataOf = (node: SgNode | null | undefined, root: SgNode, depth = 0): unknown => {
  if (!node || depth > maxDepth) return computed
  const kind = String(node.kind())
  const inner = (next: SgNode | null | undefined): unknown => dataOf(next, root, depth + 1)
  if (kind === 'string') return node.text().slice(1, -1)
  if (kind === 'number') return Number(node.text().replaceAll('_', ''))
  if (kind === 'true' || kind === 'false') return kind === 'true'
  if (kind === 'null' || kind === 'undefined') return null
  if (kind === 'template_string') return node.text().includes('${') ? computed : node.text().slice(1, -1)
  if (kind === 'unary_expression' && node.text().startsWith('-')) {
    const number = inner(node.field('argument'))
    return typeof number === 'number' ? -number : computed
  }
  if (kind === 'array') return namedParts(node).map(inner)
  if (kind === 'object') {
    const made: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    for (const part of namedParts(node)) {
      if (part.kind() === 'pair') made[keyOf(part)] = inner(part.field('value'))
      else if (part.kind() === 'spread_element') {
        const spread = inner(namedParts(part)[0])
        if (typeof spread === 'object' && spread !== null) Object.assign(made, spread)
        else made['...'] = computed
      } else if (part.kind() === 'shorthand_property_identifier') made[part.text()] = named(part.text(), root, depth)
    }
    return made
  }
  if (wrappers.test(kind)) return inner(namedParts(node)[0])
  if (kind === 'identifier') return named(node.text(), root, depth)
  if (kind === 'call_expression') {
    const given = namedParts(node.field('arguments'))
    const isDefining = /^(define\w+|mergeConfig|withConfig)$/.test(node.field('function')?.text() ?? '')
    const values = isDefining ? given.map(inner) : []
    return values.length === 1
      ? values[0]
      : values.length === 0
        ? computed
        : values.reduce((all, one) => merged(all, one), {})
  }
  if (kind === 'arrow_function' || kind === 'function_expression' || kind === 'function') {
    const body = node.field('body')
    if (body?.kind() !== 'statement_block') return inner(body)
    const returned = body.find({ rule: { kind: 'return_statement' } })
    return returned ? inner(namedParts(returned)[0]) : computed
  }
  return computed
}

const merged = (all: unknown, one: unknown): unknown => {
  if (typeof all !== 'object' || all === null) return one
  if (typeof one !== 'object' || one === null) return one === computed ? { ...all, '...': computed } : one
  const made: Record<string, unknown> = { ...(all as Record<string, unknown>) }
  for (const [key, value] of Object.entries(one)) made[key] = key in made ? merged(made[key], value) : value
  return made
}

const named = (name: string, root: SgNode, depth: number): unknown => {
  const declared = root
    .findAll({ rule: { kind: 'variable_declarator' } })
    .filter(node => node.field('name')?.text() === name)
  return declared.length === 1 ? dataOf(declared[0]?.field('value'), root, depth + 1) : computed
}

const exported = (root: SgNode): SgNode | null => {
  for (const statement of root.findAll({ rule: { kind: 'export_statement' } }))
    if (statement.children().some(child => child.kind() === 'default')) return statement.field('value')
  for (const assignment of root.findAll({ rule: { kind: 'assignment_expression' } }))
    if (assignment.field('left')?.text() === 'module.exports') return assignment.field('right')
  return null
}

export interface LiteralConfig {
  path: string
  /** What it exports by default; `computed` where it cannot be told. */
  data: unknown
}

/** What configuration files in JavaScript or TypeScript export, read as syntax and never executed. */
export const literalConfigs = async (repository: Repository, name: RegExp): Promise<LiteralConfig[]> => {
  const paths = repository.files.filter(path => name.test(path)).slice(0, maxFiles)
  const read = paths.map(async (path): Promise<LiteralConfig> => {
    const text = await repository.text(path)
    const root = text === null || text.length > maxText ? null : parseSource(path, text)
    return { path, data: root ? dataOf(exported(root), root) : computed }
  })
  return Promise.all(read)
}
