import { Lang, parse, registerDynamicLanguage, type SgNode } from '@ast-grep/napi'
import python from '@ast-grep/lang-python'
import { gatherer, Undecided } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { startAhead } from './code/python-ahead.ts'
import { project } from './project.ts'
import { roleOf, type Role } from './roles.ts'
import { toolScripts } from './tool-scripts.ts'

export type Language = 'typescript' | 'python'

export interface Source {
  path: string
  language: Language
  text: string
  role: Role
  /** Libraries stand in it as well, and nobody reads it. */
  minified?: true
}

/** A regular expression, or anything that tells from a source whether its tree is wanted. */
export interface Interest {
  test(text: string, source: Source): boolean
}

export interface Trees {
  sources: Source[]
  /** Minified files that the package starts, and those beside them: for the model of the code, not for its style. */
  bundles: Source[]
  /**
   * Calls `look` with the syntax tree of each source whose text matches `mentions`. Files are parsed once for all
   * visitors that are registered in the same turn; nodes must not be kept.
   */
  visit<T>(mentions: Interest, look: (root: SgNode, source: Source) => T[]): Promise<T[]>
}

registerDynamicLanguage({ python })

const grammars: Record<string, { language: Language; grammar: Lang | 'python' }> = {
  ts: { language: 'typescript', grammar: Lang.TypeScript },
  mts: { language: 'typescript', grammar: Lang.TypeScript },
  cts: { language: 'typescript', grammar: Lang.TypeScript },
  tsx: { language: 'typescript', grammar: Lang.Tsx },
  js: { language: 'typescript', grammar: Lang.JavaScript },
  mjs: { language: 'typescript', grammar: Lang.JavaScript },
  cjs: { language: 'typescript', grammar: Lang.JavaScript },
  jsx: { language: 'typescript', grammar: Lang.Tsx },
  py: { language: 'python', grammar: 'python' },
}

const extension = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

/** Declarations describe code, minified files are built from it. */
const isBuilt = (path: string): boolean => /\.d\.[mc]?ts$|\.min\.[mc]?js$/.test(path)
const isMinified = (text: string): boolean => text.split('\n', 50).some(line => line.length > 5000)

const maxBundle = 1_500_000
const maxBundles = 3_000_000

/** The folders of what the package at the root starts. */
const startedIn = async (repository: Repository): Promise<string[]> => {
  try {
    const { bin } = JSON.parse((await repository.text('package.json')) ?? '{}') as { bin?: unknown }
    const files = typeof bin === 'string' ? [bin] : typeof bin === 'object' && bin !== null ? Object.values(bin) : []
    return files.flatMap(file => (typeof file === 'string' ? [/^(?:\.\/)?(.*\/)?[^/]*$/.exec(file)?.[1] ?? ''] : []))
  } catch {
    return []
  }
}

const readSources = async (repository: Repository): Promise<Pick<Trees, 'sources' | 'bundles'>> => {
  startAhead(repository.files.filter(path => extension(path) === 'py').length)
  const started = await startedIn(repository)
  const all = await Promise.all(
    repository.files.map(async (path): Promise<Source | null> => {
      const grammar = grammars[extension(path)]
      const text = grammar && !isBuilt(path) ? await repository.text(path) : null
      return grammar && text !== null ? { path, language: grammar.language, text, role: roleOf(path) } : null
    }),
  )
  const read = all.filter(source => source !== null)
  const tools = await toolScripts(repository, read)
  for (const source of read) if (source.role === 'server' && tools.has(source.path)) source.role = 'example'
  const minified = new Set(read.filter(({ text }) => isMinified(text)))
  let total = 0
  const bundles = [...minified].filter(({ path, text, role }) => {
    const isStarted = started.some(folder => path.startsWith(folder) && !path.slice(folder.length).includes('/'))
    if (isStarted && role === 'server' && text.length <= maxBundle && total + text.length <= maxBundles) {
      total += text.length
      return true
    }
    repository.leaveOut(path, 'minified, not read')
    return false
  })
  return {
    sources: read.filter(source => !minified.has(source)),
    bundles: bundles.map(source => ({ ...source, minified: true })),
  }
}

/** The syntax tree of one text, by the name of its file; null for other languages. */
export const parseSource = (path: string, text: string): SgNode | null => {
  const grammar = grammars[extension(path)]
  return grammar ? parse(grammar.grammar, text).root() : null
}

interface Visitor {
  mentions: Interest
  look(root: SgNode, source: Source): void
  settle(error?: unknown): void
}

const breathe = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const parseFor = async (sources: Source[], visitors: Visitor[]): Promise<void> => {
  let sinceBreath = 0
  for (const source of sources) {
    const interested = visitors.filter(({ mentions }) => mentions.test(source.text, source))
    const grammar = grammars[extension(source.path)]
    if (interested.length === 0 || !grammar) continue
    const root = parse(grammar.grammar, source.text).root()
    for (const visitor of interested)
      try {
        visitor.look(root, source)
      } catch (error) {
        visitor.settle(error)
      }
    sinceBreath += source.text.length
    if (sinceBreath > 200_000) {
      sinceBreath = 0
      await breathe()
    }
  }
}

/**
 * The source files of the repository, TypeScript, JavaScript and Python, and their syntax trees on demand. For those who
 * can do without: there may be none, since the server is written in another language.
 */
export const sourceTrees = gatherer<Trees>({
  id: 'source-trees',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    const { sources, bundles } = repository ? await readSources(repository) : { sources: [], bundles: [] }
    let waiting: Visitor[] = []
    const visitAll = async (): Promise<void> => {
      await breathe()
      const visitors = waiting
      waiting = []
      try {
        await parseFor(sources, visitors)
        for (const visitor of visitors) visitor.settle()
      } catch (error) {
        for (const visitor of visitors) visitor.settle(error)
      }
    }
    return {
      sources,
      bundles,
      visit: <T>(mentions: Interest, look: (root: SgNode, source: Source) => T[]) =>
        new Promise<T[]>((resolve, reject) => {
          const found: T[] = []
          waiting.push({
            mentions,
            look: (root, source) => found.push(...look(root, source)),
            settle: error => (error === undefined ? resolve(found) : reject(error)),
          })
          if (waiting.length === 1) void visitAll()
        }),
    }
  },
})

/** The same for those who cannot judge a server without its source. */
export const trees = gatherer<Trees, { sourceTrees: typeof sourceTrees; project: typeof project }>({
  id: 'trees',
  impact: 'read',
  from: 'repository',
  needs: { sourceTrees, project },
  gather: (_, { sourceTrees, project }) => {
    if (project.unread) throw new Undecided(`no reader for ${project.unread}`)
    return sourceTrees
  },
})
