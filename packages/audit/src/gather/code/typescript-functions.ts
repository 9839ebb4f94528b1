import type { Node } from '@babel/types'
import { keyOf } from './typescript-expressions.ts'
import { lineOf, rangeOf, typeOf } from './typescript-nodes.ts'
import type { Reading } from './typescript-reading.ts'
import type { ClassValue, FunctionValue, Value } from './values.ts'

const nameOf = (node: Node, reading: Reading): string | null => {
  if ('id' in node && node.id && typeof node.id === 'object' && node.id.type === 'Identifier') return node.id.name
  if ('key' in node && typeof node.key === 'object') return keyOf(node.key, reading)
  return null
}

const readParameter = (parameter: Node, index: number, made: FunctionValue, reading: Reading): void => {
  const inner = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter
  const pattern = inner.type === 'AssignmentPattern' ? inner.left : inner
  const bare = pattern.type === 'RestElement' ? pattern.argument : pattern
  const annotation = 'typeAnnotation' in pattern ? pattern.typeAnnotation : null
  // a type annotation is part of the range of a pattern
  const end = annotation?.start ?? bare.end ?? 0
  const written = (bare.type === 'Identifier' ? bare.name : reading.text({ ...bare, end })).trim()
  const name = pattern.type === 'RestElement' ? `...${written}` : written
  const itself: Value = {
    is: 'parameter',
    function: made.at,
    index,
    name,
    fallback: inner.type === 'AssignmentPattern' ? reading.value(inner.right) : null,
  }
  made.parameters.push(name)
  reading.declare(bare, itself, typeOf(annotation, reading), { from: made.at, to: made.end })
}

/** Reads a function of any kind with all that stands in it. */
export const readFunction = (node: Node, reading: Reading): FunctionValue => {
  const made: FunctionValue = {
    is: 'function',
    name: nameOf(node, reading),
    ...('async' in node && node.async ? { isAsync: true as const } : {}),
    ...('generator' in node && node.generator ? { isGenerator: true as const } : {}),
    ...rangeOf(node),
    line: lineOf(node),
    parameters: [],
    returns: [],
    documented: false,
  }
  reading.module.functions.push(made)
  reading.scoped(node, () => {
    reading.within.functions.push(made)
    if ('params' in node)
      (node.params as Node[]).forEach((parameter, index) => readParameter(parameter, index, made, reading))
    if ('body' in node && node.body && !Array.isArray(node.body)) {
      const body = node.body as Node
      if (body.type === 'BlockStatement') reading.visit(body)
      else {
        const value = reading.value(body)
        made.returns.push(value)
        reading.module.returns.push({ value, at: body.start ?? 0, line: lineOf(body) })
      }
    }
    reading.within.functions.pop()
  })
  return made
}

const readMember = (member: Node, made: ClassValue, reading: Reading): void => {
  switch (member.type) {
    case 'ClassMethod':
    case 'ClassPrivateMethod': {
      const name = keyOf(member.key, reading, 'computed' in member && member.computed)
      made.members.push({ name, value: readFunction(member, reading), type: null })
      if (name !== 'constructor') return
      for (const parameter of member.params)
        if (parameter.type === 'TSParameterProperty') {
          const inner =
            parameter.parameter.type === 'AssignmentPattern' ? parameter.parameter.left : parameter.parameter
          if (inner.type === 'Identifier')
            made.members.push({
              name: inner.name,
              value: reading.name(inner.name, inner),
              type: typeOf(inner.typeAnnotation, reading),
            })
        }
      return
    }
    case 'ClassProperty':
    case 'ClassPrivateProperty':
    case 'ClassAccessorProperty': {
      const name = keyOf(member.key, reading, 'computed' in member && member.computed)
      made.members.push({ name, value: reading.value(member.value), type: typeOf(member.typeAnnotation, reading) })
      return
    }
    default:
      reading.inside(member)
  }
}

/** Reads a class with its members and all that stands in it. */
export const readClass = (node: Node, reading: Reading): ClassValue => {
  const isClass = node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
  const made: ClassValue = {
    is: 'class',
    name: nameOf(node, reading) ?? '',
    ...rangeOf(node),
    bases: [],
    members: [],
  }
  reading.module.classes.push(made)
  if (!isClass) return made
  if (node.superClass) made.bases.push(reading.value(node.superClass))
  for (const decorator of node.decorators ?? []) reading.visit(decorator)
  reading.within.classes.push(made)
  for (const member of node.body.body) readMember(member, made, reading)
  reading.within.classes.pop()
  return made
}
