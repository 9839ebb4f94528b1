import type { Repository } from '../../core/target.ts'
import type { Command } from '../commands.ts'
import type { Project } from '../project.ts'
import { matches, ruffSettings, strings, targetVersion } from '../ruff-settings.ts'
import { gateOf, isProgram, lockedVersion, namedFiles, otherVersion, type Formatter } from './formatter.ts'
import { table } from '../tables.ts'

const isRuff = (command: Command): boolean =>
  (isProgram(command, /^ruff$/) && command.words[1] === 'format') || isProgram(command, /^ruff-format$/)
const isBlack = (command: Command): boolean => isProgram(command, /^(black|black-jupyter)$/)
const others = /^(yapf|autopep8|blue|darker|yapf-hook|pyink)$/

const isSet = (settings: Record<string, unknown>): boolean => 'format' in settings

const formatOptions = [
  'quote-style',
  'indent-style',
  'skip-magic-trailing-comma',
  'line-ending',
  'docstring-code-format',
  'docstring-code-line-length',
  'preview',
]

const picked = (from: Record<string, unknown>, names: string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter(name => name in from).map(name => [name, from[name]]))

const ruffFormatter = async (
  repository: Repository,
  found: Project,
  all: Command[],
  ours: string,
): Promise<Formatter & { isConfigured: boolean }> => {
  const own = await ruffSettings(repository, found)
  const settings = own?.settings ?? {}
  const format = table(settings['format'])
  const options = {
    ...picked(settings, ['line-length', 'indent-width', 'preview']),
    'target-version': settings['target-version'] ?? targetVersion(found, 10),
    format: picked(format, formatOptions),
  }
  const directory = own?.directory ?? ''
  const excluded = matches(
    [...strings(settings['exclude']), ...strings(settings['extend-exclude']), ...strings(format['exclude'])],
    directory,
  )
  const runs = all.filter(isRuff)
  const named = namedFiles(runs, /^format$/)
  const theirs = await lockedVersion(repository, found, 'ruff')
  return {
    name: 'ruff',
    at: own?.at ?? runs[0]?.at ?? '.',
    optionsFor: () => options,
    excludes: path => excluded(path) || !named(path),
    doubt: 'extend' in settings ? 'ruff extends settings that are not read' : otherVersion('ruff', theirs, ours),
    gate: gateOf(all, isRuff),
    isConfigured: isSet(settings) || runs.length > 0,
  }
}

const blackFormatter = (found: Project, all: Command[]): Formatter | null => {
  const runs = all.filter(isBlack)
  const place = found.python.find(({ tool }) => tool['black'] !== undefined)
  if (!place && runs.length === 0) return null
  const settings = table(place?.tool['black'])
  const named = namedFiles(runs, /^$/)
  const options = {
    'line-length': settings['line-length'] ?? 88,
    'target-version': targetVersion(found, 10),
    format: {
      ...(settings['skip-string-normalization'] === true ? { 'quote-style': 'preserve' } : {}),
      ...(settings['skip-magic-trailing-comma'] === true ? { 'skip-magic-trailing-comma': true } : {}),
    },
  }
  return {
    name: 'Black',
    at: place?.path ?? runs[0]?.at ?? '.',
    optionsFor: () => options,
    excludes: path => !named(path),
    doubt: 'the project uses Black; ruff writes nearly the same, and files that Black leaves out may be among these',
    gate: gateOf(all, isBlack),
  }
}

/** The formatter of the Python source; `isConfigured` is false when none is and ruff stands in. */
export const pythonFormatter = async (
  repository: Repository,
  found: Project,
  all: Command[],
  ours: string,
): Promise<Formatter & { isConfigured: boolean }> => {
  const ruff = await ruffFormatter(repository, found, all, ours)
  if (ruff.isConfigured) return ruff
  const black = blackFormatter(found, all)
  if (black) return { ...black, isConfigured: true }
  const other = all.find(command => isProgram(command, others))
  const section = found.python.find(({ tool }) => tool['yapf'] !== undefined || tool['autopep8'] !== undefined)
  if (!other && !section) return ruff
  const name = other?.words[0] ?? (section?.tool['yapf'] === undefined ? 'autopep8' : 'yapf')
  const doubt = `the project uses ${name}, whose style is not read`
  return { ...ruff, name, at: other?.at ?? section?.path ?? '.', doubt, optionsFor: null, isConfigured: true }
}
