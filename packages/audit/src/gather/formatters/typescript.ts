import type { Repository } from '../../core/target.ts'
import { parseJsonc } from '../../target/json.ts'
import type { Command } from '../commands.ts'
import { prettierOptionsOf, readEditorConfig } from '../editorconfig.ts'
import { globMatcher } from '../globs.ts'
import type { LiteralConfig } from '../literals.ts'
import type { Project } from '../project.ts'
import { matches } from '../ruff-settings.ts'
import { biomeSettings } from './biome-settings.ts'
import { gateOf, isProgram, lockedVersion, namedFiles, otherVersion, type Formatter } from './formatter.ts'
import { prettierSettings, type PrettierSettings } from './prettier-settings.ts'

const isPrettier = (command: Command): boolean => isProgram(command, /^(prettier|prettierd|pretty-quick)$/)
const isBiome = (command: Command): boolean =>
  isProgram(command, /^(biome|biome-check|biome-format|biome-ci|ultracite|rome)$/)

const directoriesOf = (found: Project): Set<string> => new Set([found.scope.directory, ''])
const inside = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`)

const firstOf = async (
  repository: Repository,
  found: Project,
  names: string[],
): Promise<{ path: string; directory: string; text: string } | null> => {
  for (const directory of directoriesOf(found))
    for (const name of names) {
      const text = await repository.text(inside(directory, name))
      if (text !== null) return { path: inside(directory, name), directory, text }
    }
  return null
}

/** Files are left out by every .prettierignore on the way. */
const prettierIgnores = async (repository: Repository, found: Project): Promise<(path: string) => boolean> => {
  const all: ((path: string) => boolean)[] = []
  for (const directory of directoriesOf(found)) {
    const text = await repository.text(inside(directory, '.prettierignore'))
    if (text) all.push(matches(text.split('\n'), directory))
  }
  return path => all.some(ignored => ignored(path))
}

const byPrettier = async (
  repository: Repository,
  found: Project,
  all: Command[],
  own: PrettierSettings | null,
  ours: string,
): Promise<Formatter> => {
  const editor = await firstOf(repository, found, ['.editorconfig'])
  const properties = editor ? readEditorConfig(editor.text, editor.directory) : () => ({})
  const ignored = await prettierIgnores(repository, found)
  const runs = all.filter(isPrettier)
  const named = namedFiles(runs, /^$/)
  const options = own ? own.options : {}
  const version = await lockedVersion(repository, found, 'prettier')
  return {
    name: 'Prettier',
    at: own?.at ?? runs[0]?.at ?? '.',
    optionsFor:
      options &&
      (path =>
        Object.assign(
          {},
          prettierOptionsOf(properties(path)),
          options,
          ...(own?.overrides ?? []).filter(each => each.matches(path)).map(each => each.options),
        ) as Record<string, unknown>),
    excludes: path => ignored(path) || !named(path),
    doubt: own?.doubt ?? otherVersion('Prettier', version, ours),
    gate: gateOf(all, isPrettier),
  }
}

const byBiome = async (repository: Repository, found: Project, all: Command[]): Promise<Formatter | null> => {
  const file = await firstOf(repository, found, ['biome.json', 'biome.jsonc', '.biome.json', '.biome.jsonc'])
  if (!file) return null
  let raw: unknown
  try {
    raw = parseJsonc(file.text, file.path)
  } catch {
    raw = null
  }
  const { options, includes, ignores, isOff, isWhole, doubt } = biomeSettings(raw)
  if (isOff) return null
  const isPart =
    includes.length > 0
      ? globMatcher(
          includes.map(glob => glob.replace(/^!!/, '!')),
          file.directory,
        )
      : () => true
  const ignored = globMatcher(ignores, file.directory)
  const named = namedFiles(all.filter(isBiome), /^(check|ci|format|lint)$/)
  return {
    name: 'Biome',
    at: file.path,
    optionsFor: raw === null || !isWhole ? null : () => options,
    excludes: path => !isPart(path) || ignored(path) || !named(path),
    doubt: isWhole ? doubt : `${file.path} extends settings that are not read`,
    gate: gateOf(all, isBiome),
  }
}

/** Formatters whose style is not read: what runs them, and what sets them up. */
const unread: { name: string; runs: RegExp; verb?: RegExp; files: string[]; packages?: RegExp }[] = [
  { name: 'dprint', runs: /^dprint$/, files: ['dprint.json', '.dprint.json', 'dprint.jsonc'] },
  { name: 'oxfmt', runs: /^oxfmt$/, files: ['.oxfmtrc.json', '.oxfmtrc.jsonc'] },
  { name: 'deno fmt', runs: /^deno$/, verb: /^fmt$/, files: ['deno.json', 'deno.jsonc'] },
  { name: 'the style of standard', runs: /^(standard|ts-standard|xo|semistandard)$/, files: [] },
  {
    name: 'the style rules of ESLint',
    runs: /^eslint$/,
    files: [],
    packages: /^(@stylistic\/|@antfu\/eslint-config|neostandard|eslint-config-(standard|xo|canonical|google|airbnb))/,
  },
]

const byAnother = (repository: Repository, found: Project, all: Command[]): Formatter | null => {
  for (const { name, runs, verb, files, packages } of unread) {
    const file = [...directoriesOf(found)]
      .flatMap(place => files.map(each => inside(place, each)))
      .find(path => repository.exists(path))
    const isOwn = (command: Command): boolean =>
      isProgram(command, runs) && (!verb || command.words.some(word => verb.test(word)))
    const run = all.find(isOwn)
    const carrier = found.node.find(({ devDependencies, dependencies }) =>
      Object.keys({ ...devDependencies, ...dependencies }).some(each => packages?.test(each)),
    )
    if (packages ? !run || !carrier : !run && !file) continue
    const at = file ?? run?.at ?? '.'
    const doubt = `the project uses ${name}, which cannot be held against the source without running it`
    return { name, at, optionsFor: null, excludes: () => false, doubt, gate: gateOf(all, isOwn) }
  }
  return null
}

/** The formatter of the TypeScript and JavaScript source; null when none is configured. */
export const typescriptFormatter = async (
  repository: Repository,
  found: Project,
  all: Command[],
  configs: LiteralConfig[],
  ours: string,
): Promise<Formatter | null> => {
  const settings = await prettierSettings(repository, found, configs)
  const runs = (isOwn: (command: Command) => boolean): boolean => all.some(isOwn)
  const biome = await byBiome(repository, found, all)
  if (biome && !runs(isPrettier)) return biome
  const inLinter = found.node.some(({ devDependencies }) => 'eslint-plugin-prettier' in devDependencies)
  if (settings || runs(isPrettier) || inLinter) return byPrettier(repository, found, all, settings, ours)
  return biome ?? byAnother(repository, found, all)
}
