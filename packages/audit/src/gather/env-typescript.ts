import type { Node, Program } from '@babel/types'
import { lineOf } from './code/typescript-nodes.ts'
import { placed, type Placed } from './code/typescript-walks.ts'
import {
  functionAround,
  isCall,
  isFunction,
  memberOf,
  objectOf,
  openFile,
  outsideOf,
  uncast,
  type Maybe,
} from './env-syntax.ts'
import { kindInTypeScript } from './setting-kinds.ts'
import { noFacts, type Argument, type EnvFacts } from './env-facts.ts'
import type { Source } from './trees.ts'

type File = ReturnType<typeof openFile>

/** Where a parameter of that name is something else. */
interface Shadow {
  name: string
  from: number
  to: number
}

/** Names that stand for the whole environment without a declaration: imports of it, parameters that get it. */
const environmentNames = (program: Program, file: File): { names: Set<string>; shadows: Shadow[] } => {
  const { text, declared, isBareEnvironment } = file
  const names = new Set<string>()
  const shadows: Shadow[] = []
  for (const { node } of placed(program, 'ImportDeclaration'))
    for (const each of /^(node:)?process$/.test(node.source.value) ? node.specifiers : [])
      if (each.type === 'ImportSpecifier' && text(each.imported) === 'env') names.add(each.local.name)
  const functions = placed(
    program,
    'FunctionDeclaration',
    'FunctionExpression',
    'ArrowFunctionExpression',
    'ClassMethod',
    'ClassPrivateMethod',
    'ObjectMethod',
    'TSDeclareFunction',
    'TSDeclareMethod',
    'TSFunctionType',
    'TSMethodSignature',
  )
  for (const { node } of functions)
    for (const given of 'params' in node ? node.params : node.parameters) {
      const parameter = given.type === 'TSParameterProperty' ? given.parameter : given
      const pattern = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
      const type = 'typeAnnotation' in pattern ? text(pattern.typeAnnotation) : ''
      const fallback = parameter.type === 'AssignmentPattern' ? parameter.right : null
      if (isBareEnvironment(fallback) || /ProcessEnv\b/.test(type)) names.add(declared(pattern))
      else if (pattern.type === 'Identifier' && type !== '')
        shadows.push({ name: pattern.name, from: node.start ?? 0, to: node.end ?? 0 })
    }
  return { names, shadows }
}

