import { gatherer } from '../../core/item.ts'
import { isInScope, project } from '../project.ts'
import { trees, type Language, type Source, type Trees } from '../trees.ts'
import { besideTheSource } from './beside.ts'
import { fileOf, importsOf } from './locate.ts'
import { eachPython, eachTypeScript } from './parsing.ts'
import { places, type Places } from './places.ts'
import { readPython } from './python.ts'
import { readTypeScript } from './typescript.ts'
import { spawnedBy } from './spawned.ts'
import type { Module } from './values.ts'

export interface Modules {
  /** Files of the server (no tests, no examples) that register something or call out, that start these, and what all of them import. */
  all: Module[]
  byPath: ReadonlyMap<string, Module>
  places: Places
  /** Files that are wanted and were not read, since there are too many. */
  beyond: number
  /** Files that look like code of the server and are not: another program loads them. */
  beside: ReadonlySet<string>
}

const registers =
  /modelcontextprotocol|\b(register(App)?(Tool|Prompt|Resource)\w*|setRequestHandler|add_?(Tool|Prompt|Resource)s?|McpServer|FastMCP|MCPServer|StdioServerTransport|list_tools)\b|^[ \t]*(from|import)[ \t]+mcp\b|\b(mcp|server|app)\.(tool|prompt|resource|run|run_async|start)\b/im
const callsOut =
  /['"](axios|got|ky|undici|node-fetch|cross-fetch|superagent|needle|execa|(node:)?(child_process|https?))['"]|\bfetch\s*\(|^[ \t]*(import|from)[ \t][\w., ]*\b(requests|httpx|aiohttp|urllib|xmlrpc|subprocess)\b/m
const isSeed = ({ role, text }: Source): boolean => role === 'server' && (registers.test(text) || callsOut.test(text))
const maxFiles = 6000

/** Reads source files into the model, other work in between. */
export const readModules = async (
  files: Pick<Trees, 'sources'>,
  wanted: (source: Source) => boolean,
): Promise<Module[]> => {
  const sources = files.sources.filter(wanted)
  const of = (language: Language): Source[] => sources.filter(source => source.language === language)
  const read = await Promise.all([
    eachTypeScript(of('typescript'), (parsed, source) => readTypeScript(source, parsed)),
    eachPython(of('python'), (tree, source) => readPython(tree, source)),
  ])
  const byPath = new Map(read.flat().map(module => [module.path, module]))
  return sources.flatMap(({ path }) => byPath.get(path) ?? [])
}

/** The files that a file runs with, by way of its imports. */
export const runsWith = (first: Module, { byPath, places }: Pick<Modules, 'byPath' | 'places'>): Set<Module> => {
  const found = new Set([first])
  for (const module of found)
    for (const imported of importsOf(module)) {
      const path = fileOf(module, imported, places)
      const other = path ? byPath.get(path) : undefined
      if (other) found.add(other)
    }
  return found
}

/** Adds files and all that they import to what was read, until nothing new is found; gives how many were too many. */
const addWithImports = async (
  files: Pick<Trees, 'sources'>,
  { byPath, places }: { byPath: Map<string, Module>; places: Places },
  paths: Iterable<string>,
): Promise<number> => {
  let beyond = 0
  let wanted = new Set([...paths].filter(path => !byPath.has(path)))
  while (wanted.size > 0) {
    const chosen = new Set([...wanted].slice(0, maxFiles - byPath.size))
    beyond += wanted.size - chosen.size
    if (chosen.size === 0) break
    const read = await readModules(files, ({ path }) => chosen.has(path))
    for (const module of read) byPath.set(module.path, module)
    wanted = new Set(read.flatMap(module => importedBy(module, places)).filter(path => !byPath.has(path)))
  }
  return beyond
}

const importedBy = (module: Module, places: Places): string[] =>
  [...importsOf(module), ...spawnedBy(module)].flatMap(name => fileOf(module, name, places) ?? [])

const isServer = ({ role }: Module): boolean => role === 'server'

/** Reads files and all that they import. */
export const readWithImports = async (
  files: Pick<Trees, 'sources'>,
  places: Places,
  isSeed: (source: Source) => boolean,
): Promise<Modules> => {
  const byPath = new Map<string, Module>()
  const seeds = files.sources.filter(isSeed).map(({ path }) => path)
  const beyond = await addWithImports(files, { byPath, places }, seeds)
  return { all: [...byPath.values()].filter(isServer), byPath, places, beyond, beside: new Set() }
}

const starting = /(^|\/)(__init__|__main__|main|cli|index|server|app|bin|start|run)\.(py|[mc]?[jt]sx?)$/
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/**
 * Files that start what was read, and what these import: they decide what its functions are called with, and load what it
 * is made of.
 */
const addStarting = async (
  files: Pick<Trees, 'sources'>,
  found: Modules,
  isOwn: (path: string) => boolean,
): Promise<Modules> => {
  const { places } = found
  const folders = new Set([...found.byPath.keys()].map(folderOf))
  const isAbove = (path: string): boolean => [...folders].some(folder => folder.startsWith(folderOf(path)))
  const read = await readModules(
    files,
    ({ path, role }) =>
      role === 'server' && starting.test(path) && !found.byPath.has(path) && isOwn(path) && isAbove(path),
  )
  const importing = read.filter(module => importedBy(module, places).some(path => found.byPath.has(path)))
  const byPath = new Map([...found.byPath, ...importing.map(module => [module.path, module] as const)])
  const more = importing.flatMap(module => importedBy(module, places))
  const beyond = found.beyond + (await addWithImports(files, { byPath, places }, more))
  return { ...found, all: [...byPath.values()].filter(isServer), byPath, beyond }
}

const without = (found: Modules, left: ReadonlySet<string>): Modules => ({
  ...found,
  beside: left,
  all: found.all.filter(({ path }) => !left.has(path)),
  byPath: new Map([...found.byPath].filter(([path]) => !left.has(path))),
})

/** The server's source as plain data: declarations, calls, functions, classes, and what each file exports. */
export const modules = gatherer<Modules, { trees: typeof trees; places: typeof places; project: typeof project }>({
  id: 'modules',
  impact: 'read',
  from: 'repository',
  needs: { trees, places, project },
  gather: async ({ repository }, { trees, places, project }) => {
    const files = { sources: [...trees.sources, ...trees.bundles] }
    const isOwn = (path: string): boolean => isInScope(project, path)
    const seeded = await readWithImports(files, places, source => isOwn(source.path) && isSeed(source))
    const started = await addStarting(files, seeded, isOwn)
    const beside = await besideTheSource(started, project, repository)
    for (const path of beside) repository?.leaveOut(path, 'no code of the server: nothing of it runs this file')
    const found = beside.size > 0 ? without(started, beside) : started
    for (const { path, broken } of found.byPath.values())
      if (broken) repository?.leaveOut(path, `read up to line ${broken.line} only: ${broken.because}`)
    if (found.beyond > 0)
      repository?.leaveOut('source', `${found.beyond} files beyond the first ${maxFiles} were not read`)
    return found
  },
})
