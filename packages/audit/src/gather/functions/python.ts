import type { SgNode } from '@ast-grep/napi'
import type { Source } from '../trees.ts'
import { namedParts, nodesByKind, rangeOf } from '../code/nodes.ts'
import type { NamedFunction } from './function.ts'

const untypedParameter = (parameter: SgNode): string | null => {
  const kind = String(parameter.kind())
  if (/^(identifier|list_splat_pattern|dictionary_splat_pattern)$/.test(kind)) return parameter.text()
  return kind === 'default_parameter' ? (parameter.field('name')?.text() ?? '') : null
}

const hasDocstring = (definition: SgNode): boolean => {
  const [first] = namedParts(definition.field('body'))
  return (
    first?.kind() === 'expression_statement' &&
    /^(string|concatenated_string)$/.test(String(namedParts(first)[0]?.kind()))
  )
}

const decoratorsOf = (definition: SgNode): SgNode[] => {
  const around = definition.parent()
  return around?.kind() === 'decorated_definition'
    ? around.children().filter(child => child.kind() === 'decorator')
    : []
}

/** A tool is documented by its `description` as well as by a docstring. */
const isDescribed = (decorator: SgNode): boolean =>
  decorator
    .findAll({ rule: { kind: 'keyword_argument' } })
    .some(argument => argument.field('name')?.text() === 'description')

const isRegistered = (decorator: SgNode): boolean => /^@[\w.]+\.(tool|prompt|resource)\b/.test(decorator.text())

const isPrivate = (name: string): boolean => name.startsWith('_') && !/^__\w+__$/.test(name)

const maxFunctions = 3000

/** Functions and methods of a Python module; what stands inside other functions only when it is registered as a tool. */
export const pythonFunctions = (root: SgNode, { path }: Source): NamedFunction[] => {
  const kinds = nodesByKind(root, ['function_definition', 'class_definition'])
  const classes = kinds('class_definition').map(node => ({ ...rangeOf(node), name: node.field('name')?.text() ?? '' }))
  const functions = kinds('function_definition').slice(0, maxFunctions)
  const ranges = functions.map(rangeOf)
  const isPrivateModule = path.split('/').some(part => /^_(?!_init__|_main__)\w+(\.py)?$/.test(part))
  return functions.flatMap((node, index): NamedFunction[] => {
    const { at, end } = ranges[index] ?? { at: 0, end: 0 }
    const outer = ranges.some(range => range.at < at && end <= range.end)
    const owners = classes.filter(range => range.at < at && end <= range.end)
    const decorators = decoratorsOf(node)
    const texts = decorators.map(decorator => decorator.text())
    const registered = decorators.some(isRegistered)
    if ((outer && !registered) || texts.some(text => /\boverload\b/.test(text))) return []
    const name = node.field('name')?.text() ?? ''
    const isStatic = texts.some(text => /^@staticmethod\b/.test(text))
    const parameters = namedParts(node.field('parameters'))
    const own = owners.length > 0 && !outer && !isStatic ? parameters.slice(1) : parameters
    const isSpecial = /^__\w+__$/.test(name)
    const undocumentable = isSpecial || texts.some(text => /\.(setter|deleter)$|\boverride$/.test(text.trim()))
    const isPublic = !isPrivateModule && ![name, ...owners.map(owner => owner.name)].some(isPrivate)
    return [
      {
        path,
        line: node.range().start.line + 1,
        name: [...owners.map(owner => owner.name), name].join('.'),
        language: 'python',
        isPublic,
        documented: undocumentable
          ? null
          : hasDocstring(node) || decorators.some(each => isRegistered(each) && isDescribed(each)),
        untyped: [
          ...own.flatMap(parameter => untypedParameter(parameter) ?? []).filter(each => !/^\*{0,2}_$/.test(each)),
          ...(node.field('return_type') || isSpecial ? [] : ['return']),
        ],
      },
    ]
  })
}
