import { parse as parseToml } from 'smol-toml'
import type { Repository } from '../../core/target.ts'
import { globMatcher } from '../globs.ts'
import { computed, type LiteralConfig } from '../literals.ts'
import type { Project } from '../project.ts'
import { strings } from '../ruff-settings.ts'
import { readYaml } from '../yaml-source.ts'
import { table } from '../tables.ts'

export interface PrettierSettings {
  at: string
  directory: string
  /** Null when they cannot be known. */
  options: Record<string, unknown> | null
  /** Options for some files. */
  overrides: { matches: (path: string) => boolean; options: Record<string, unknown> }[]
  doubt: string | null
}

const known = new Set([
  'printWidth',
  'tabWidth',
  'useTabs',
  'semi',
  'singleQuote',
  'quoteProps',
  'jsxSingleQuote',
  'trailingComma',
  'bracketSpacing',
  'bracketSameLine',
  'objectWrap',
  'arrowParens',
  'experimentalTernaries',
  'experimentalOperatorPosition',
  'singleAttributePerLine',
])

const isPlain = (value: unknown): boolean => /^(string|number|boolean)$/.test(typeof value)

/** The options that Prettier itself knows; null when one of them is computed. */
const optionsIn = (data: Record<string, unknown>): Record<string, unknown> | null => {
  const own = Object.entries(data).filter(([name]) => known.has(name))
  if (Object.values(data).includes(computed) || own.some(([, value]) => !isPlain(value))) return null
  return Object.fromEntries(own)
}

/** Plugins that leave TypeScript and JavaScript as they are. */
const harmless =
  /packagejson|tailwindcss|svelte|astro|-sh$|toml|sql|xml|properties|prisma|solidity|java$|ruby|php|go-template|nginx|ini$/

const settingsOf = (at: string, directory: string, data: unknown): PrettierSettings => {
  const given = table(data)
  const isTable = typeof data === 'object' && data !== null
  const plugins = Array.isArray(given['plugins']) ? given['plugins'] : []
  const strange = plugins.find(plugin => typeof plugin !== 'string' || !harmless.test(plugin))
  return {
    at,
    directory,
    options: isTable ? optionsIn(given) : null,
    overrides: (Array.isArray(given['overrides']) ? given['overrides'] : []).map(entry => {
      const { files, excludeFiles, options } = table(entry)
      const globs = [...strings([files].flat()), ...strings([excludeFiles].flat()).map(glob => `!${glob}`)]
      return { matches: globMatcher(globs, directory), options: optionsIn(table(options)) ?? {} }
    }),
    doubt:
      strange === undefined
        ? null
        : `a plugin of Prettier changes what it writes: ${typeof strange === 'string' ? strange : 'computed'}`,
  }
}

const files = /^(\.prettierrc(\.(json|ya?ml|json5|toml|[mc]?[jt]s))?|prettier\.config\.[mc]?[jt]s)$/

const parsed = (path: string, text: string): unknown => {
  try {
    if (path.endsWith('.toml')) return parseToml(text)
    const { root, errors } = readYaml(text.replaceAll('\t', ' '))
    return errors.length > 0 ? computed : (root ?? {})
  } catch {
    return computed
  }
}

/** What the project sets for Prettier, in the file that Prettier would find first; null when nothing is set. */
export const prettierSettings = async (
  repository: Repository,
  found: Project,
  configs: LiteralConfig[],
): Promise<PrettierSettings | null> => {
  for (const directory of new Set([found.scope.directory, ''])) {
    const within = directory === '' ? '' : `${directory}/`
    const inManifest = found.node.find(node => node.directory === directory)
    if (inManifest?.raw['prettier'] !== undefined)
      return settingsOf(inManifest.path, directory, inManifest.raw['prettier'])
    const path = repository.files.find(
      each =>
        each.startsWith(within) && files.test(each.slice(within.length)) && !each.slice(within.length).includes('/'),
    )
    if (!path) continue
    const data = /\.[mc]?[jt]s$/.test(path)
      ? (configs.find(config => config.path === path)?.data ?? computed)
      : parsed(path, (await repository.text(path)) ?? '')
    return settingsOf(path, directory, data)
  }
  return null
}

export const prettierConfigFile = /(^|\/)(\.prettierrc|prettier\.config)\.[mc]?[jt]s$/
