import type { SgNode } from '@ast-grep/napi'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { parseJsonc } from '../target/json.ts'
import { globMatcher } from './globs.ts'
import { pipelines, type Pipelines, type PipelineStep } from './pipelines.ts'
import { project, type NodePackage } from './project.ts'
import { runsOf, type Run } from './runs.ts'
import { stagesOfRun } from './stages.ts'
import { tasks, type Tasks } from './tasks.ts'
import { sourceTrees, type Source, type Trees } from './trees.ts'

/** A file that is started or imported when the package is used. */
export interface PackageEntry {
  /** `bin "notes-mcp"`, `main`. */
  what: string
  file: string
  /** Whether it is committed, comes out of a build, or neither. */
  state: 'committed' | 'built' | 'missing'
  /** The source it is made of; its own path when it is committed. */
  source: string | null
  /** The first line tells which program runs it; null when a bundler may write it. */
  hasShebang: boolean | null
  /** Files it imports that are not packed; empty when a bundler puts all into one. */
  unpacked: string[]
}

export interface NpmPackage {
  path: string
  name: string | null
  version: string | null
  isPrivate: boolean
  entries: PackageEntry[]
  /** What builds it before it is packed; null when nothing does. */
  built: string | null
  /** Where it is published by a pipeline. */
  publishes: { does: string; at: string; line: number }[]
  /** Where the compiler writes to, from the package, when it is the one that builds; null when not known. */
  outDir: string | null
  /** What decides about the files in it: `files`, `.npmignore`, `.gitignore`. */
  decidedBy: string
  /** Optional fields of package.json that are empty. */
  lacking: string[]
}

const bundler =
  /^(tsup|tsdown|esbuild|rollup|webpack|webpack-cli|unbuild|pkgroll|microbundle|ncc|vite|rolldown|xmcp|rslib|parcel|bunchee|fastmcp|smithery)$/

const bundles = ({ words }: Pick<Run, 'words'>): boolean =>
  bundler.test(words[0] ?? '') ||
  (words[0] === 'bun' && words[1] === 'build') ||
  words.some(word => /(^|\/)(es)?build\.[mc]?[jt]s$/.test(word))

const bundlerPackage = /^(esbuild|rollup|rolldown|webpack|tsup|tsdown|vite|@vercel\/ncc|unbuild|parcel)$/

/** A script of the package's own that calls a bundler, and the texts in it, among them what it writes. */
interface BundlingScript {
  path: string
  texts: string[]
}

