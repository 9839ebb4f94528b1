import { literal as literalOf } from './code/python-text.ts'
import { field, named, type Node } from './code/python-tree.ts'
import { placed, type Placed } from './code/python-walks.ts'
import { kindInPython, kindOfType } from './setting-kinds.ts'
import { noFacts, type Argument, type EnvFacts, type SettingsClass } from './env-facts.ts'
import type { Source } from './trees.ts'

const positional = (call: Node | undefined): Node[] =>
  named(field(call, 'arguments')).filter(({ kind }) => kind !== 'keyword_argument')

const maxDepth = 500
const maxName = 200

const outsideOf = (place: Placed): Placed[] => {
  const found: Placed[] = []
  for (let { outer } = place; outer && found.length < maxDepth; { outer } = outer) found.push(outer)
  return found
}

const around = (place: Placed, kind: string): Placed | undefined =>
  outsideOf(place).find(({ node }) => node.kind === kind)

/** What can be asked about the nodes of one file. */
const openFile = ({ text: whole }: Source) => {
  const text = (node: Node | undefined): string => (node ? whole.slice(node.at, node.end) : '')

  /** A name with its dots; the source of everything that is longer than a name is not looked at. */
  const name = (node: Node | undefined): string => (node && node.end - node.at > maxName ? '' : text(node))

  const literal = (node: Node | undefined): string | null =>
    node?.kind === 'string' && node.children.every(({ kind }) => kind !== 'interpolation')
      ? literalOf(text(node))
      : null

  const strings = (node: Node | undefined): string[] | null => {
    if (!node || !/^(list|tuple|set)$/.test(node.kind)) return null
    const items = named(node).map(literal)
    return items.every(item => item !== null) ? items : null
  }

  const keyword = (call: Node | undefined, name: string): Node | undefined =>
    field(
      named(field(call, 'arguments')).find(
        part => part.kind === 'keyword_argument' && text(field(part, 'name')) === name,
      ),
      'value',
    )

  /** Names of the parameters without `self`. */
  const parametersOf = (definition: Node): string[] =>
    named(field(definition, 'parameters'))
      .map(part => text(field(part, 'name') ?? (part.kind === 'typed_parameter' ? named(part)[0] : undefined) ?? part))
      .filter(name => name !== 'self' && name !== 'cls')

  return { text, name, literal, strings, keyword, parametersOf }
}

type File = ReturnType<typeof openFile> & { line: (node: Node) => number }

const settingsClass = (node: Node, { text, literal, strings, keyword, line }: File): SettingsClass => {
  const found: SettingsClass = {
    name: text(field(node, 'name')),
    bases: named(field(node, 'superclasses')).map(base => text(base).replace(/^.*\./, '')),
    prefix: null,
    nested: null,
    fields: [],
  }
  const configure = (name: string, value: Node | undefined): void => {
    if (name === 'env_prefix') found.prefix = literal(value) ?? found.prefix
    if (name === 'env_nested_delimiter') found.nested = literal(value) ?? found.nested
  }
  const inner = (body: Node | undefined): Node[] =>
    named(body).flatMap(part => (part.kind === 'expression_statement' ? named(part) : [part]))
  for (const part of inner(field(node, 'body'))) {
    if (part.kind === 'class_definition' && text(field(part, 'name')) === 'Config')
      for (const entry of inner(field(part, 'body'))) configure(text(field(entry, 'left')), field(entry, 'right'))
    if (part.kind !== 'assignment') continue
    const [name, value, type] = [text(field(part, 'left')), field(part, 'right'), field(part, 'type')]
    if (name === 'model_config') {
      for (const key of ['env_prefix', 'env_nested_delimiter']) configure(key, keyword(value, key))
      for (const pair of value?.kind === 'dictionary' ? named(value) : [])
        configure(literal(field(pair, 'key')) ?? '', field(pair, 'value'))
    } else if (type && !name.startsWith('_') && !text(type).startsWith('ClassVar')) {
      const alias = ['validation_alias', 'alias', 'env'].map(key => keyword(value, key)).find(Boolean)
      const choices = alias?.kind === 'call' ? positional(alias).map(literal) : (strings(alias) ?? [literal(alias)])
      found.fields.push({
        name,
        aliases: choices.filter(choice => choice !== null),
        line: line(part),
        kind: kindOfType(text(type)),
      })
    }
  }
  return found
}