/** What a TypeScript or JavaScript file reads from the environment and takes as command line options. */
export const envOfTypeScript = (program: Program, source: Source): EnvFacts => {
  const facts = noFacts(source.path)
  const file = openFile(source)
  const { text, name, declared, literal, strings, keyOf, parametersOf, nameOfFunction, calleeOf, pairsOf, keysOf } =
    file
  const { schemaObject, isBareEnvironment } = file
  const { names: aliases, shadows } = environmentNames(program, file)
  const lists = new Map<string, string[]>()

  const isShadowed = (name: string, at: number): boolean =>
    shadows.some(shadow => shadow.name === name && shadow.from <= at && at < shadow.to)
  const isEnvironment = (node: Maybe): boolean =>
    isBareEnvironment(node) ||
    (node?.type === 'Identifier' && aliases.has(node.name) && !isShadowed(node.name, node.start ?? 0))

  for (const { node } of placed(program, 'VariableDeclarator')) {
    const { id, init } = node
    const own = declared(id)
    const constant = literal(init)
    const items = strings(init)
    const object = objectOf(uncast(init))
    const schema = keysOf(schemaObject(init))
    if (id.type === 'Identifier' && isEnvironment(init)) aliases.add(own)
    if (constant !== null) facts.constants.push([own, constant])
    if (items) lists.set(own, items)
    for (const { key, value } of object ? pairsOf(object) : []) {
      const inner = literal(value)
      if (inner !== null) facts.constants.push([`${own}.${key}`, inner])
    }
    if (schema.length > 0) facts.schemas.push([own, schema])
    if (id.type !== 'ObjectPattern' || !isEnvironment(init)) continue
    for (const part of id.properties)
      if (part.type === 'RestElement') facts.computed.push({ pattern: null, line: lineOf(part) })
      else facts.reads.push({ name: keyOf(part.key), line: lineOf(part) })
  }
  const constants = new Map(facts.constants)

  const listed = (node: Maybe): string[] | null => strings(node) ?? lists.get(name(node)) ?? null

  /** The names that an identifier takes in a loop over a list of literals. */
  const looped = (place: Placed, variable: string): string[] | null => {
    for (const { node, outer } of outsideOf(place)) {
      if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') {
        const left = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left
        if (declared(left) === variable) return listed(node.right)
      }
      if (!isFunction(node) || parametersOf(node)[0] !== variable) continue
      const callee = isCall(outer?.node) && outer.node.callee !== node ? memberOf(outer.node.callee) : null
      return listed(callee?.object)
    }
    return null
  }

  const readNamed = (key: Maybe, place: Placed): void => {
    const line = lineOf(place.node)
    const constant = literal(key) ?? constants.get(name(key))
    const kind = kindInTypeScript(place, text)
    if (constant !== undefined) return void facts.reads.push({ name: constant, line, kind })
    const names = key ? looped(place, name(key)) : null
    if (names) return void facts.reads.push(...names.map(each => ({ name: each, line })))
    const parts = key?.type === 'TemplateLiteral' ? key.expressions : []
    const variable = name(parts.length > 0 ? parts[0] : key)
    const written = parts.length > 0 ? text(key).slice(1, -1).slice(0, 1000) : ''
    const around = functionAround(place)
    const index = around ? parametersOf(around.node).indexOf(variable) : -1
    const isWhole = parts.length === 0 || (parts.length === 1 && written.endsWith('}'))
    if (around && index >= 0 && isWhole && nameOfFunction(around))
      facts.wrappers.push({ name: nameOfFunction(around), index, prefix: written.split('${')[0] ?? '', kind })
    else facts.computed.push({ pattern: parts.length > 0 ? written.replaceAll(/\$\{[^}]*\}/g, '*') : null, line })
  }

  const optionOf = (callee: string, first: string, given: Node[], line: number): void => {
    const about = text(given[1]).slice(0, 2000)
    if (first.startsWith('-')) {
      const explained = given
        .slice(1)
        .some(part => literal(part) !== null || /\b(describe|description|desc)\b/.test(text(part)))
      facts.options.push({ name: /--[\w-]+/.exec(first)?.[0] ?? first, line, explained })
    } else if (
      callee === 'option' &&
      objectOf(given[1]) &&
      /\b(type|describe|description|alias|default|demandOption)\s*:/.test(about)
    )
      facts.options.push({ name: `--${first}`, line, explained: /\b(describe|description|desc)\s*:/.test(about) })
  }

  const argumentOf = (part: Node): Argument => {
    const constant = literal(part) ?? constants.get(name(part))
    if (constant !== undefined) return { text: constant }
    return part.type === 'Identifier' && part.name !== 'undefined' ? { name: part.name } : null
  }

  /** Schemas that are given to envalid, t3-env and their like. */
  const checked = (callee: string, given: Node[], line: number): void => {
    const objects = given.flatMap(part => objectOf(part) ?? [])
    const inner = objects.flatMap(part =>
      pairsOf(part).flatMap(({ key, value }) => (/^(server|client|shared)$/.test(key) ? [value] : [])),
    )
    facts.reads.push(...(callee === 'createEnv' ? inner : objects.slice(0, 1)).flatMap(keysOf))
    const named = given.find(part => part.type === 'Identifier' && !isEnvironment(part))
    if (named && objects.length === 0) facts.applied.push({ schema: text(named), line })
  }

  for (const place of placed(program, 'MemberExpression', 'OptionalMemberExpression')) {
    const { node, outer } = place
    if (!isEnvironment(node.object)) continue
    const around = outer?.node
    if (around?.type === 'AssignmentExpression' && around.operator === '=' && around.left === node) continue
    if (node.computed) readNamed(node.property, place)
    else if (
      !(isCall(around) && around.callee === node) &&
      !(around?.type === 'UnaryExpression' && around.operator === 'delete')
    )
      facts.reads.push({ name: text(node.property), line: lineOf(node), kind: kindInTypeScript(place, text) })
  }
  for (const place of placed(program, 'CallExpression', 'OptionalCallExpression')) {
    const { node } = place
    const [callee, given, line] = [calleeOf(node), node.arguments, lineOf(node)]
    const [first] = given
    const object = memberOf(node.callee)?.object
    if (callee === 'get' && name(object) === 'Deno.env') readNamed(first, place)
    if (
      /^(parse|safeParse|parseAsync|assert|validateSync|decode)$/.test(callee) &&
      object &&
      given.some(part => isEnvironment(part))
    ) {
      const inline = keysOf(schemaObject(object))
      if (inline.length > 0) facts.reads.push(...inline)
      else facts.applied.push({ schema: name(object), line })
    }
    if (/^(cleanEnv|parseEnv|envsafe|createEnv|makeValidator|customCleanEnv)$/.test(callee))
      checked(callee, given, line)
    const said = literal(first)
    if (callee === 'env' && said && /^[A-Z]\w*$/.test(said) && object) facts.reads.push({ name: said, line })
    if (/^(option|requiredOption)$/.test(callee) && said) optionOf(callee, said, given, line)
    const values = given.slice(0, 4).map(argumentOf)
    if (!callee || !values.some(Boolean)) continue
    const around = functionAround(place)
    const inside = around ? { name: nameOfFunction(around), parameters: parametersOf(around.node) } : null
    facts.calls.push({ callee, arguments: values, line, inside })
  }
  // convict: { port: { env: 'PORT', ... } }
  for (const place of placed(program, 'ObjectProperty')) {
    const { node } = place
    const said = !node.shorthand && keyOf(node.key) === 'env' ? literal(node.value) : null
    const call = said ? outsideOf(place).find(each => isCall(each.node))?.node : null
    if (said && isCall(call) && name(call.callee) === 'convict') facts.reads.push({ name: said, line: lineOf(node) })
  }
  return facts
}