const bundlingScripts = (trees: Trees): Promise<BundlingScript[]> =>
  trees.visit(
    /esbuild|roll(up|down)|webpack|tsup|tsdown|vite|@vercel\/ncc|unbuild|parcel/,
    (root, { path, language }) => {
      if (language !== 'typescript') return []
      const texts = root.findAll({ rule: { kind: 'string_fragment' } })
      const calls = texts.some(
        node =>
          bundlerPackage.test(node.text()) &&
          node.ancestors().some(each => each.kind() === 'import_statement' || /^(require|import)\(/.test(each.text())),
      )
      return calls ? [{ path, texts: texts.map(node => node.text()) }] : []
    },
  )

const runsScript = ({ words: [program = '', ...rest], directory }: Run, path: string): boolean =>
  /^(node|tsx|bun|ts-node)$/.test(program) && rest.some(word => within(directory ?? '', word) === path)

/** The script names the file, its name alone, or the folder that it writes to. */
const writes = ({ texts }: BundlingScript, file: string): boolean =>
  texts.some(text => [file, file.slice(file.lastIndexOf('/') + 1), directoryOf(file)].includes(within('', text)))

const stem = (path: string): string => path.replace(/(\.d)?\.[mc]?[jt]sx?$/, '')
const within = (directory: string, path: string): string => {
  const parts: string[] = []
  for (const part of `${directory}/${path}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
const directoryOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

/** Compilers that write several forms put each into a folder of its own: `dist/esm/index.js`. */
const dialect = /^(esm|es|cjs|commonjs|mjs|module)\//

/** `dist/cli/index.js` is made of `src/cli/index.ts`. */
const sourceOf = (file: string, directory: string, sources: Source[]): Source | undefined => {
  const own = sources.filter(({ path }) => path.startsWith(directory === '' ? '' : `${directory}/`))
  const wanted = stem(file).split('/').slice(1).join('/')
  const ends = (path: string, end: string): boolean => stem(path) === end || stem(path).endsWith(`/${end}`)
  const endingWith = (end: string): Source[] =>
    own.filter(({ path, role }) => role === 'server' && /\.[mc]?tsx?$/.test(path) && ends(path, end))
  const exact = endingWith(wanted)
  const named = exact.length > 0 ? exact : dialect.test(wanted) ? endingWith(wanted.replace(dialect, '')) : []
  return named.toSorted((a, b) => a.path.length - b.path.length)[0]
}

const importsIn = (root: SgNode): string[] =>
  ['import_statement', 'export_statement']
    .flatMap(kind => root.findAll({ rule: { kind } }))
    .flatMap(node => {
      const from = node.field('source')?.text().slice(1, -1) ?? ''
      const isType = /^(import|export)\s+type\b/.test(node.text().slice(0, 40))
      return from.startsWith('.') && !isType ? [from] : []
    })

const isPackedBy = async (
  { directory, raw }: NodePackage,
  repository: Repository,
): Promise<{ by: string; packs: (path: string) => boolean }> => {
  const files = raw['files']
  if (Array.isArray(files)) {
    const listed = files
      .filter((each): each is string => typeof each === 'string')
      .map(each => each.replace(/^\.?\//, ''))
    return { by: 'files', packs: globMatcher(listed.map(each => (each.startsWith('!') ? each : `/${each}`))) }
  }
  for (const name of ['.npmignore', '.gitignore']) {
    const text = await repository.text(within(directory, name))
    if (text === null) continue
    const rules = text.split('\n').filter(line => line.trim() !== '' && !line.startsWith('#'))
    const isIgnored = globMatcher(rules)
    return { by: name, packs: path => !isIgnored(path) }
  }
  return { by: 'no list, so everything', packs: () => true }
}

const fromPackage = (path: string, { directory }: NodePackage): string =>
  directory !== '' && `${path}/`.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path

const outDirOf = async (runs: Run[], own: NodePackage, repository: Repository): Promise<string | null> => {
  const { directory } = own
  const compiler = runs.find(({ words }) => words[0] === 'tsc')
  if (!compiler) return null
  const given = compiler.words.findIndex(word => word === '--outDir')
  if (given > 0) return compiler.words[given + 1] ?? null
  const named = compiler.words.findIndex(word => /^(-p|--project|-b|--build)$/.test(word))
  let path = within(directory, named > 0 ? (compiler.words[named + 1] ?? 'tsconfig.json') : 'tsconfig.json')
  for (let depth = 0; depth < 5; depth++) {
    const file = path.endsWith('.json') ? path : `${path}/tsconfig.json`
    const text = await repository.text(file)
    if (text === null) return null
    try {
      const { compilerOptions, extends: parent } = parseJsonc(text, file) as {
        compilerOptions?: { outDir?: unknown }
        extends?: unknown
      }
      const outDir = compilerOptions?.outDir
      if (typeof outDir === 'string') return fromPackage(within(directoryOf(file), outDir), own)
      if (typeof parent !== 'string' || !parent.startsWith('.')) return null
      path = within(directoryOf(file), parent)
    } catch {
      return null
    }
  }
  return null
}

const publishing =
  /^((npm|pnpm|yarn|bun|lerna)( \S+)* publish\b|changeset publish\b|semantic-release\b|np\b|release-it\b)/
const publishAction = /^(JS-DevTools\/npm-publish|cycjimmy\/semantic-release-action)@/i

const publishesIn = ({ steps }: Pipelines): PipelineStep[] =>
  steps.filter(
    ({ events, step, runs }) =>
      events.length > 0 &&
      (publishAction.test(step.uses ?? '') ||
        runs.some(({ words }) => publishing.test(words.join(' ')) && !words.includes('--dry-run'))),
  )

/** What builds the package before it is packed: a hook of npm, or a step of the job that publishes. */
const builtBy = (
  own: NodePackage,
  known: Tasks,
  pipelines: Pipelines,
  isBundling: (run: Run) => boolean,
): { by: string | null; runs: Run[] } => {
  // whatever a script called `build` runs
  const isBuild = ({ via }: Run): boolean => via.some(each => /^(npm|pnpm|yarn|bun)( run)? build\b/.test(each))
  const builds = (runs: Run[]): Run[] =>
    runs.filter(run => stagesOfRun(run.words).includes('build') || isBundling(run) || isBuild(run))
  const hooks = builds(runsOf('npm publish', own.directory, known).runs.filter(({ words }) => words[0] !== 'npm'))
  if (hooks[0]) return { by: hooks[0].via.join(' → '), runs: hooks }
  const before = publishesIn(pipelines).flatMap(publish => {
    const { workflow, job } = publish
    return pipelines.steps.filter(
      (step, index) =>
        step.workflow === workflow &&
        (job.needs.includes(step.job.id) || (step.job === job && index <= pipelines.steps.indexOf(publish))),
    )
  })
  const built = builds(before.flatMap(({ runs }) => runs))
  return { by: built[0]?.via.join(' → ') ?? null, runs: built }
}

/** What the server's package is on npm: what it starts, and whether that and all it needs is in it. */
export const npmPackage = gatherer<
  NpmPackage | null,
  { project: typeof project; tasks: typeof tasks; pipelines: typeof pipelines; trees: typeof sourceTrees }
>({
  id: 'npm-package',
  impact: 'read',
  from: 'repository',
  needs: { project, tasks, pipelines, trees: sourceTrees },
  gather: async ({ repository }, { project, tasks, pipelines, trees }) => {
    const own = project.node.find(({ directory }) => directory === project.scope.directory)
    if (!own || !repository) return null
    const { path, directory, name, version, bin, main, raw } = own
    const { by, packs } = await isPackedBy(own, repository)
    const scripts = await bundlingScripts(trees)
    const isBundling = (run: Run): boolean => bundles(run) || scripts.some(({ path }) => runsScript(run, path))
    const before = builtBy(own, tasks, pipelines, isBundling)
    const script = runsOf('npm run build', directory, tasks).runs
    const runs = before.runs.length > 0 ? before.runs : script
    const isBundled = runs.some(isBundling)
    const writers = scripts.filter(({ path }) => runs.some(run => runsScript(run, path)))
    const isWritten = (file: string): boolean => runs.some(bundles) || writers.some(script => writes(script, file))
    const helpers = runs.flatMap(({ words, directory }) =>
      words[0] === 'node' ? words.slice(1).map(word => within(directory ?? '', word)) : [],
    )
    const texts = await Promise.all(helpers.filter(each => repository.exists(each)).map(each => repository.text(each)))
    // a script of the build may put the first line there
    const isStamped = texts.some(text => text?.includes('#!/usr/bin/env'))
    const named: [string, string][] = [
      ...Object.entries(bin).map(([command, file]): [string, string] => [`bin "${command}"`, file]),
      ...(main && Object.keys(bin).length === 0 ? [['main', main] as [string, string]] : []),
    ]
    const entries = named.map(async ([what, written]): Promise<PackageEntry> => {
      const file = within('', written)
      const full = within(directory, file)
      const isCommitted = repository.files.includes(full)
      const source = isCommitted
        ? trees.sources.find(each => each.path === full)
        : sourceOf(file, directory, trees.sources)
      const text = isCommitted ? await repository.text(full) : (source?.text ?? null)
      const imports = source
        ? await trees.visit({ test: (_, { path }) => path === source.path }, root => importsIn(root))
        : []
      const needed = imports.map(each => within(directoryOf(file), each)).filter(each => /\.[mc]?js$/.test(each))
      const isMade = runs.length > 0 || repository.exists(full)
      return {
        what,
        file,
        state: isCommitted
          ? 'committed'
          : isMade && (source || isWritten(file) || repository.exists(full))
            ? 'built'
            : 'missing',
        source: source?.path ?? null,
        hasShebang:
          !what.startsWith('bin') || ((isBundled || isStamped) && !isCommitted) || text === null
            ? null
            : text.startsWith('#!'),
        unpacked: isBundled && !isCommitted ? [] : needed.filter(each => !packs(each)),
      }
    })
    return {
      path,
      name,
      version,
      isPrivate: own.private,
      entries: await Promise.all(entries),
      built: before.by,
      publishes: publishesIn(pipelines).map(({ step, runs, at, line }) => ({
        does: step.uses ?? runs.at(-1)?.via.join(' → ') ?? step.name,
        at,
        line,
      })),
      outDir: isBundled ? null : await outDirOf(runs, own, repository),
      decidedBy: by,
      lacking: ['description', 'license', 'repository'].filter(key => raw[key] === undefined),
    }
  },
})
