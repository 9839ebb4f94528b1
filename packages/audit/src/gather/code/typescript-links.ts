import type { Node } from '@babel/types'
import type { Reading } from './typescript-reading.ts'
import type { Module, Value } from './values.ts'

const declareImport = (local: string, module: string, name: string, reading: Reading): void => {
  const value: Value = { is: 'import', module, name }
  const scope = reading.scope()
  reading.module.declarations.push({ name: local, value, type: null, ...scope, at: scope.from })
}

const nameOf = (node: Node): string =>
  node.type === 'Identifier' ? node.name : node.type === 'StringLiteral' ? node.value : ''

/** Reads `import` in all its forms. */
export const readImport = (node: Node, reading: Reading): void => {
  if (node.type === 'TSImportEqualsDeclaration') {
    const { moduleReference: of } = node
    if (of.type === 'TSExternalModuleReference') declareImport(node.id.name, of.expression.value, '*', reading)
  }
  if (node.type !== 'ImportDeclaration') return
  if (node.specifiers.length === 0) reading.loads(node.source.value)
  for (const specifier of node.specifiers) {
    const name =
      specifier.type === 'ImportSpecifier'
        ? nameOf(specifier.imported)
        : specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : '*'
    declareImport(specifier.local.name, node.source.value, name, reading)
  }
}

const namesIn = (pattern: Node): string[] => {
  if (pattern.type === 'Identifier') return [pattern.name]
  if (pattern.type === 'ObjectPattern')
    return pattern.properties.flatMap(property =>
      namesIn(property.type === 'RestElement' ? property.argument : property.value),
    )
  if (pattern.type === 'ArrayPattern') return pattern.elements.flatMap(element => (element ? namesIn(element) : []))
  return pattern.type === 'AssignmentPattern' ? namesIn(pattern.left) : []
}

/** Reads `export` in all its forms. */
export const readExport = (node: Node, reading: Reading): void => {
  const { exports } = reading.module
  // where a function ends its own names are still visible, and without a semicolon the statement ends there as well
  const at = { ...node, start: (node.end ?? 0) + 1 }
  const own = (name: string): Value => reading.name(name, at)
  if (node.type === 'ExportAllDeclaration')
    exports.push({ name: '*', value: { is: 'import', module: node.source.value, name: '*' } })
  if (node.type === 'TSExportAssignment') exports.push({ name: 'default', value: reading.value(node.expression) })
  if (node.type === 'ExportDefaultDeclaration') {
    const { declaration } = node
    const named = 'id' in declaration && declaration.id?.type === 'Identifier' ? declaration.id.name : null
    const isStatement = declaration.type.endsWith('Declaration')
    if (isStatement && named) {
      reading.visit(declaration)
      exports.push({ name: 'default', value: own(named) })
    } else if (declaration.type === 'FunctionDeclaration')
      exports.push({ name: 'default', value: reading.function(declaration) })
    else if (declaration.type === 'ClassDeclaration')
      exports.push({ name: 'default', value: reading.class(declaration) })
    else exports.push({ name: 'default', value: reading.value(declaration) })
  }
  if (node.type !== 'ExportNamedDeclaration') return
  if (node.declaration) {
    const { declaration } = node
    reading.visit(declaration)
    const names =
      declaration.type === 'VariableDeclaration'
        ? declaration.declarations.flatMap(({ id }) => namesIn(id))
        : 'id' in declaration && declaration.id?.type === 'Identifier'
          ? [declaration.id.name]
          : []
    for (const name of names) exports.push({ name, value: own(name) })
  }
  for (const specifier of node.specifiers) {
    if (specifier.type === 'ExportDefaultSpecifier') continue
    const local = specifier.type === 'ExportSpecifier' ? nameOf(specifier.local) : '*'
    const value: Value = node.source
      ? { is: 'import', module: node.source.value, name: local }
      : reading.name(local, specifier)
    exports.push({ name: nameOf(specifier.exported), value })
  }
}

/** `Object.defineProperty(exports, "x", { get: () => y })` and `__exportStar(require("./x"), exports)`, as compilers write. */
export const readCompiledExports = (module: Module): void => {
  for (const { callee, arguments: given } of module.calls) {
    const [first, second, third] = given
    const name = callee.is === 'name' || callee.is === 'member' ? callee.name : ''
    if (name === '__exportStar' && first?.is === 'import') module.exports.push({ name: '*', value: first })
    const isExports = first?.is === 'name' && first.name === 'exports'
    if (name === 'defineProperty' && isExports && second?.is === 'text' && third?.is === 'record') {
      const get = third.fields.find(([key]) => key === 'get')?.[1]
      if (get?.is === 'function' && get.returns[0]) module.exports.push({ name: second.text, value: get.returns[0] })
    }
    // esbuild: __export(target, { a: () => a })
    if (name === '__export' && second?.is === 'record')
      for (const [key, get] of second.fields)
        if (get.is === 'function' && get.returns[0]) module.exports.push({ name: key, value: get.returns[0] })
  }
}
