import type { NodePackage, PythonProject } from './project.ts'

export interface Scope {
  /** Empty for the root. */
  directory: string
  name: string | null
  /** Why this one was chosen. */
  because: string
  /** Folders of the packages that could be the server as well. */
  others: string[]
}

const sdkOfNode =
  /^(@modelcontextprotocol\/(sdk|server|node|express|hono|fastify)|fastmcp|@prefecthq\/fastmcp.*|mcp-framework|mcp-handler|xmcp|tmcp|@hono\/mcp|muppet)$/
const sdkOfPython = new Set(['mcp', 'fastmcp', 'mcp-server', 'fastapi-mcp'])

/** 2 and more for a package that depends on an MCP SDK, odd for one that has a command. */
export const rank = (entry: NodePackage | PythonProject): number => {
  const isNode = 'bin' in entry
  const usesSdk = isNode
    ? Object.keys({ ...entry.dependencies, ...entry.peerDependencies }).some(name => sdkOfNode.test(name))
    : entry.dependencies.some(({ name }) => sdkOfPython.has(name))
  const hasCommand = Object.keys(isNode ? entry.bin : entry.scripts).length > 0
  return (usesSdk ? 2 : 0) + (hasCommand ? 1 : 0)
}

/** The package that was named, or the one that is the server, judged by its dependency on an MCP SDK and its command. */
export const chooseScope = (entries: (NodePackage | PythonProject)[], named?: string): Scope => {
  const wanted = named === undefined ? undefined : entries.find(({ directory }) => directory === named)
  if (wanted)
    return { directory: wanted.directory, name: wanted.name, because: 'the package that was named', others: [] }
  const root = entries.find(({ directory }) => directory === '')
  const whole = (because: string, others: string[] = []): Scope => ({
    directory: '',
    name: root?.name ?? null,
    because,
    others,
  })
  if (new Set(entries.map(({ directory }) => directory)).size <= 1) {
    const only = entries[0]
    return only
      ? { directory: '', name: only.name, because: 'the only package of the directory', others: [] }
      : whole('the directory has no package manifest')
  }
  const highest = Math.max(...entries.map(rank))
  const best = entries.filter(entry => rank(entry) === highest)
  const [first, ...others] = best
  if (!first || highest === 0) return whole('no package has a command or depends on an MCP SDK')
  const why = highest >= 2 ? 'depends on an MCP SDK' : 'has a command'
  if (first.directory === '') return { ...whole(`the root package ${why}`), name: first.name }
  if (others.some(({ directory }) => directory !== first.directory))
    return whole(
      `${best.length} packages could be the server`,
      best.map(({ directory }) => directory),
    )
  return { directory: first.directory, name: first.name, because: `the package that ${why}`, others: [] }
}