/** Readers of libraries: environs, decouple, starlette. */
const readerOf = (imports: string[], assignments: Node[], { text }: File): ((callee: string) => boolean) => {
  const uses = (library: RegExp): boolean => imports.some(statement => library.test(statement))
  const objects = new Set<string>()
  for (const node of assignments) {
    const right = field(node, 'right')
    const made = right?.kind === 'call' ? text(field(right, 'function')) : ''
    if (
      (/^(environs\.)?(Env|FileAwareEnv)$/.test(made) && uses(/\benviron(s)?\b/)) ||
      (/^Config$/.test(made) && uses(/\bstarlette\b/)) ||
      (/^(Auto)?Config$/.test(made) && uses(/\bdecouple\b/))
    )
      objects.add(text(field(node, 'left')))
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
export const envOfPython = (root: Node, source: Source, lineAt: (offset: number) => number): EnvFacts => {
  const facts = noFacts(source.path)
  const file: File = { ...openFile(source), line: ({ at }) => lineAt(at) }
  const { text, name, literal, strings, keyword, parametersOf, line } = file
  const assigned = placed(root, 'assignment')
  const assignments = assigned.map(({ node }) => node)
  const imports = placed(root, 'import_statement', 'import_from_statement').map(({ node }) => text(node))
  const isReader = readerOf(imports, assignments, file)
  const aliases = new Set(['os.environ', 'environ'])
  const lists = new Map<string, string[]>()
  const definitionOf = (place: Placed): Placed | undefined =>
    outsideOf(place).find(({ node: { kind } }) => /^(function|class)_definition$/.test(kind))
  for (const place of assigned) {
    const { node } = place
    const [left, value] = [name(field(node, 'left')), field(node, 'right')]
    const constant = literal(value)
    const items = strings(value)
    // an attribute of a class is no name of the file
    if (constant !== null && definitionOf(place)?.node.kind !== 'class_definition')
      facts.constants.push([left, constant])
    if (items) lists.set(left, items)
    if (/^(os\.)?environ(\.copy\(\))?$/.test(name(value))) aliases.add(left)
  }
  const constants = new Map(facts.constants)

  const looped = (place: Placed, variable: string): string[] | null => {
    for (const { node } of outsideOf(place)) {
      const clause = node.kind === 'for_statement' ? node : named(node).find(({ kind }) => kind === 'for_in_clause')
      if (!clause || name(field(clause, 'left')) !== variable) continue
      const right = field(clause, 'right')
      return strings(right) ?? lists.get(name(right)) ?? null
    }
    return null
  }

  const readNamed = (key: Node | undefined, place: Placed): void => {
    const at = line(place.node)
    const definition = around(place, 'function_definition')?.node
    const parameters = definition ? parametersOf(definition) : []
    const constant = literal(key) ?? (parameters.includes(name(key)) ? undefined : constants.get(name(key)))
    const kind = kindInPython(place, text)
    if (constant !== undefined) return void facts.reads.push({ name: constant, line: at, kind })
    const names = key ? looped(place, name(key)) : null
    if (names) return void facts.reads.push(...names.map(each => ({ name: each, line: at })))
    const parts = key?.kind === 'string' ? named(key).filter(({ kind }) => kind === 'interpolation') : []
    const variable = parts.length > 0 ? name(field(parts[0], 'expression')) : name(key)
    const written = text(key)
      .slice(0, 1000)
      .replace(/^[a-z]*["']+|["']+$/gi, '')
    const index = parameters.indexOf(variable)
    if (definition && index >= 0 && (parts.length === 0 || (parts.length === 1 && written.endsWith('}'))))
      facts.wrappers.push({
        name: text(field(definition, 'name')),
        index,
        prefix: parts.length > 0 ? (written.split('{')[0] ?? '') : '',
        kind,
      })
    else facts.computed.push({ pattern: parts.length > 0 ? written.replaceAll(/\{[^}]*\}/g, '*') : null, line: at })
  }

  /** `with env.prefixed("NOTES_"):` */
  const prefixOf = (place: Placed): string => {
    const outer = around(place, 'with_statement')
    if (!outer) return ''
    const entered = name(named(outer.node).find(({ kind }) => kind === 'with_clause'))
    return prefixOf(outer) + (/\.prefixed\(\s*["']([^"']+)["']\s*\)/.exec(entered)?.[1] ?? '')
  }

  const argumentOf = (part: Node): Argument => {
    const constant = literal(part) ?? constants.get(name(part))
    if (constant !== undefined) return { text: constant }
    return part.kind === 'identifier' ? { name: text(part) } : null
  }

  for (const place of placed(root, 'subscript')) {
    const { node, outer } = place
    const isWrite = outer?.node.kind === 'assignment' && node.field === 'left'
    if (aliases.has(name(field(node, 'value'))) && !isWrite && outer?.node.kind !== 'delete_statement')
      readNamed(field(node, 'subscript'), place)
  }
  for (const { node } of placed(root, 'comparison_operator')) {
    const [left, right] = named(node)
    const isMembership = node.children.some(({ kind }) => kind === 'in' || kind === 'not in')
    const tested = isMembership && aliases.has(name(right)) ? literal(left) : null
    if (tested !== null) facts.reads.push({ name: tested, line: line(node) })
  }
  for (const place of placed(root, 'call')) {
    const { node } = place
    const callee = name(field(node, 'function'))
    const given = positional(node)
    const [first] = given
    const at = line(node)
    if (
      /^(os\.)?getenv$/.test(callee) ||
      (/\.(get|pop)$/.test(callee) && aliases.has(callee.replace(/\.(get|pop)$/, '')))
    )
      readNamed(first, place)
    else if (isReader(callee) && literal(first) !== null)
      facts.reads.push({
        name: prefixOf(place) + (literal(first) ?? ''),
        line: at,
        kind: kindOfType(text(keyword(node, 'cast')) || callee.replace(/^.*\./, '')),
      })
    const variable = keyword(node, 'envvar')
    for (const each of strings(variable) ?? [literal(variable)]) if (each) facts.reads.push({ name: each, line: at })
    const flags = /(^|\.)(add_argument|option|Option)$/.test(callee) ? given.map(literal) : []
    const flag = flags.find(each => each?.startsWith('--')) ?? flags.find(each => each?.startsWith('-'))
    if (flag)
      facts.options.push({
        name: flag.split(/[/ ]/)[0] ?? flag,
        line: at,
        explained: keyword(node, 'help') !== undefined,
      })
    const values = given.slice(0, 4).map(argumentOf)
    if (callee === '' || !values.some(Boolean)) continue
    const definition = around(place, 'function_definition')?.node
    facts.calls.push({
      callee: callee.replace(/^.*\./, ''),
      arguments: values,
      line: at,
      inside: definition ? { name: text(field(definition, 'name')), parameters: parametersOf(definition) } : null,
    })
  }
  facts.classes = placed(root, 'class_definition').map(({ node }) => settingsClass(node, file))
  return facts
}
