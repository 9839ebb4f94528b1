import type { SgNode } from '@ast-grep/napi'
import { namedParts, nodesByKind } from './code/nodes.ts'
import { noFacts, type Argument, type EnvFacts } from './env-facts.ts'
import type { Source } from './trees.ts'

const functionKinds = new Set([
  'function_declaration',
  'function_expression',
  'arrow_function',
  'method_definition',
  'generator_function_declaration',
])
const environment = /^(globalThis\.)?(process\.env|import\.meta\.env|Bun\.env|Deno\.env)$/

const lineOf = (node: SgNode): number => node.range().start.line + 1
const kindOf = (node: SgNode | null): string => String(node?.kind() ?? '')

/** `process.env`, also as `process.env as X` and `process.env!`. */
const isBareEnvironment = (node: SgNode | null): boolean => {
  if (!node) return false
  if (/^(as_expression|non_null_expression|parenthesized_expression|satisfies_expression)$/.test(kindOf(node)))
    return isBareEnvironment(namedParts(node)[0] ?? null)
  return environment.test(node.text().replaceAll('?.', '.'))
}

const literal = (node: SgNode | null): string | null => {
  if (kindOf(node) === 'string') return node?.text().slice(1, -1) ?? null
  if (kindOf(node) === 'template_string' && !namedParts(node).some(part => kindOf(part) === 'template_substitution'))
    return node?.text().slice(1, -1) ?? null
  return null
}

const strings = (node: SgNode | null): string[] | null => {
  const inner = /^(as_expression|satisfies_expression)$/.test(kindOf(node)) ? (namedParts(node)[0] ?? null) : node
  if (kindOf(inner) !== 'array') return null
  const items = namedParts(inner).map(literal)
  return items.every(item => item !== null) ? items : null
}

