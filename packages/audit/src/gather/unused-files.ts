import type { Module } from './code/values.ts'
import type { Project } from './project.ts'
import type { Source } from './trees.ts'

/** Names under which programs and frameworks look for what they start. */
const started =
  /(^|\/)((index|main|server|app|worker|cli|start|run|bin|handler|lambda|route|middleware|instrumentation)\.[mc]?[jt]sx?|(__main__|main|server|app|worker|cli|start|run|wsgi|asgi|\w*handler|lambda_function)\.py)$/
/** Folders whose files are loaded for being there. */
const byFolder =
  /(^|\/)(api|app|pages|routes|functions|netlify|commands|plugins|tools|scripts|bin|handlers|workers|migrations)\//
/** `import(path)` with a path that is made at run time may load any file. */
export const loadsAny = /\b(import|require)\(\s*(?!['"`\s)])|\bimport\(\s*`[^`]*\$\{|import\.meta\.glob/

const serving = /modelcontextprotocol|fastmcp/

/** What somebody runs by hand stands in these folders as well. */
const byHand = /(^|\/)(scripts|bin)\//g
const byFramework = /(^|\/)(prompts|resources)\//

/** Something outside of the source may start or load it for its name or its folder. */
export const mayBeStarted = (path: string): boolean =>
  started.test(path) || byFramework.test(path) || byFolder.test(path.replaceAll(byHand, '$1'))

const constructing =
  /\bnew\s+(McpServer|Server|FastMCP|\w*ServerTransport)\s*[(<]|\bserveStdio\(|^[^#\n]*\b(FastMCP|MCPServer|Server|stdio_server)\(/m

/** A server is made in it: whoever starts it need not be known. */
export const makesServer = ({ text }: Source): boolean => constructing.test(text)

const making = /\b(McpServer|FastMCP|setRequestHandler|\w+Transport)\b|\bnew Server\(/

const stemOf = (path: string): string => (path.split('/').at(-1) ?? path).replace(/\.[mc]?[jt]sx?$/, '')

/**
 * Tells which files of TypeScript only export something and are named by no other file of the repository: nothing runs
 * them. A text that looks like their name is enough for them to be used, wherever it stands.
 */
export const openUnused = (sources: readonly Source[], { node }: Project): ((module: Module) => boolean) => {
  const known = new Map<string, boolean>()
  let isAny: boolean | null = null
  const look = ({ path, exports }: Module): boolean => {
    if (exports.length === 0 || started.test(path) || byFolder.test(path)) return false
    // where the server was not found, nothing is known about what it uses
    const isServed = sources.some(source => source.path !== path && serving.test(source.text))
    const isServer = sources.some(source => source.path === path && making.test(source.text))
    if (!isServed || isServer) return false
    isAny ??= sources.some(({ language, text }) => language === 'typescript' && loadsAny.test(text))
    if (isAny) return false
    const stem = stemOf(path)
    const named = new RegExp(`['"\`/]${stem.replaceAll(/[.*+?^${'$'}{}()|[\]\\]/g, '\\$&')}(\\.[mc]?[jt]sx?)?['"\`]`)
    const isManifest = JSON.stringify(node).includes(stem)
    return !isManifest && !sources.some(source => source.path !== path && named.test(source.text))
  }
  return module => {
    if (module.language !== 'typescript') return false
    const before = known.get(module.path)
    if (before !== undefined) return before
    const found = look(module)
    known.set(module.path, found)
    return found
  }
}
