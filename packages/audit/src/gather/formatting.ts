import { gatherer, Undecided } from '../core/item.ts'
import { openPrettier } from '../instruments/prettier.ts'
import { openRuff, ruffVersion } from '../instruments/ruff.ts'
import { inBatches } from './batches.ts'
import { commands } from './commands.ts'
import type { Formatter } from './formatters/formatter.ts'
import { prettierConfigFile } from './formatters/prettier-settings.ts'
import { pythonFormatter } from './formatters/python.ts'
import { typescriptFormatter } from './formatters/typescript.ts'
import { authoredSources } from './lint.ts'
import { literalConfigs } from './literals.ts'
import { project } from './project.ts'
import { published, type Published } from './published.ts'
import { trees, type Source } from './trees.ts'

export interface Change {
  path: string
  /** The first line that would change. */
  line: number
  /** Number of lines that would change. */
  lines: number
  /** More changes than another version or a near relative of the formatter would explain. */
  isClear: boolean
}

export interface Formatted {
  language: 'typescript' | 'python'
  formatter: Pick<Formatter, 'name' | 'at' | 'doubt' | 'gate'>
  isConfigured: boolean
  /** What was held against the source, with its version; null when nothing could be. */
  engine: string | null
  /** Files that were formatted, out of all that it is for. */
  files: number
  of: number
  changes: Change[]
}

export interface Formatting {
  formatted: Formatted[]
  published: Published['what']
}

/** What is formatted of one language; more is sampled, always the same files. */
const maxBytes = { typescript: 350_000, python: 6_000_000 }
/** Characters that are formatted before other work has its turn. */
const atOnce = { typescript: 1, python: 60_000 }
const maxFile = 150_000
const maxNesting = 60

const isTooDeep = (text: string): boolean => {
  let depth = 0
  let deepest = 0
  for (const [bracket] of text.matchAll(/[([{}\])]/g)) {
    depth += '([{'.includes(bracket) ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  return deepest > maxNesting
}

/** Every n-th file, so that all folders are seen, as many as the bytes allow. */
const sampled = (sources: Source[], bytes: number): Source[] => {
  const fit = sources.filter(({ text }) => text.length <= maxFile && !isTooDeep(text))
  const total = fit.reduce((sum, { text }) => sum + text.length, 0)
  const every = Math.max(1, Math.ceil(total / bytes))
  let left = bytes
  return fit.filter(({ text }, index) => index % every === 0 && (left -= text.length) > 0)
}

const changeOf = (path: string, before: string, after: string): Change => {
  const [old, made] = [before.split('\n'), after.split('\n')]
  const first = old.findIndex((line, index) => line !== made[index])
  const counts = new Map<string, number>()
  for (const line of made) counts.set(line, (counts.get(line) ?? 0) + 1)
  let lines = 0
  for (const line of old) {
    const count = counts.get(line) ?? 0
    if (count > 0) counts.set(line, count - 1)
    else lines++
  }
  const line = (first < 0 ? old.length - 1 : first) + 1
  return { path, line, lines: Math.max(1, lines), isClear: lines > Math.max(5, old.length / 10) }
}

const breathe = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Writes files anew; null for those that do not parse. */
type Format = (files: Source[]) => Promise<(string | null)[]>

const apply = async (
  language: Formatted['language'],
  formatter: Formatter & { isConfigured: boolean },
  sources: Source[],
  engine: string | null,
  format: Format | null,
): Promise<Formatted> => {
  const meant = sources.filter(({ path }) => !formatter.excludes(path))
  const { name, at, doubt, gate, isConfigured } = formatter
  const result: Formatted = {
    language,
    formatter: { name, at, doubt, gate },
    isConfigured,
    engine: format ? engine : null,
    files: 0,
    of: meant.length,
    changes: [],
  }
  for (const batch of format ? inBatches(sampled(meant, maxBytes[language]), atOnce[language]) : []) {
    const made = (await format?.(batch)) ?? []
    batch.forEach(({ path, text }, index) => {
      const written = made[index]
      if (typeof written !== 'string') return
      result.files++
      if (written !== text) result.changes.push(changeOf(path, text, written))
    })
    await breathe()
  }
  return result
}

/** The authored source of each language, held against the formatter that the project has set up. */
export const formatting = gatherer<
  Formatting,
  { trees: typeof trees; project: typeof project; commands: typeof commands; published: typeof published }
>({
  id: 'formatting',
  impact: 'read',
  from: 'repository',
  deadline: 120_000,
  needs: { trees, project, commands, published },
  gather: async ({ repository }, { trees, project: found, commands, published }) => {
    if (!repository) throw new Undecided('no directory was given')
    const sources = authoredSources(trees.sources, found)
    const of = (wanted: Source['language']): Source[] => sources.filter(({ language }) => language === wanted)
    const formatted: Formatted[] = []
    if (of('python').length > 0) {
      const version = await ruffVersion()
      const formatter = await pythonFormatter(repository, found, commands.all, version)
      const options = formatter.optionsFor?.('')
      const ruff = options ? await openRuff(options) : null
      formatted.push(
        await apply(
          'python',
          formatter,
          of('python'),
          `ruff format ${version}`,
          ruff && (files => ruff.format(files.map(({ text }) => text))),
        ),
      )
    }
    if (of('typescript').length > 0) {
      const prettier = openPrettier()
      const configs = await literalConfigs(repository, prettierConfigFile)
      const formatter = await typescriptFormatter(repository, found, commands.all, configs, prettier.version)
      const { optionsFor } = formatter ?? { optionsFor: null }
      const absent = { name: '', at: '.', optionsFor, excludes: () => false, doubt: null, gate: null }
      const format: Format | null =
        optionsFor &&
        (files => Promise.all(files.map(({ path, text }) => prettier.format(path, text, optionsFor(path)))))
      formatted.push(
        await apply(
          'typescript',
          { ...(formatter ?? absent), isConfigured: formatter !== null },
          of('typescript'),
          `Prettier ${prettier.version}`,
          format,
        ),
      )
    }
    return { formatted, published: published.what }
  },
})