const keyOf = (node: SgNode | null): string => node?.text().replaceAll(/^['"[]+|['"\]]+$/g, '') ?? ''

const parametersOf = (node: SgNode): string[] => {
  const list = node.field('parameters') ?? node.field('parameter')
  const items = kindOf(list) === 'formal_parameters' ? namedParts(list) : list ? [list] : []
  return items.map(item => (item.field('pattern') ?? item.field('left') ?? item).text())
}

const nameOfFunction = (node: SgNode): string => {
  const own = node.field('name')?.text()
  if (own) return own
  const parent = node.parent()
  if (kindOf(parent) === 'variable_declarator') return parent?.field('name')?.text() ?? ''
  return kindOf(parent) === 'pair' ? keyOf(parent?.field('key') ?? null) : ''
}

const functionAround = (node: SgNode): SgNode | null =>
  node.ancestors().find(ancestor => functionKinds.has(kindOf(ancestor))) ?? null

const calleeOf = (call: SgNode): string => {
  const callee = call.field('function')
  return (kindOf(callee) === 'member_expression' ? callee?.field('property') : callee)?.text() ?? ''
}

const argumentsOf = (call: SgNode): SgNode[] => namedParts(call.field('arguments'))

/** Keys of `z.object({...})` and of the plain object that is given to envalid, t3-env and their like. */
const keysOf = (object: SgNode | null | undefined): { name: string; line: number }[] =>
  kindOf(object ?? null) !== 'object'
    ? []
    : namedParts(object ?? null).flatMap(entry =>
        kindOf(entry) === 'pair' ? [{ name: keyOf(entry.field('key')), line: lineOf(entry) }] : [],
      )

/** The object literal in the chain `z.object({...}).strict().partial()`. */
const schemaObject = (node: SgNode | null): SgNode | null => {
  if (kindOf(node) !== 'call_expression' || !node) return null
  const callee = node.field('function')
  if (/^(object|strictObject|looseObject)$/.test(calleeOf(node)))
    return argumentsOf(node).find(part => kindOf(part) === 'object') ?? null
  return kindOf(callee) === 'member_expression' ? schemaObject(callee?.field('object') ?? null) : null
}

/** What a TypeScript or JavaScript file reads from the environment and takes as command line options. */
export const envOfTypeScript = (root: SgNode, { path }: Source): EnvFacts => {
  const facts = noFacts(path)
  const kinds = nodesByKind(root, [
    'variable_declarator',
    'member_expression',
    'subscript_expression',
    'call_expression',
    'import_specifier',
    'formal_parameters',
    'for_in_statement',
    'pair',
  ])
  const aliases = new Set<string>()
  const lists = new Map<string, string[]>()

  const isEnvironment = (node: SgNode | null): boolean =>
    isBareEnvironment(node) || (kindOf(node) === 'identifier' && aliases.has(node?.text() ?? ''))

  for (const node of kinds('import_specifier'))
    if (
      node.field('name')?.text() === 'env' &&
      /from\s+['"](node:)?process['"]/.test(
        node
          .ancestors()
          .find(each => kindOf(each) === 'import_statement')
          ?.text() ?? '',
      )
    )
      aliases.add((node.field('alias') ?? node.field('name'))?.text() ?? 'env')
  for (const list of kinds('formal_parameters'))
    for (const parameter of namedParts(list)) {
      const name = (parameter.field('pattern') ?? parameter.field('left'))?.text()
      const fallback = parameter.field('value') ?? parameter.field('right')
      if (name && (isBareEnvironment(fallback) || /ProcessEnv\b/.test(parameter.field('type')?.text() ?? '')))
        aliases.add(name)
    }
  for (const node of kinds('variable_declarator')) {
    const [name, value] = [node.field('name'), node.field('value')]
    const text = literal(value)
    const items = strings(value)
    if (kindOf(name) === 'identifier' && isEnvironment(value)) aliases.add(name?.text() ?? '')
    if (text !== null) facts.constants.push([name?.text() ?? '', text])
    if (items) lists.set(name?.text() ?? '', items)
    const inner = /^(as_expression|satisfies_expression)$/.test(kindOf(value)) ? (namedParts(value)[0] ?? null) : value
    for (const entry of kindOf(inner) === 'object' ? namedParts(inner) : [])
      if (literal(entry.field('value')) !== null)
        facts.constants.push([`${name?.text()}.${keyOf(entry.field('key'))}`, literal(entry.field('value')) ?? ''])
    const schema = keysOf(schemaObject(value))
    if (schema.length > 0) facts.schemas.push([name?.text() ?? '', schema])
    if (kindOf(name) === 'object_pattern' && isEnvironment(value))
      for (const part of namedParts(name)) {
        const key = part.field('key') ?? part.field('left') ?? part
        if (kindOf(part) === 'rest_pattern') facts.computed.push({ pattern: null, line: lineOf(part) })
        else facts.reads.push({ name: keyOf(key), line: lineOf(part) })
      }
  }
  const constants = new Map(facts.constants)

  /** The names that an identifier takes in a loop over a list of literals. */
  const looped = (node: SgNode, name: string): string[] | null => {
    for (const around of node.ancestors()) {
      if (
        kindOf(around) === 'for_in_statement' &&
        around
          .field('left')
          ?.text()
          .replace(/^(const|let|var)\s+/, '') === name
      ) {
        const right = around.field('right')
        return strings(right) ?? lists.get(right?.text() ?? '') ?? null
      }
      if (functionKinds.has(kindOf(around)) && parametersOf(around)[0] === name) {
        const call = around.parent()?.parent()
        const callee = kindOf(call ?? null) === 'call_expression' ? call?.field('function') : null
        const list = callee?.field('object') ?? null
        return strings(list) ?? lists.get(list?.text() ?? '') ?? null
      }
    }
    return null
  }

  const readNamed = (key: SgNode | null, at: SgNode): void => {
    const line = lineOf(at)
    const text = literal(key) ?? constants.get(key?.text() ?? '')
    if (text !== undefined && text !== null) return void facts.reads.push({ name: text, line })
    const names = key ? looped(at, key.text()) : null
    if (names) return void facts.reads.push(...names.map(name => ({ name, line })))
    const around = functionAround(at)
    const substitutions =
      kindOf(key) === 'template_string' ? namedParts(key).filter(part => kindOf(part) === 'template_substitution') : []
    const variable =
      substitutions.length > 0 ? (namedParts(substitutions[0] ?? null)[0]?.text() ?? '') : (key?.text() ?? '')
    const prefix = substitutions.length > 0 ? (key?.text().slice(1).split('${')[0] ?? '') : ''
    const index = around ? parametersOf(around).indexOf(variable) : -1
    const isWhole = substitutions.length === 0 || (substitutions.length === 1 && key?.text().endsWith('}`'))
    if (around && index >= 0 && isWhole && nameOfFunction(around))
      facts.wrappers.push({ name: nameOfFunction(around), index, prefix })
    else
      facts.computed.push({
        pattern:
          substitutions.length > 0
            ? (key
                ?.text()
                .slice(1, -1)
                .replaceAll(/\$\{[^}]*\}/g, '*') ?? null)
            : null,
        line,
      })
  }

  for (const node of kinds('member_expression')) {
    const name = node.field('property')?.text() ?? ''
    const parent = node.parent()
    const isWrite = kindOf(parent) === 'assignment_expression' && parent?.field('left')?.id() === node.id()
    const isCalled = kindOf(parent) === 'call_expression' && parent?.field('function')?.id() === node.id()
    const isDeleted = kindOf(parent) === 'unary_expression' && parent?.text().startsWith('delete')
    if (isEnvironment(node.field('object')) && !isWrite && !isCalled && !isDeleted)
      facts.reads.push({ name, line: lineOf(node) })
  }
  for (const node of kinds('subscript_expression')) {
    const parent = node.parent()
    const isWrite = kindOf(parent) === 'assignment_expression' && parent?.field('left')?.id() === node.id()
    if (isEnvironment(node.field('object')) && !isWrite) readNamed(node.field('index'), node)
  }
  for (const node of kinds('call_expression')) {
    const [callee, given, line] = [calleeOf(node), argumentsOf(node), lineOf(node)]
    const object = node.field('function')?.field('object') ?? null
    const takesEnvironment = given.some(isEnvironment)
    if (callee === 'get' && /^Deno\.env$/.test(object?.text() ?? '')) readNamed(given[0] ?? null, node)
    if (/^(parse|safeParse|parseAsync|assert|validateSync|decode)$/.test(callee) && takesEnvironment && object) {
      const inline = keysOf(schemaObject(object))
      if (inline.length > 0) facts.reads.push(...inline)
      else facts.applied.push({ schema: object.text(), line })
    }
    if (/^(cleanEnv|parseEnv|envsafe|createEnv|makeValidator|customCleanEnv)$/.test(callee)) {
      const objects = given.filter(part => kindOf(part) === 'object')
      const inner = objects.flatMap(part =>
        namedParts(part)
          .filter(entry => /^(server|client|shared)$/.test(keyOf(entry.field('key'))))
          .map(entry => entry.field('value')),
      )
      facts.reads.push(...(callee === 'createEnv' ? inner : objects.slice(0, 1)).flatMap(keysOf))
      const named = given.find(part => kindOf(part) === 'identifier' && !isEnvironment(part))
      if (named && objects.length === 0) facts.applied.push({ schema: named.text(), line })
    }
    const first = literal(given[0] ?? null)
    if (callee === 'env' && first && /^[A-Z]\w*$/.test(first) && object) facts.reads.push({ name: first, line })
    if (/^(option|requiredOption)$/.test(callee) && first?.startsWith('-')) {
      const explained = given
        .slice(1)
        .some(part => literal(part) !== null || /\b(describe|description|desc)\b/.test(part.text()))
      facts.options.push({ name: /--[\w-]+/.exec(first)?.[0] ?? first, line, explained })
    }
    if (
      callee === 'option' &&
      first &&
      !first.startsWith('-') &&
      kindOf(given[1] ?? null) === 'object' &&
      /\b(type|describe|description|alias|default|demandOption)\s*:/.test(given[1]?.text() ?? '')
    )
      facts.options.push({
        name: `--${first}`,
        line,
        explained: /\b(describe|description|desc)\s*:/.test(given[1]?.text() ?? ''),
      })
    const around = functionAround(node)
    const values: Argument[] = given.slice(0, 4).map(part => {
      const text = literal(part) ?? constants.get(part.text())
      return text !== undefined && text !== null
        ? { text }
        : kindOf(part) === 'identifier'
          ? { name: part.text() }
          : null
    })
    if (callee && values.some(Boolean))
      facts.calls.push({
        callee,
        arguments: values,
        line,
        inside: around ? { name: nameOfFunction(around), parameters: parametersOf(around) } : null,
      })
  }
  // convict: { port: { env: 'PORT', ... } }
  for (const node of kinds('pair')) {
    const name = keyOf(node.field('key')) === 'env' ? literal(node.field('value')) : null
    const call = name ? node.ancestors().find(each => kindOf(each) === 'call_expression') : null
    if (name && call?.field('function')?.text() === 'convict') facts.reads.push({ name, line: lineOf(node) })
  }
  return facts
}
