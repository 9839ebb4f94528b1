import type { Repository } from '../../core/target.ts'
import type { Command } from '../commands.ts'
import { readIni, type Ini } from '../ini.ts'
import type { Project } from '../project.ts'
import { percentOf, strongest, valueOf, type Found, type Measurement, type Threshold } from './model.ts'
import { table } from '../tables.ts'

interface Place {
  value: string
  at: string
  line?: number
}

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)

const written = (value: unknown): string =>
  Array.isArray(value) ? value.join(' ') : typeof value === 'string' || typeof value === 'number' ? String(value) : ''

const inIni = (ini: Ini, section: string, key: string, at: string): Place | null => {
  const found = ini[section]?.[key]
  return found ? { value: found.value, at, line: found.line } : null
}

/** Options of every pytest run, from the one file that pytest reads. */
const addopts = (files: Map<string, Ini>, root: Project['python'][number] | undefined): Place | null => {
  for (const name of ['pytest.ini', '.pytest.ini']) {
    const ini = files.get(name)
    if (ini) return inIni(ini, 'pytest', 'addopts', name)
  }
  const pytest = table(root?.tool['pytest'])
  const own = 'ini_options' in pytest ? table(pytest['ini_options']) : pytest
  if (root && Object.keys(own).length > 0) return { value: written(own['addopts']), at: root.path }
  for (const [name, section] of [
    ['tox.ini', 'pytest'],
    ['setup.cfg', 'tool:pytest'],
  ] as const) {
    const ini = files.get(name)
    if (ini?.[section]) return inIni(ini, section, 'addopts', name)
  }
  return null
}

/** `fail_under` where coverage.py reads it. */
const failUnder = (files: Map<string, Ini>, root: Project['python'][number] | undefined): Place | null => {
  const ini = files.get('.coveragerc')
  if (ini) return inIni(ini, 'report', 'fail_under', '.coveragerc')
  for (const name of ['setup.cfg', 'tox.ini']) {
    const found = inIni(files.get(name) ?? {}, 'coverage:report', 'fail_under', name)
    if (found) return found
  }
  const report = table(table(root?.tool['coverage'])['report'])
  return root && 'fail_under' in report ? { value: written(report['fail_under']), at: root.path } : null
}

/** The same setting where nothing reads it. */
const misplaced = (files: Map<string, Ini>, root: Project['python'][number] | undefined): Threshold[] => {
  const places: [unknown, string, string][] = [
    [table(root?.tool['coverage'])['fail_under'], root?.path ?? '', '[tool.coverage]'],
    [table(table(root?.tool['coverage'])['run'])['fail_under'], root?.path ?? '', '[tool.coverage.run]'],
    [table(root?.raw['coverage:report'])['fail_under'], root?.path ?? '', '[coverage:report]'],
    [table(root?.tool['coverage:report'])['fail_under'], root?.path ?? '', '[tool."coverage:report"]'],
    [table(root?.raw['report'])['fail_under'], root?.path ?? '', '[report]'],
    [files.get('.coveragerc')?.['run']?.['fail_under']?.value, '.coveragerc', '[run]'],
    [files.get('.coveragerc')?.['coverage:report']?.['fail_under']?.value, '.coveragerc', '[coverage:report]'],
    [files.get('setup.cfg')?.['report']?.['fail_under']?.value, 'setup.cfg', '[report]'],
    [files.get('setup.cfg')?.['coverage']?.['fail_under']?.value, 'setup.cfg', '[coverage]'],
  ]
  return places.flatMap(([value, at, section]): Threshold[] => {
    const percent = percentOf(value)
    const dead = `fail_under stands in ${section}, which coverage.py does not read`
    return percent === null ? [] : [{ percent, at, checkedBy: null, dead }]
  })
}

const isPytest = ({ words: [program = ''] }: Command): boolean => /^(pytest|py\.test)$/.test(program)
const isUnderCoverage = ({ via }: Command): boolean => /\bcoverage run\b/.test(via.at(-1) ?? '')
const isReport = ({ words: [program, verb = ''] }: Command): boolean =>
  program === 'coverage' && /^(report|xml|html|json|lcov)$/.test(verb)

const names = ['pytest.ini', '.pytest.ini', 'tox.ini', 'setup.cfg', '.coveragerc']

/** What pytest-cov and coverage.py measure and demand. */
export const pythonCoverage = async (repository: Repository, found: Project, all: Command[]): Promise<Found> => {
  const within = found.scope.directory === '' ? '' : `${found.scope.directory}/`
  const files = new Map<string, Ini>()
  for (const name of names) {
    const text = (await repository.text(within + name)) ?? null
    if (text !== null) files.set(name, readIni(text))
  }
  const root = found.python.find(({ directory }) => directory === found.scope.directory) ?? found.python[0]
  const options = addopts(files, root)
  const optionsOf = (command: Command): string[] => [...words(options?.value ?? ''), ...command.words.slice(1)]
  const measuresBy = (command: Command): boolean =>
    isPytest(command) &&
    !command.words.includes('--no-cov') &&
    optionsOf(command).some(word => /^--cov(=|$)/.test(word))
  const byPytest = all.filter(measuresBy)
  const reports = all.filter(isReport)
  const printsBy = (command: Command): boolean => {
    const kinds = optionsOf(command).flatMap((word, index, given) =>
      word.startsWith('--cov-report=') ? [word.slice(13)] : word === '--cov-report' ? [given[index + 1] ?? ''] : [],
    )
    return kinds.length === 0 || kinds.some(kind => kind.startsWith('term'))
  }
  const measurements: Measurement[] = [
    ...byPytest.map(command => ({ command, prints: printsBy(command) })),
    ...all.filter(isUnderCoverage).map(command => ({ command, prints: false })),
    ...reports.map(command => ({ command, prints: command.words[1] === 'report' })),
  ]
  const thresholds: Threshold[] = []
  const add = (percent: number | null, place: { at: string; line?: number }, runs: Command[], dead: string): void => {
    if (percent === null) return
    const checkedBy = strongest(runs)
    const { at, line } = place
    thresholds.push({ percent, at, ...(line ? { line } : {}), checkedBy, dead: checkedBy ? null : dead })
  }
  if (options) {
    const given = percentOf(valueOf(words(options.value), '--cov-fail-under'))
    add(given, options, byPytest, 'no run of pytest measures coverage')
  }
  for (const command of byPytest) {
    const given = percentOf(valueOf(command.words, '--cov-fail-under'))
    add(given, command, [command], '')
  }
  for (const command of reports) add(percentOf(valueOf(command.words, '--fail-under')), command, [command], '')
  const own = failUnder(files, root)
  if (own) {
    const place = own.at.includes('/') ? own : { ...own, at: own.at === root?.path ? own.at : within + own.at }
    add(percentOf(own.value), place, [...byPytest, ...reports], 'no run of pytest --cov or coverage report looks at it')
  }
  return { thresholds: [...thresholds, ...misplaced(files, root)], measurements, computed: [] }
}
