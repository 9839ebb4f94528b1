import { gatherer } from '../../core/item.ts'
import { trees, type Source, type Trees } from '../trees.ts'
import { readPython } from './python.ts'
import { readTypeScript } from './typescript.ts'
import type { Module, Value } from './values.ts'

export interface Modules {
  /** Files of the server (no tests, no examples) that register something, call out, or are imported by these. */
  all: Module[]
  byPath: ReadonlyMap<string, Module>
  /** Paths of all source files, read or not. */
  paths: ReadonlySet<string>
}

const registers =
  /modelcontextprotocol|\b(register(App)?(Tool|Prompt|Resource)\w*|setRequestHandler|add_?(Tool|Prompt|Resource)s?|McpServer|FastMCP|MCPServer|list_tools)\b|^[ \t]*(from|import)[ \t]+mcp\b|\b(mcp|server|app)\.(tool|prompt|resource)\b/im
const callsOut =
  /['"](axios|got|ky|undici|node-fetch|cross-fetch|superagent|needle|execa|(node:)?(child_process|https?))['"]|\bfetch\s*\(|^[ \t]*(import|from)[ \t][\w., ]*\b(requests|httpx|aiohttp|urllib|subprocess)\b/m
const isWanted = ({ role, text }: Source): boolean => role === 'server' && (registers.test(text) || callsOut.test(text))
const maxRounds = 4
const breathe = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
const maxFiles = 3000

const read = async (files: Trees, wanted: (source: Source) => boolean): Promise<Module[]> => {
  const python = files.visit(
    { test: (_, source) => source.language === 'python' && wanted(source) },
    (root, source) => [readPython(root, source)],
  )
  const typescript: Module[] = []
  for (const source of files.sources) {
    if (source.language !== 'typescript' || !wanted(source)) continue
    typescript.push(readTypeScript(source))
    await breathe()
  }
  return [...(await python), ...typescript]
}

/** The file that an import names, from the file that has it; null when it is outside the repository. */
export const fileOf = (from: Module, module: string, paths: ReadonlySet<string>): string | null =>
  from.language === 'python' ? pythonFile(from.path, module, paths) : typescriptFile(from.path, module, paths)

const join = (base: string, relative: string): string | null => {
  const parts = base === '' ? [] : base.split('/')
  for (const part of relative.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null
    if (part !== '..' && part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

const directoryOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

const typescriptFile = (from: string, module: string, paths: ReadonlySet<string>): string | null => {
  const candidates: string[] = []
  if (module.startsWith('.')) candidates.push(join(directoryOf(from), module) ?? '')
  else if (/^[@~#]\//.test(module)) {
    // the alias for the source folder, as most projects set it
    for (let folder = directoryOf(from); folder !== ''; folder = directoryOf(folder))
      candidates.push(`${folder}/${module.slice(2)}`, `${folder}/src/${module.slice(2)}`)
  } else return null
  for (const candidate of candidates) {
    const bare = candidate.replace(/\.[mc]?jsx?$/, '')
    const found = [candidate, ...['ts', 'tsx', 'mts', 'cts', 'js', 'mjs', 'cjs', 'jsx'].map(end => `${bare}.${end}`)]
    const index = ['ts', 'mts', 'js', 'mjs', 'tsx'].map(end => `${candidate}/index.${end}`)
    const path = [...found, ...index].find(path => paths.has(path))
    if (path) return path
  }
  return null
}

const pythonFile = (from: string, module: string, paths: ReadonlySet<string>): string | null => {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0
  const inner = module.slice(dots).replaceAll('.', '/')
  const at = (base: string): string | null => {
    const path = base === '' ? inner : inner === '' ? base : `${base}/${inner}`
    return [`${path}.py`, `${path}/__init__.py`].find(candidate => paths.has(candidate)) ?? null
  }
  if (dots > 0) {
    const base = join(directoryOf(from), '../'.repeat(dots - 1))
    return base === null ? null : at(base)
  }
  for (let folder = directoryOf(from); ; folder = directoryOf(folder)) {
    const found = at(folder) ?? at(folder === '' ? 'src' : `${folder}/src`)
    if (found || folder === '') return found
  }
}

const importsOf = ({ declarations, exports }: Module): string[] => {
  const values: Value[] = [...declarations, ...exports].map(({ value }) => value)
  return values.flatMap(value =>
    value.is === 'import' ? [value.module, `${value.module.replace(/\.$/, '')}.${value.name}`] : [],
  )
}

/** The server's source as plain data: declarations, calls, functions, classes, and what each file exports. */
export const modules = gatherer<Modules, { trees: typeof trees }>({
  id: 'modules',
  impact: 'read',
  from: 'repository',
  needs: { trees },
  gather: async (_, { trees: files }) => {
    const paths = new Set(files.sources.map(({ path }) => path))
    const byPath = new Map<string, Module>()
    const add = (found: Module[]): void => found.forEach(module => byPath.set(module.path, module))
    add(await read(files, isWanted))
    for (let round = 0; round < maxRounds; round++) {
      const missing = new Set<string>()
      for (const module of byPath.values())
        for (const imported of importsOf(module)) {
          const path = fileOf(module, imported, paths)
          if (path && !byPath.has(path) && byPath.size + missing.size < maxFiles) missing.add(path)
        }
      if (missing.size === 0) break
      add(await read(files, ({ path }) => missing.has(path)))
    }
    return { all: [...byPath.values()].filter(({ role }) => role === 'server'), byPath, paths }
  },
})
