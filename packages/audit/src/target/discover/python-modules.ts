import { parse, registerDynamicLanguage, type SgNode } from '@ast-grep/napi'
import python from '@ast-grep/lang-python'
import type { Repository } from '../../core/target.ts'

registerDynamicLanguage({ python })

const maxModules = 100

export interface PythonProgram {
  /** It, or a module of the repository that it imports, constructs an MCP server. */
  constructs: boolean
  /** Running the file does something: a main guard, or a call of `run` at its top level. */
  runs: boolean
}

const serverModule = /^(mcp(\.server(\..+)?)?|fastmcp(\..+)?)$/
const serverClass = /^(FastMCP|MCPServer|Server)$/

interface Imported {
  module: string
  names: { name: string; alias: string }[]
}

const aliased = (node: SgNode): { name: string; alias: string } => {
  const name = node.field('name')?.text() ?? node.text()
  return { name, alias: node.field('alias')?.text() ?? name }
}

const importsIn = (root: SgNode): Imported[] => [
  ...root.findAll({ rule: { kind: 'import_from_statement' } }).map(node => {
    const module = node.field('module_name')
    return {
      module: module?.text() ?? '',
      names: node
        .children()
        .filter(
          child => child.id() !== module?.id() && ['dotted_name', 'aliased_import'].includes(String(child.kind())),
        )
        .map(aliased),
    }
  }),
  ...root.findAll({ rule: { kind: 'import_statement' } }).flatMap(node =>
    node
      .children()
      .filter(child => ['dotted_name', 'aliased_import'].includes(String(child.kind())))
      .map(child => ({ module: aliased(child).name, names: [{ name: '', alias: aliased(child).alias }] })),
  ),
]

const constructsServer = (root: SgNode, imports: Imported[]): boolean => {
  const fromMcp = imports.filter(({ module }) => serverModule.test(module)).flatMap(({ names }) => names)
  const classes = new Set(fromMcp.filter(({ name }) => serverClass.test(name)).map(({ alias }) => alias))
  const modules = new Set(fromMcp.filter(({ name }) => !serverClass.test(name)).map(({ alias }) => alias))
  return root.findAll({ rule: { kind: 'call' } }).some(call => {
    const callee = call.field('function')?.text() ?? ''
    const dot = callee.lastIndexOf('.')
    return dot < 0 ? classes.has(callee) : modules.has(callee.slice(0, dot)) && serverClass.test(callee.slice(dot + 1))
  })
}

const isMainGuard = (node: SgNode): boolean =>
  node.kind() === 'if_statement' && /^__name__\s*==\s*['"]__main__['"]$/.test(node.field('condition')?.text() ?? '')

const runsAtTop = (root: SgNode): boolean =>
  root.children().some(statement => {
    if (isMainGuard(statement)) return true
    const callee = statement.kind() === 'expression_statement' ? statement.child(0)?.field('function') : null
    return /(^|\.)(run|main|serve|start)(_stdio|_async)?$/.test(callee?.text() ?? '')
  })

/** Files that an import may stand for, in the module's folder, at the root and below src/. */
const filesOf = ({ module, names }: Imported, folder: string): string[] => {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0
  const up = folder.split('/').filter(Boolean)
  const bases = dots > 0 ? [up.slice(0, up.length - dots + 1).join('/')] : [folder, '', 'src']
  const inner = module.slice(dots).split('.').filter(Boolean)
  return bases.flatMap(base =>
    [inner, ...names.map(({ name }) => [...inner, name])]
      .map(parts => [base, ...parts].filter(Boolean).join('/'))
      .flatMap(path => [`${path}.py`, `${path}/__init__.py`]),
  )
}

/** Judges a Python file and what it imports from its repository; null when there is no such file. */
export const readProgram = async (repository: Repository, entry: string): Promise<PythonProgram | null> => {
  const program: PythonProgram = { constructs: false, runs: false }
  const open = [entry]
  const seen = new Set(open)
  for (let path = open.shift(); path !== undefined && seen.size <= maxModules; path = open.shift()) {
    const text = await repository.text(path)
    if (text === null) {
      if (path === entry) return null
      continue
    }
    const root = parse('python', text).root()
    const imports = importsIn(root)
    if (path === entry) program.runs = runsAtTop(root)
    if (constructsServer(root, imports)) return { ...program, constructs: true }
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
    for (const file of imports.flatMap(imported => filesOf(imported, folder))) {
      if (seen.has(file) || !repository.exists(file)) continue
      seen.add(file)
      open.push(file)
    }
  }
  return program
}
