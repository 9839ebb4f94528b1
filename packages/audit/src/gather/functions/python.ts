import { field, named, type Node } from '../code/python-tree.ts'
import { placed, type Placed } from '../code/python-walks.ts'
import type { Source } from '../trees.ts'
import type { NamedFunction } from './function.ts'

const hasDocstring = (definition: Node): boolean => {
  const [first] = named(field(definition, 'body'))
  return first?.kind === 'expression_statement' && /^(string|concatenated_string)$/.test(named(first)[0]?.kind ?? '')
}

const decoratorsOf = ({ outer }: Placed): Node[] =>
  outer?.node.kind === 'decorated_definition' ? outer.node.children.filter(({ kind }) => kind === 'decorator') : []

const isPrivate = (name: string): boolean => name.startsWith('_') && !/^__\w+__$/.test(name)

const maxFunctions = 3000

/** Functions and methods of a Python module; what stands inside other functions only when it is registered as a tool. */
export const pythonFunctions = (
  root: Node,
  { path, text: whole }: Source,
  lineAt: (offset: number) => number,
): NamedFunction[] => {
  const text = (node: Node | undefined): string => (node ? whole.slice(node.at, node.end) : '')

  const untypedParameter = (parameter: Node): string | null => {
    if (/^(identifier|list_splat_pattern|dictionary_splat_pattern)$/.test(parameter.kind)) return text(parameter)
    return parameter.kind === 'default_parameter' ? text(field(parameter, 'name')) : null
  }

  /** A tool is documented by its `description` as well as by a docstring. */
  const isDescribed = (decorator: Node): boolean =>
    placed(decorator, 'keyword_argument').some(({ node }) => text(field(node, 'name')) === 'description')

  const isRegistered = (decorator: Node): boolean => /^@[\w.]+\.(tool|prompt|resource)\b/.test(text(decorator))

  const isPrivateModule = path.split('/').some(part => /^_(?!_init__|_main__)\w+(\.py)?$/.test(part))
  const functions = placed(root, 'function_definition').slice(0, maxFunctions)
  return functions.flatMap((place): NamedFunction[] => {
    const { node } = place
    const owners: string[] = []
    let isInner = false
    for (let { outer } = place; outer; { outer } = outer) {
      if (outer.node.kind === 'class_definition') owners.unshift(text(field(outer.node, 'name')))
      if (outer.node.kind === 'function_definition') isInner = true
    }
    const decorators = decoratorsOf(place)
    const texts = decorators.map(text)
    if ((isInner && !decorators.some(isRegistered)) || texts.some(each => /\boverload\b/.test(each))) return []
    const name = text(field(node, 'name'))
    const isStatic = texts.some(each => /^@staticmethod\b/.test(each))
    const parameters = named(field(node, 'parameters'))
    const own = owners.length > 0 && !isInner && !isStatic ? parameters.slice(1) : parameters
    const isSpecial = /^__\w+__$/.test(name)
    const undocumentable = isSpecial || texts.some(each => /\.(setter|deleter)$|\boverride$/.test(each.trim()))
    return [
      {
        path,
        line: lineAt(node.at),
        name: [...owners, name].join('.'),
        language: 'python',
        isPublic: !isPrivateModule && ![name, ...owners].some(isPrivate),
        documented: undocumentable
          ? null
          : hasDocstring(node) || decorators.some(each => isRegistered(each) && isDescribed(each)),
        untyped: [
          ...own.flatMap(parameter => untypedParameter(parameter) ?? []).filter(each => !/^\*{0,2}_$/.test(each)),
          ...(field(node, 'return_type') || isSpecial ? [] : ['return']),
        ],
      },
    ]
  })
}
