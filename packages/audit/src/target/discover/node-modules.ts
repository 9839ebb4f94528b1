import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Lang, parse, type SgNode } from '@ast-grep/napi'
import type { Repository } from '../../core/target.ts'

const maxModules = 300

/** What a module and all it imports from its own repository do, from their syntax trees. */
export interface ModuleGraph {
  /** Packages it imports. */
  packages: Set<string>
  /** A server of an MCP package is constructed. */
  constructs: boolean
  /** `connect`, `start`, `listen` or `run` is called: it is more than a library. */
  starts: boolean
}

const serverPackage =
  /^(@modelcontextprotocol\/(sdk|server|node|express|hono|fastify)(\/|$)|fastmcp$|mcp-framework$|@[^/]+\/mcp(-|$))/
const serverClass = /^(McpServer|Server|FastMCP|MCPServer)$/

const textOf = (node: SgNode | null | undefined): string => node?.text().replace(/^['"`]|['"`]$/g, '') ?? ''

const specifiersIn = (root: SgNode): string[] => [
  ...root
    .findAll({ rule: { any: [{ kind: 'import_statement' }, { kind: 'export_statement' }] } })
    .filter(node => !/^(import|export)\s+type\b/.test(node.text().slice(0, 20)))
    .map(node => textOf(node.field('source'))),
  ...root
    .findAll({ rule: { kind: 'call_expression' } })
    .filter(call => ['require', 'import'].includes(call.field('function')?.text() ?? ''))
    .map(call => call.field('arguments')?.children()[1])
    .filter(argument => argument?.kind() === 'string')
    .map(textOf),
]

const constructsServer = (root: SgNode): boolean =>
  root.findAll({ rule: { kind: 'new_expression' } }).some(node => {
    const name = node.field('constructor')?.text() ?? ''
    return serverClass.test(name.slice(name.lastIndexOf('.') + 1))
  })

const startsSomething = (root: SgNode): boolean =>
  root
    .findAll({ rule: { kind: 'call_expression' } })
    .some(call => /^(connect|start|listen|run)$/.test(call.field('function')?.field('property')?.text() ?? ''))

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

const grammarOf = (path: string): Lang => {
  if (/\.[mc]?ts$/.test(path)) return Lang.TypeScript
  return path.endsWith('x') ? Lang.Tsx : Lang.JavaScript
}

/** Of the same packages, what clients use as well. */
const shared = /^@modelcontextprotocol\/sdk\/(client|inMemory|shared|types)\b/

/** Whether a file imports what serves MCP. */
export const importsServer = (path: string, text: string): boolean =>
  specifiersIn(parse(grammarOf(path), text).root()).some(name => serverPackage.test(name) && !shared.test(name))

const locate = (repository: Repository, path: string): string | undefined =>
  [
    path,
    ...['.js', '.mjs', '.cjs', '.ts', '.mts', '.json'].map(ending => path + ending),
    path.replace(/\.([mc]?)js$/, '.$1ts'),
    `${path}/index.js`,
    `${path}/index.ts`,
  ].find(candidate => /\.[mc]?[jt]sx?$/.test(candidate) && repository.exists(candidate))

const normalise = (path: string): string => {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/** Follows the relative imports of a module through its repository. */
export const moduleGraph = async (repository: Repository, entry: string): Promise<ModuleGraph> => {
  const graph: ModuleGraph = { packages: new Set(), constructs: false, starts: false }
  const open = [entry]
  const seen = new Set(open)
  for (let path = open.pop(); path !== undefined && seen.size <= maxModules; path = open.pop()) {
    const text = await repository.text(path)
    if (text === null) continue
    const root = parse(grammarOf(path), text).root()
    const specifiers = specifiersIn(root)
    graph.constructs ||= specifiers.some(name => serverPackage.test(name)) && constructsServer(root)
    graph.starts ||= startsSomething(root)
    for (const specifier of specifiers) {
      if (specifier.startsWith('.')) {
        const next = locate(repository, normalise(`${path.slice(0, path.lastIndexOf('/') + 1)}${specifier}`))
        if (next && !seen.has(next)) {
          seen.add(next)
          open.push(next)
        }
      } else if (specifier) {
        graph.packages.add(packageOf(specifier))
      }
    }
  }
  return graph
}

/** Whether Node would find a package from this directory: in its node_modules or in those above it. */
export const isInstalled = (name: string, directory: string): boolean => {
  for (let place = directory; ; place = dirname(place)) {
    if (existsSync(join(place, 'node_modules', name, 'package.json'))) return true
    if (place === dirname(place)) return false
  }
}
