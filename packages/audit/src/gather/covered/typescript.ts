import { parse as parseToml } from 'smol-toml'
import type { Repository } from '../../core/target.ts'
import { parseJsonc } from '../../target/json.ts'
import type { Command } from '../commands.ts'
import { computed, type LiteralConfig } from '../literals.ts'
import type { Project } from '../project.ts'
import { readYaml } from '../yaml-source.ts'
import { percentOf, strongest, valueOf, type Found, type Threshold } from './model.ts'
import { table } from '../tables.ts'

type Table = Record<string, unknown>

export const runnerConfigFile = /(^|\/)(vitest|vite|jest)\.config\.[mc]?[jt]s$|(^|\/)\.(nycrc|c8rc)\.[mc]?js$/

const programOf = ({ words }: Command): string => (words[0] ?? '').replace(/^.*\//, '')

/** Lines before statements, as the checklist counts lines. */
const leastOf = (limits: Table): number | null =>
  limits['100'] === true ? 100 : (percentOf(limits['lines']) ?? percentOf(limits['statements']))

interface Runner {
  program: RegExp
  measures: (command: Command) => boolean
  thresholdIn: (words: string[]) => number | null
}

const vitest: Runner = {
  program: /^(vitest|vp)$/,
  measures: ({ words }) =>
    words.some(word => /^--coverage(\.enabled)?(=true)?$/.test(word)) && !words.includes('--coverage.enabled=false'),
  thresholdIn: words => percentOf(valueOf(words, '--coverage.thresholds.lines') ?? ''),
}
const jest: Runner = {
  program: /^(jest|react-scripts)$/,
  measures: ({ words }) => words.some(word => /^(--coverage|--collectCoverage)(=true)?$/.test(word)),
  thresholdIn: words => {
    try {
      return leastOf(table(table(JSON.parse(valueOf(words, '--coverageThreshold') ?? 'null'))['global']))
    } catch {
      return null
    }
  },
}
const node: Runner = {
  program: /^(node|tsx)$/,
  measures: ({ words }) => words.includes('--experimental-test-coverage') && words.includes('--test'),
  thresholdIn: words => percentOf(valueOf(words, '--test-coverage-lines') ?? ''),
}

/** `c8` and `nyc` stand before the command they measure. */
const wrapperOf = ({ via }: Command): string[] | null => {
  const words = (via.at(-1) ?? '').split(/\s+/)
  const at = words.findIndex(word => /^(c8|nyc)(@[\w.^~-]+)?$/.test(word))
  return at < 0 || at > 2 ? null : words.slice(at)
}

interface Config {
  at: string
  data: unknown
}

const readConfigs = async (
  repository: Repository,
  found: Project,
  literals: LiteralConfig[],
  names: RegExp,
): Promise<Config[]> => {
  const within = found.scope.directory === '' ? '' : `${found.scope.directory}/`
  const places = repository.files.filter(path => {
    const name = path.startsWith(within) ? path.slice(within.length) : path
    return !name.includes('/') && names.test(name)
  })
  return Promise.all(
    places.map(async at => {
      const literal = literals.find(({ path }) => path === at)
      if (literal) return { at, data: literal.data }
      const text = (await repository.text(at)) ?? ''
      try {
        return { at, data: /\.ya?ml$/.test(at) ? readYaml(text).root : parseJsonc(text, at) }
      } catch {
        return { at, data: computed }
      }
    }),
  )
}

const limit = (percent: number | null, at: string, runs: Command[], dead: string): Threshold[] => {
  const checkedBy = strongest(runs)
  return percent === null ? [] : [{ percent, at, checkedBy, dead: checkedBy ? null : dead }]
}

const isOpen = (value: unknown): boolean =>
  value === computed || (typeof value === 'object' && value !== null && Object.values(value).includes(computed))

const ofVitest = (configs: Config[], runs: Command[]): Found => {
  const config = configs.find(({ at }) => at.includes('vitest.config')) ?? configs[0]
  const test = table(table(config?.data)['test'])
  const coverage = table(test['coverage'])
  const measuring = coverage['enabled'] === true ? runs : runs.filter(vitest.measures)
  const at = config?.at ?? ''
  const reporters = [coverage['reporter'] ?? 'text'].flat().map(each => String(Array.isArray(each) ? each[0] : each))
  const dead = 'no run of vitest measures coverage: `--coverage` or `coverage.enabled` is missing'
  const elsewhere = leastOf(table(test['thresholds'])) ?? leastOf(coverage)
  const open = config && [config.data, test, coverage].some(isOpen) && leastOf(table(coverage['thresholds'])) === null
  return {
    thresholds: [
      ...limit(leastOf(table(coverage['thresholds'])), at, measuring, dead),
      ...runs.flatMap(run => limit(vitest.thresholdIn(run.words), run.at, measuring.includes(run) ? [run] : [], dead)),
      ...limit(elsewhere, at, [], 'the figure does not stand in test.coverage.thresholds, where vitest reads it'),
    ],
    measurements: measuring.map(command => ({
      command,
      prints:
        reporters.some(each => each.startsWith('text')) &&
        !/--coverage\.reporter[= ](?!text)/.test(command.words.join(' ')),
    })),
    computed: open ? [at] : [],
  }
}

const ofJest = (configs: Config[], runs: Command[]): Found => {
  const [config] = configs
  const data = table(config?.data)
  const measuring = data['collectCoverage'] === true ? runs : runs.filter(jest.measures)
  const own = leastOf(table(table(data['coverageThreshold'])['global']))
  const dead = 'no run of jest measures coverage: `--coverage` or `collectCoverage` is missing'
  return {
    thresholds: [
      ...limit(own, config?.at ?? '', measuring, dead),
      ...runs.flatMap(run => limit(jest.thresholdIn(run.words), run.at, measuring.includes(run) ? [run] : [], dead)),
    ],
    measurements: measuring.map(command => ({ command, prints: true })),
    computed: config && isOpen(config.data) && own === null ? [config.at] : [],
  }
}

const ofWrappers = (configs: Config[], all: Command[]): Found => {
  const runs = all.filter(command => wrapperOf(command) !== null)
  const checks = all.filter(({ words }) => /^(c8|nyc)$/.test(words[0] ?? '') && words[1] === 'check-coverage')
  const [config] = configs
  const data = table(config?.data)
  const isChecked = data['check-coverage'] === true || data['checkCoverage'] === true
  const checking = [
    ...runs.filter(
      run => isChecked || wrapperOf(run)?.includes('--check-coverage') || wrapperOf(run)?.includes('--100'),
    ),
    ...checks,
  ]
  const given = [...runs, ...checks].map(run => valueOf(wrapperOf(run) ?? run.words, '--lines')).find(Boolean)
  const least = percentOf(given ?? '') ?? leastOf(data)
  const at = given === undefined && config ? config.at : (checking[0]?.at ?? runs[0]?.at ?? config?.at ?? '')
  return {
    thresholds: limit(least ?? (checking.length > 0 ? 90 : null), at, checking, 'check-coverage is not switched on'),
    measurements: runs.map(command => ({ command, prints: !/--reporter[= ](?!text)/.test(command.via.at(-1) ?? '') })),
    computed: config && isOpen(config.data) ? [config.at] : [],
  }
}

const ofNode = (all: Command[]): Found => {
  const runs = all.filter(command => node.program.test(programOf(command)) && node.measures(command))
  return {
    thresholds: runs.flatMap(run => limit(node.thresholdIn(run.words), run.at, [run], '')),
    measurements: runs.map(command => ({ command, prints: true })),
    computed: [],
  }
}

const ofBun = async (repository: Repository, all: Command[]): Promise<Found> => {
  const runs = all.filter(({ words }) => words[0] === 'bun' && words[1] === 'test')
  let test: Table = {}
  try {
    test = table(parseToml((await repository.text('bunfig.toml')) ?? '')['test'] ?? {})
  } catch {
    test = {}
  }
  const measuring = test['coverage'] === true ? runs : runs.filter(({ words }) => words.includes('--coverage'))
  const written = test['coverageThreshold']
  const part = typeof written === 'number' ? written : (table(written)['lines'] ?? table(written)['line'])
  const percent = typeof part === 'number' ? part * 100 : null
  return {
    thresholds: limit(percent, 'bunfig.toml', measuring, 'no run of bun test measures coverage'),
    measurements: measuring.map(command => ({ command, prints: true })),
    computed: [],
  }
}

/** What vitest, jest, c8, nyc, node and bun measure and demand. */
export const typescriptCoverage = async (
  repository: Repository,
  found: Project,
  all: Command[],
  literals: LiteralConfig[],
): Promise<Found> => {
  const read = (names: RegExp): Promise<Config[]> => readConfigs(repository, found, literals, names)
  const runsOf = ({ program }: Runner): Command[] => all.filter(command => program.test(programOf(command)))
  const inManifest = (key: string): Config[] =>
    found.node.filter(({ raw }) => raw[key] !== undefined).map(({ raw, path }) => ({ at: path, data: raw[key] }))
  const parts = [
    ofVitest(await read(/^(vitest|vite)\.config\.[mc]?[jt]s$/), runsOf(vitest)),
    ofJest([...(await read(/^jest\.config\.([mc]?[jt]s|json)$/)), ...inManifest('jest')], runsOf(jest)),
    ofWrappers([...(await read(/^\.(c8rc|nycrc)(\.json|\.ya?ml)?$/)), ...inManifest('c8'), ...inManifest('nyc')], all),
    ofNode(all),
    await ofBun(repository, all),
  ]
  return {
    thresholds: parts.flatMap(({ thresholds }) => thresholds),
    measurements: parts.flatMap(({ measurements }) => measurements),
    computed: parts.flatMap(part => (part.measurements.length + part.thresholds.length > 0 ? part.computed : [])),
  }
}
