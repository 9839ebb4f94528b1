import type { Repository } from '../../core/target.ts'
import type { Project } from '../project.ts'
import { matches, ruffSettings, strings } from '../ruff-settings.ts'
import { table } from '../tables.ts'

/** Modules at the top of the folders that ruff takes for the project's own source. */
const firstParty = (files: readonly string[], directory: string, src: string[]): string[] => {
  const names = src.flatMap(place => {
    const folder = [directory, place].filter(part => part !== '' && part !== '.').join('/')
    const within = folder === '' ? '' : `${folder}/`
    return files
      .filter(path => path.startsWith(within) && path.endsWith('.py'))
      .map(path => path.slice(within.length).split('/')[0]?.replace(/\.py$/, '') ?? '')
  })
  return [...new Set(names)].filter(name => /^\w+$/.test(name))
}

const mappedFromIsort = (isort: Record<string, unknown>): Record<string, unknown> => ({
  ...(isort['force_sort_within_sections'] === true ? { 'force-sort-within-sections': true } : {}),
  ...(isort['force_single_line'] === true ? { 'force-single-line': true } : {}),
  ...(isort['combine_as_imports'] === true ? { 'combine-as-imports': true } : {}),
})

/** What ruff is told of the order of imports, from its own settings, isort's and black's. */
export const sortingSettings = async (repository: Repository, found: Project) => {
  const own = await ruffSettings(repository, found)
  const settings = own?.settings ?? {}
  const lint = table(settings['lint'])
  const given = { ...table(settings['isort']), ...table(lint['isort']) }
  const isort = table(found.python.find(({ tool }) => tool['isort'] !== undefined)?.tool['isort'])
  const black = table(found.python.find(({ tool }) => tool['black'] !== undefined)?.tool['black'])
  const directory = own?.directory ?? found.scope.directory
  const src = strings(settings['src'])
  const known = firstParty(repository.files, directory, src.length > 0 ? src : ['.', 'src'])
  const length = settings['line-length'] ?? isort['line_length'] ?? black['line-length']
  const sorting = {
    ...mappedFromIsort(isort),
    ...given,
    'known-first-party': [...strings(given['known-first-party']), ...strings(isort['known_first_party']), ...known],
  }
  return {
    ...(length === undefined ? {} : { 'line-length': length }),
    lint: { isort: sorting },
  }
}

/** The files whose order ruff would not look at. */
export const unsortedAnyway = async (repository: Repository, found: Project): Promise<(path: string) => boolean> => {
  const own = await ruffSettings(repository, found)
  const settings = own?.settings ?? {}
  const perFile = { ...table(settings['per-file-ignores']), ...table(table(settings['lint'])['per-file-ignores']) }
  const ignoring = Object.entries(perFile).filter(([, codes]) =>
    strings(codes).some(code => /^(I|I001|ALL)$/.test(code)),
  )
  return matches(
    [...strings(settings['exclude']), ...strings(settings['extend-exclude']), ...ignoring.map(([glob]) => glob)],
    own?.directory ?? found.scope.directory,
  )
}
