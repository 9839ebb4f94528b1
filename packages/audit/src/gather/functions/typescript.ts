import type {
  ArrowFunctionExpression,
  Class,
  ClassMethod,
  ClassPrivateMethod,
  Comment,
  FunctionDeclaration,
  FunctionExpression,
  Node,
  Program,
  Statement,
} from '@babel/types'
import { lineOf } from '../code/typescript-nodes.ts'
import type { Parsed } from '../code/typescript-parse.ts'
import { walk } from '../code/typescript-walks.ts'
import type { Source } from '../trees.ts'
import type { NamedFunction } from './function.ts'

type Method = ClassMethod | ClassPrivateMethod
type Function = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression | Method
type Maybe = Node | null | undefined

const isFunction = (node: Maybe): node is Exclude<Function, Method> =>
  node?.type === 'FunctionDeclaration' ||
  node?.type === 'FunctionExpression' ||
  node?.type === 'ArrowFunctionExpression'

const isMethod = (node: Node): node is Method => node.type === 'ClassMethod' || node.type === 'ClassPrivateMethod'

/** `function f(): void` before the function itself; with `declare` it stands elsewhere. */
const signature = (node: Node): string | null => {
  const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node
  return declaration?.type === 'TSDeclareFunction' && !declaration.declare ? (declaration.id?.name ?? '') : null
}

interface Found {
  node: Function
  name: string
  /** The documentation comment right before the statement, over its decorators and overloads. */
  comment: string | null
  isExported: boolean
  /** Its type is stated by what it is assigned to. */
  isTyped: boolean
}

/** What can be asked about the nodes of one file. */
const openFile = ({ path, text: whole }: Source, comments: Comment[]) => {
  const text = (node: Maybe): string => (node ? whole.slice(node.start ?? 0, node.end ?? 0) : '')
  const documenting = comments.filter(({ type, value }) => type === 'CommentBlock' && value.startsWith('*'))

  /** `begin` is where the list of siblings begins. */
  const commentBefore = (siblings: Node[], index: number, begin: number): string | null => {
    const node = siblings[index]
    let before = index - 1
    while (before >= 0 && signature(siblings[before] as Node) !== null) before--
    const from = siblings[before]?.end ?? begin
    const to = (node && isMethod(node) ? node.key.start : node?.start) ?? 0
    let [low, high] = [0, documenting.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((documenting[middle]?.end ?? 0) <= to) low = middle + 1
      else high = middle
    }
    const last = documenting[low - 1]
    return last && (last.start ?? 0) >= from ? whole.slice(last.start ?? 0, last.end ?? 0) : null
  }

  /** A default value and `this` have a type of their own. */
  const isTyped = (parameter: Node): boolean => {
    if (parameter.type === 'TSParameterProperty') return isTyped(parameter.parameter)
    if (parameter.type === 'AssignmentPattern') return !/\.[mc]?js$/.test(path) || parameter.left.type === 'Identifier'
    const isThis = parameter.type === 'Identifier' && parameter.name === 'this'
    return isThis || ('typeAnnotation' in parameter && Boolean(parameter.typeAnnotation))
  }

  const untypedOf = ({ params }: Function): string[] =>
    params
      .filter(each => !isTyped(each))
      .map(
        each =>
          text(each)
            .split(/[\s:=?]/, 1)[0]
            ?.slice(0, 40) ?? '',
      )

  return { text, commentBefore, untypedOf }
}

type File = ReturnType<typeof openFile>

/** What a curried function gives back, or an expression that is cast, states its type further in. */
const statesReturn = (node: Function): boolean => {
  if (node.returnType) return true
  const { body } = node
  if (body.type === 'ArrowFunctionExpression') return statesReturn(body)
  return body.type === 'TSAsExpression' || body.type === 'TSSatisfiesExpression'
}

