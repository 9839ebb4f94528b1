import type { CallExpression, Node, ObjectExpression, OptionalCallExpression } from '@babel/types'
import { lineOf } from './code/typescript-nodes.ts'
import type { Placed } from './code/typescript-walks.ts'
import type { EnvRead } from './env-facts.ts'
import { kindOfField } from './setting-kinds.ts'
import type { Source } from './trees.ts'

export type Maybe = Node | null | undefined
export type Call = CallExpression | OptionalCallExpression

export const isFunction = (node: Node): boolean =>
  /^(Function(Declaration|Expression)|ArrowFunctionExpression|ClassMethod|ClassPrivateMethod|ObjectMethod)$/.test(
    node.type,
  )
const environment = /^(globalThis\.)?(process\.env|import\.meta\.env|Bun\.env|Deno\.env)$/
const maxName = 200
const maxDepth = 500

/** `x as X` and `x satisfies X` are x. */
export const uncast = (node: Maybe): Maybe =>
  node?.type === 'TSAsExpression' || node?.type === 'TSSatisfiesExpression' ? node.expression : node

export const memberOf = (node: Maybe): { object: Node; property: Node; computed: boolean } | null =>
  node?.type === 'MemberExpression' || node?.type === 'OptionalMemberExpression' ? node : null

export const objectOf = (node: Maybe): ObjectExpression | null => (node?.type === 'ObjectExpression' ? node : null)

export const isCall = (node: Maybe): node is Call =>
  node?.type === 'CallExpression' || node?.type === 'OptionalCallExpression'

export const outsideOf = (place: Placed): Placed[] => {
  const found: Placed[] = []
  for (let { outer } = place; outer && found.length < maxDepth; { outer } = outer) found.push(outer)
  return found
}

export const functionAround = (place: Placed): Placed | undefined => {
  let { outer } = place
  for (let depth = 0; outer && depth < maxDepth && !isFunction(outer.node); depth++) outer = outer.outer
  return outer && isFunction(outer.node) ? outer : undefined
}

/** What can be asked about the nodes of one file. */
export const openFile = ({ text: whole }: Source) => {
  const text = (node: Maybe): string => (node ? whole.slice(node.start ?? 0, node.end ?? 0) : '')

  /** A name with its dots; the source of everything that is longer than a name is not looked at. */
  const name = (node: Maybe): string => (node && (node.end ?? 0) - (node.start ?? 0) > maxName ? '' : text(node))

  /** What is declared, without its type and its default. */
  const declared = (node: Maybe): string => {
    switch (node?.type) {
      case 'Identifier':
        return node.name
      case 'AssignmentPattern':
        return declared(node.left)
      case 'TSParameterProperty':
        return declared(node.parameter)
      case 'RestElement':
        return `...${declared(node.argument)}`
      case 'ObjectPattern':
      case 'ArrayPattern':
        return whole.slice(node.start ?? 0, node.typeAnnotation?.start ?? node.end ?? 0).slice(0, maxName)
      default:
        return name(node)
    }
  }

  const literal = (node: Maybe): string | null =>
    node?.type === 'StringLiteral' || (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
      ? text(node).slice(1, -1)
      : null

  const strings = (node: Maybe): string[] | null => {
    const inner = uncast(node)
    if (inner?.type !== 'ArrayExpression') return null
    const items = inner.elements.map(literal)
    return items.every(item => item !== null) ? items : null
  }

  const keyOf = (node: Maybe): string => name(node).replaceAll(/^['"[]+|['"\]]+$/g, '')

  const parametersOf = (node: Node): string[] => ('params' in node ? node.params.map(declared) : [])

  /** Its own name, or that of the variable or of the field that holds it. */
  const nameOfFunction = ({ node, outer }: Placed): string => {
    if ('id' in node && node.id) return declared(node.id)
    if ('key' in node) return name(node.key)
    if (outer?.node.type === 'VariableDeclarator') return declared(outer.node.id)
    return outer?.node.type === 'ObjectProperty' ? keyOf(outer.node.key) : ''
  }

  const calleeOf = ({ callee }: Call): string => {
    const member = memberOf(callee)
    return name(member && !member.computed ? member.property : callee)
  }

  /** Fields with a value of their own. */
  const pairsOf = (object: ObjectExpression): { key: string; value: Node; line: number }[] =>
    object.properties.flatMap(entry =>
      entry.type === 'ObjectProperty' && !entry.shorthand
        ? [{ key: keyOf(entry.key), value: entry.value, line: lineOf(entry) }]
        : [],
    )

  /** Keys of `z.object({...})` and of the plain object that is given to envalid, t3-env and their like. */
  const keysOf = (node: Maybe): EnvRead[] => {
    const object = objectOf(node)
    return object
      ? pairsOf(object).map(({ key, value, line }) => ({
          name: key,
          line,
          kind: kindOfField(text(value).slice(0, 500)),
        }))
      : []
  }

  /** The object literal in the chain `z.object({...}).strict().partial()`. */
  const schemaObject = (node: Maybe): Maybe => {
    for (let call = node; isCall(call); call = memberOf(call.callee)?.object)
      if (/^(object|strictObject|looseObject)$/.test(calleeOf(call)))
        return call.arguments.find(part => part.type === 'ObjectExpression')
    return null
  }

  /** `process.env`, also as `process.env as X` and `process.env!`. */
  const isBareEnvironment = (node: Maybe): boolean => {
    const inner = uncast(node)
    if (inner?.type === 'TSNonNullExpression') return isBareEnvironment(inner.expression)
    return inner !== node ? isBareEnvironment(inner) : environment.test(name(inner).replaceAll('?.', '.'))
  }

  return {
    text,
    name,
    declared,
    literal,
    strings,
    keyOf,
    parametersOf,
    nameOfFunction,
    calleeOf,
    pairsOf,
    keysOf,
    schemaObject,
    isBareEnvironment,
  }
}
