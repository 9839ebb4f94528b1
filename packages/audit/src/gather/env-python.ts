import type { SgNode } from '@ast-grep/napi'
import { namedParts, nodesByKind } from './code/nodes.ts'
import { noFacts, type Argument, type EnvFacts, type SettingsClass } from './env-facts.ts'
import type { Source } from './trees.ts'

const lineOf = (node: SgNode): number => node.range().start.line + 1
const kindOf = (node: SgNode | null | undefined): string => String(node?.kind() ?? '')

const literal = (node: SgNode | null | undefined): string | null => {
  if (kindOf(node) !== 'string' || namedParts(node ?? null).some(part => kindOf(part) === 'interpolation')) return null
  return (
    node
      ?.text()
      .replace(/^[a-z]*("""|'''|"|')/i, '')
      .replace(/("""|'''|"|')$/, '') ?? null
  )
}

const strings = (node: SgNode | null | undefined): string[] | null => {
  if (!/^(list|tuple|set)$/.test(kindOf(node))) return null
  const items = namedParts(node ?? null).map(literal)
  return items.every(item => item !== null) ? items : null
}

const keyword = (call: SgNode | null | undefined, name: string): SgNode | null =>
  namedParts(call?.field('arguments') ?? null)
    .find(part => kindOf(part) === 'keyword_argument' && part.field('name')?.text() === name)
    ?.field('value') ?? null

const parametersOf = (definition: SgNode): string[] =>
  namedParts(definition.field('parameters')).map(part =>
    (part.field('name') ?? (kindOf(part) === 'typed_parameter' ? (namedParts(part)[0] ?? part) : part)).text(),
  )

const functionAround = (node: SgNode): SgNode | null =>
  node.ancestors().find(each => kindOf(each) === 'function_definition') ?? null

const positional = (call: SgNode): SgNode[] =>
  namedParts(call.field('arguments')).filter(part => kindOf(part) !== 'keyword_argument')

const settingsClass = (node: SgNode): SettingsClass => {
  const found: SettingsClass = {
    name: node.field('name')?.text() ?? '',
    bases: namedParts(node.field('superclasses')).map(base => base.text().replace(/^.*\./, '')),
    prefix: null,
    nested: null,
    fields: [],
  }
  const configure = (name: string, value: SgNode | null): void => {
    if (name === 'env_prefix') found.prefix = literal(value) ?? found.prefix
    if (name === 'env_nested_delimiter') found.nested = literal(value) ?? found.nested
  }
  const inner = (body: SgNode | null): SgNode[] =>
    namedParts(body).flatMap(part => (kindOf(part) === 'expression_statement' ? namedParts(part) : [part]))
  for (const part of inner(node.field('body'))) {
    if (kindOf(part) === 'class_definition' && part.field('name')?.text() === 'Config')
      for (const entry of inner(part.field('body'))) configure(entry.field('left')?.text() ?? '', entry.field('right'))
    if (kindOf(part) !== 'assignment') continue
    const [name, value] = [part.field('left')?.text() ?? '', part.field('right')]
    if (name === 'model_config') {
      for (const key of ['env_prefix', 'env_nested_delimiter']) configure(key, keyword(value, key))
      for (const pair of kindOf(value) === 'dictionary' ? namedParts(value) : [])
        configure(literal(pair.field('key')) ?? '', pair.field('value'))
    } else if (part.field('type') && !name.startsWith('_') && !part.field('type')?.text().startsWith('ClassVar')) {
      const alias = ['validation_alias', 'alias', 'env'].map(key => keyword(value, key)).find(Boolean)
      const choices =
        kindOf(alias) === 'call' ? positional(alias as SgNode).map(literal) : (strings(alias) ?? [literal(alias)])
      found.fields.push({ name, aliases: choices.filter(choice => choice !== null), line: lineOf(part) })
    }
  }
  return found
}

/** Readers of libraries: environs, decouple, starlette. */
const readerOf = (root: SgNode): ((callee: string) => boolean) => {
  const imports = root
    .findAll({ rule: { any: [{ kind: 'import_from_statement' }, { kind: 'import_statement' }] } })
    .map(node => node.text())
  const uses = (library: RegExp): boolean => imports.some(text => library.test(text))
  const objects = new Set<string>()
  for (const node of root.findAll({ rule: { kind: 'assignment' } })) {
    const made = kindOf(node.field('right')) === 'call' ? (node.field('right')?.field('function')?.text() ?? '') : ''
    if (
      (/^(environs\.)?(Env|FileAwareEnv)$/.test(made) && uses(/\benviron(s)?\b/)) ||
      (/^Config$/.test(made) && uses(/\bstarlette\b/)) ||
      (/^(Auto)?Config$/.test(made) && uses(/\bdecouple\b/))
    )
      objects.add(node.field('left')?.text() ?? '')
  }
  if (uses(/\bdecouple\b.*\bconfig\b/)) objects.add('config')
  return callee =>
    [...objects].some(
      name =>
        callee === name ||
        (callee.startsWith(`${name}.`) &&
          /^(str|int|bool|float|list|dict|json|url|path|enum|log_level|timedelta|decimal|datetime|date|db|cache|get_value)$/.test(
            callee.slice(name.length + 1),
          )),
    )
}

/** What a Python file reads from the environment and takes as command line options. */
export const envOfPython = (root: SgNode, { path }: Source): EnvFacts => {
  const facts = noFacts(path)
  const kinds = nodesByKind(root, [
    'assignment',
    'subscript',
    'call',
    'class_definition',
    'comparison_operator',
    'with_item',
  ])
  const isReader = readerOf(root)
  const aliases = new Set(['os.environ', 'environ'])
  const lists = new Map<string, string[]>()
  for (const node of kinds('assignment')) {
    const [name, value] = [node.field('left')?.text() ?? '', node.field('right')]
    const text = literal(value)
    const items = strings(value)
    if (text !== null) facts.constants.push([name, text])
    if (items) lists.set(name, items)
    if (/^(os\.)?environ(\.copy\(\))?$/.test(value?.text() ?? '')) aliases.add(name)
  }
  const constants = new Map(facts.constants)

  const looped = (node: SgNode, name: string): string[] | null => {
    for (const around of node.ancestors()) {
      const clause =
        kindOf(around) === 'for_statement' ? around : namedParts(around).find(part => kindOf(part) === 'for_in_clause')
      if (clause?.field('left')?.text() !== name) continue
      const right = clause.field('right')
      return strings(right) ?? lists.get(right?.text() ?? '') ?? null
    }
    return null
  }

  const readNamed = (key: SgNode | null | undefined, at: SgNode): void => {
    const line = lineOf(at)
    const text = literal(key) ?? constants.get(key?.text() ?? '')
    if (text !== undefined && text !== null) return void facts.reads.push({ name: text, line })
    const names = key ? looped(at, key.text()) : null
    if (names) return void facts.reads.push(...names.map(name => ({ name, line })))
    const parts =
      kindOf(key) === 'string' ? namedParts(key ?? null).filter(part => kindOf(part) === 'interpolation') : []
    const variable = parts.length > 0 ? (parts[0]?.field('expression')?.text() ?? '') : (key?.text() ?? '')
    const written = (key?.text() ?? '').replace(/^[a-z]*["']+|["']+$/gi, '')
    const around = functionAround(at)
    const index = around
      ? parametersOf(around)
          .filter(name => name !== 'self' && name !== 'cls')
          .indexOf(variable)
      : -1
    if (around && index >= 0 && (parts.length === 0 || (parts.length === 1 && written.endsWith('}'))))
      facts.wrappers.push({
        name: around.field('name')?.text() ?? '',
        index,
        prefix: parts.length > 0 ? (written.split('{')[0] ?? '') : '',
      })
    else facts.computed.push({ pattern: parts.length > 0 ? written.replaceAll(/\{[^}]*\}/g, '*') : null, line })
  }

  for (const node of kinds('subscript')) {
    const parent = node.parent()
    const isWrite = kindOf(parent) === 'assignment' && parent?.field('left')?.id() === node.id()
    if (aliases.has(node.field('value')?.text() ?? '') && !isWrite && kindOf(parent) !== 'delete_statement')
      readNamed(node.field('subscript'), node)
  }
  for (const node of kinds('comparison_operator')) {
    const [left, right] = namedParts(node)
    if (/\bin\b/.test(node.text()) && aliases.has(right?.text() ?? '') && literal(left) !== null)
      facts.reads.push({ name: literal(left) ?? '', line: lineOf(node) })
  }
  for (const node of kinds('call')) {
    const callee = node.field('function')?.text() ?? ''
    const given = positional(node)
    const line = lineOf(node)
    const prefixed = node
      .ancestors()
      .flatMap(each =>
        kindOf(each) === 'with_statement' ? [/\.prefixed\(\s*["']([^"']+)["']\s*\)/.exec(each.text())?.[1] ?? ''] : [],
      )
    if (
      /^(os\.)?getenv$/.test(callee) ||
      (/\.(get|pop)$/.test(callee) && aliases.has(callee.replace(/\.(get|pop)$/, '')))
    )
      readNamed(given[0], node)
    else if (isReader(callee) && literal(given[0]) !== null)
      facts.reads.push({ name: prefixed.toReversed().join('') + (literal(given[0]) ?? ''), line })
    const variable = keyword(node, 'envvar')
    for (const name of strings(variable) ?? [literal(variable)]) if (name) facts.reads.push({ name, line })
    const flag = given.map(literal).find(text => text?.startsWith('-'))
    if (flag && /(^|\.)(add_argument|option|Option)$/.test(callee)) {
      const long = given.map(literal).find(text => text?.startsWith('--')) ?? flag
      facts.options.push({ name: long.split(/[/ ]/)[0] ?? long, line, explained: keyword(node, 'help') !== null })
    }
    const around = functionAround(node)
    const values: Argument[] = given.slice(0, 4).map(part => {
      const text = literal(part) ?? constants.get(part.text())
      return text !== undefined && text !== null
        ? { text }
        : kindOf(part) === 'identifier'
          ? { name: part.text() }
          : null
    })
    if (values.some(Boolean))
      facts.calls.push({
        callee: callee.replace(/^.*\./, ''),
        arguments: values,
        line,
        inside: around
          ? {
              name: around.field('name')?.text() ?? '',
              parameters: parametersOf(around).filter(name => name !== 'self' && name !== 'cls'),
            }
          : null,
      })
  }
  facts.classes = kinds('class_definition').map(settingsClass)
  return facts
}