/** JSDoc types count in JavaScript. */
const untypedInComment = (node: Function, comment: string | null, untyped: string[]): string[] => {
  if (!comment || untyped.length === 0) return untyped
  if (/@type\s*\{/.test(comment)) return []
  const typed = new Set([...comment.matchAll(/@param\s*\{[^\n]*\}\s*\[?([\w$]+)/g)].map(([, name]) => name))
  const count = (comment.match(/@param\s*\{/g) ?? []).length
  let givesBack = node.body.type !== 'BlockStatement'
  walk(node, ({ node: inner }) => {
    if (inner.type === 'ReturnStatement' && inner.argument) givesBack = true
  })
  return untyped.filter(name =>
    name === 'return' ? !/@returns?\s*\{/.test(comment) && givesBack : !typed.has(name) && count < node.params.length,
  )
}

const unwrapped = (value: Maybe, isTyped = false): { node: Maybe; isTyped: boolean } =>
  value?.type === 'TSAsExpression' || value?.type === 'TSSatisfiesExpression'
    ? unwrapped(value.expression, true)
    : { node: value, isTyped }

const methodsOf = (owner: Class, name: string, isExported: boolean, file: File): Found[] => {
  const inherits = Boolean(owner.superClass) || (owner.implements ?? []).length > 0
  const members = owner.body.body
  return members.flatMap((node, index): Found[] => {
    if (!isMethod(node)) return []
    const key = 'computed' in node && node.computed ? `[${file.text(node.key)}]` : file.text(node.key)
    const hidden = node.accessibility === 'private' || node.accessibility === 'protected' || /^[#_]/.test(key)
    const full = inherits || node.override ? `${name}.${key}^` : `${name}.${key}`
    const comment = file.commentBefore(members, index, owner.body.start ?? 0)
    return [{ node, name: full, comment, isExported: isExported && !hidden, isTyped: false }]
  })
}

/** Names that `export { a, b as c }`, `export default a` and `module.exports = { a }` give away. */
const exportedNames = ({ body }: Program, { text }: File): Set<string> => {
  const names = new Set<string>()
  for (const statement of body) {
    if (statement.type === 'ExportNamedDeclaration' && !statement.source)
      for (const each of statement.specifiers) if (each.type === 'ExportSpecifier') names.add(each.local.name)
    if (statement.type === 'ExportDefaultDeclaration' && statement.declaration.type === 'Identifier')
      names.add(statement.declaration.name)
    const assignment = statement.type === 'ExpressionStatement' ? statement.expression : null
    if (assignment?.type !== 'AssignmentExpression') continue
    if (!/^(module\.)?exports(\.\w+)?$/.test(text(assignment.left))) continue
    const { right } = assignment
    for (const part of right.type === 'ObjectExpression' ? right.properties : [right]) {
      const given = part.type === 'ObjectProperty' ? part.value : part
      if (given.type === 'Identifier') names.add(given.name)
    }
  }
  return names
}

/** Named functions and methods at the top of a TypeScript or JavaScript module. */
export const typescriptFunctions = ({ program, comments }: Parsed, source: Source): NamedFunction[] => {
  const { path } = source
  const file = openFile(source, comments)
  const exported = exportedNames(program, file)
  const isJavaScript = /\.[mc]?jsx?$/.test(path)
  const isView = path.endsWith('x')
  const signed = new Set(program.body.flatMap(statement => signature(statement) ?? []))

  const foundIn = (statement: Statement, index: number): Found[] => {
    const isExport = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
    const declaration = isExport ? statement.declaration : statement
    const own = declaration && 'id' in declaration && declaration.id?.type === 'Identifier' ? declaration.id.name : null
    const name = own ?? 'default'
    const isExported = isExport || exported.has(name)
    if (declaration?.type === 'ClassDeclaration' || declaration?.type === 'ClassExpression')
      return methodsOf(declaration, name, isExported, file)
    const comment = (): string | null => file.commentBefore(program.body, index, 0)
    if (isFunction(declaration)) return [{ node: declaration, name, comment: comment(), isExported, isTyped: false }]
    if (declaration?.type !== 'VariableDeclaration') return []
    return declaration.declarations.flatMap(({ id, init }): Found[] => {
      const { node, isTyped } = unwrapped(init)
      if (!isFunction(node) || id.type !== 'Identifier') return []
      const stated = isTyped || Boolean(id.typeAnnotation)
      return [
        { node, name: id.name, comment: comment(), isExported: isExport || exported.has(id.name), isTyped: stated },
      ]
    })
  }

  return program.body.flatMap(foundIn).map(({ node, name, comment, isExported, isTyped }): NamedFunction => {
    const isAccessor = 'kind' in node && node.kind === 'set'
    const isConstructor = /\.constructor\^?$/.test(name)
    const needsReturn = isExported && !isConstructor && !isAccessor && !isView && !statesReturn(node)
    const untyped =
      isTyped || signed.has(name)
        ? []
        : [...file.untypedOf(node).filter(each => !each.startsWith('_')), ...(needsReturn ? ['return'] : [])]
    return {
      path,
      line: lineOf(isMethod(node) && node.decorators?.length ? node.key : node),
      name: name.replace('^', ''),
      language: 'typescript',
      isPublic: isExported,
      documented: isConstructor || isAccessor || name.endsWith('^') ? null : comment !== null,
      untyped: isJavaScript ? untypedInComment(node, comment, untyped) : untyped,
    }
  })
}
