import type { NodePackage, PythonProject } from './project.ts'

export interface Scope {
  /** Empty for the root. */
  directory: string
  name: string | null
  /** Why this one was chosen. */
  because: string
  /** Folders of the packages that could be the server as well. */
  others: string[]
  /** Folders within it of packages that the server does without: a website, a plugin for an editor. */
  apart?: string[]
}

const sdkOfNode =
  /^(@modelcontextprotocol\/(sdk|server|node|express|hono|fastify)|fastmcp|@prefecthq\/fastmcp.*|mcp-framework|mcp-handler|xmcp|tmcp|@hono\/mcp|muppet)$/
const sdkOfPython = new Set(['mcp', 'fastmcp', 'mcp-server', 'fastapi-mcp'])

type Package = NodePackage | PythonProject

const runsWith = (entry: Package): string[] =>
  'bin' in entry
    ? Object.keys({ ...entry.dependencies, ...entry.peerDependencies })
    : entry.dependencies.map(({ name }) => name)

const hasCommand = (entry: Package): boolean => Object.keys('bin' in entry ? entry.bin : entry.scripts).length > 0

/** 2 and more for a package that depends on an MCP SDK, odd for one that has a command. */
export const rank = (entry: Package): number => {
  const usesSdk = runsWith(entry).some(name => ('bin' in entry ? sdkOfNode.test(name) : sdkOfPython.has(name)))
  return (usesSdk ? 2 : 0) + (hasCommand(entry) ? 1 : 0)
}

/**
 * The ranks of all packages. What is private, has no command and is shared by several is what servers are made of: its
 * SDK counts for those that run with it.
 */
const ranksOf = (entries: Package[]): Map<Package, number> => {
  const ranks = new Map(entries.map(entry => [entry, rank(entry)]))
  const users = ({ name }: Package): Package[] =>
    name === null ? [] : entries.filter(entry => runsWith(entry).includes(name))
  const shared = entries.filter(
    entry => 'bin' in entry && entry.private && rank(entry) === 2 && users(entry).length >= 2,
  )
  for (const library of shared) for (const user of users(library)) ranks.set(user, 2 + (hasCommand(user) ? 1 : 0))
  for (const library of shared) ranks.set(library, 0)
  return ranks
}

const plainName = ({ name }: Package): string =>
  (name ?? '')
    .toLowerCase()
    .replace(/^@/, '')
    .replaceAll(/[-_./]+/g, '-')

/** The same server in another language: `@acme/mcp-server` and `acme-mcp-server`, side by side. */
const twinsOf = (best: Package[], ranks: Map<Package, number>): Package[] =>
  [...ranks.keys()].filter(
    entry =>
      !best.includes(entry) &&
      (ranks.get(entry) ?? 0) >= 2 &&
      best.some(
        one =>
          'bin' in one !== 'bin' in entry &&
          plainName(one) === plainName(entry) &&
          !isAround(one.directory, entry.directory) &&
          !isAround(entry.directory, one.directory),
      ),
  )

const isAround = (directory: string, other: string): boolean =>
  directory === '' || directory === other || other.startsWith(`${directory}/`)

const dependenciesOf = (entry: Package): string[] =>
  'bin' in entry
    ? Object.keys({ ...entry.dependencies, ...entry.peerDependencies, ...entry.devDependencies })
    : [...entry.dependencies, ...Object.values(entry.groups).flat()].map(({ name }) => name)

/**
 * Packages below the server's own that have another name, that it does not ask for, and that are no server of its language
 * or are installed by themselves: `locked` are the folders with a lock file of their own.
 */
const apartFrom = (entries: Package[], directory: string, locked: ReadonlySet<string>): string[] => {
  const servers = entries.filter(entry => rank(entry) >= 2)
  const here = entries.filter(entry => entry.directory === directory)
  const own = new Set(here.map(({ name }) => name))
  const isForeign = (entry: Package): boolean => here.every(each => 'bin' in each !== 'bin' in entry)
  const wanted = new Set(servers.flatMap(dependenciesOf))
  return entries
    .filter(entry => entry.directory.startsWith(directory === '' ? '' : `${directory}/`))
    .filter(
      entry =>
        entry.directory !== directory &&
        (rank(entry) < 2 ||
          locked.has(entry.directory) ||
          (isForeign(entry) && rank(entry) < Math.max(...here.map(rank)))) &&
        entry.name !== null &&
        // one of another language with the same name is a part that is built apart, unless it can be started
        (!own.has(entry.name) || (isForeign(entry) && rank(entry) === 0 && 'bin' in entry && entry.private)) &&
        !wanted.has(entry.name) &&
        !entries.some(other => other !== entry && other.directory === entry.directory && rank(other) >= 2),
    )
    .map(entry => entry.directory)
}

/** A private package, such as a client for tests, is not the server where another is published. */
const publishedOf = (entries: Package[]): Package[] => {
  const published = entries.filter(entry => !('bin' in entry && entry.private))
  return published.length > 0 ? published : entries
}

/** The package that was named, or the one that is the server, judged by its dependency on an MCP SDK and its command. */
export const chooseScope = (entries: Package[], named?: string, locked: ReadonlySet<string> = new Set()): Scope => {
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
      ? {
          directory: rank(only) >= 2 ? only.directory : '',
          name: only.name,
          because: 'the only package of the directory',
          others: [],
        }
      : whole('the directory has no package manifest')
  }
  const ranks = ranksOf(entries)
  const highest = Math.max(...ranks.values())
  const best = publishedOf(entries.filter(entry => ranks.get(entry) === highest))
  const all = highest >= 2 ? [...best, ...twinsOf(best, ranks)] : best
  const [first, ...others] = all.toSorted((a, b) => Number(b.directory === '') - Number(a.directory === ''))
  if (!first || highest === 0) return whole('no package has a command or depends on an MCP SDK')
  const why = highest >= 2 ? 'depends on an MCP SDK' : 'has a command'
  if (first.directory === '')
    return {
      ...whole(`the root package ${why}`),
      name: first.name,
      ...(highest >= 2 ? { apart: apartFrom(entries, '', locked) } : {}),
    }
  if (others.some(({ directory }) => directory !== first.directory))
    return whole(
      `${all.length} packages could be the server`,
      all.map(({ directory }) => directory),
    )
  return { directory: first.directory, name: first.name, because: `the package that ${why}`, others: [] }
}
