import type { SgNode } from '@ast-grep/napi'
import { gatherer } from '../core/item.ts'
import { pipelines, type PipelineStep } from './pipelines.ts'
import { servingPurpose, type Purposeful } from './purposes.ts'
import type { Run } from './runs.ts'
import { folder } from './shell.ts'
import { stagesOfRun } from './stages.ts'
import { sourceTrees, type Language, type Source, type Trees } from './trees.ts'

/** A step that measures how fast the server is. */
export interface PerformanceRun extends Purposeful {
  /** How it measures: `k6`, `a script that reads the clock`. */
  by: string
  /** Whether a bad figure fails it, as far as that shows. */
  hasLimit: boolean | null
}

/** A file that takes the time of something, and whether it compares it with a limit. */
interface Measuring {
  path: string
  line: number
  kind: 'clock' | 'benchmark'
  hasLimit: boolean
}

const mentions =
  /performance\.now|hrtime|perf_counter|time\.monotonic|time_ns|\bbenchmark\b|tinybench|mitata|benny|bench\(/

const clocks =
  /^(performance\.now|process\.hrtime(\.bigint)?|(time\.)?(perf_counter|perf_counter_ns|monotonic|time_ns)|Date\.now|time\.time)$/
const benchLibraries = /^(tinybench|mitata|benny|benchmark|autocannon|bench-node|pytest_benchmark)/

const callee = (call: SgNode): string => call.field('function')?.text() ?? ''

interface Kinds {
  call: string
  comparison: string
  raising: string[]
}

const kinds: Record<Language, Kinds> = {
  typescript: { call: 'call_expression', comparison: 'binary_expression', raising: ['throw_statement'] },
  python: { call: 'call', comparison: 'comparison_operator', raising: ['raise_statement', 'assert_statement'] },
}

/** A test that takes the fixture of pytest-benchmark and calls it. */
const benchmarkTest = (root: SgNode): SgNode | undefined =>
  root
    .findAll({ rule: { kind: 'function_definition' } })
    .find(
      node =>
        node.field('name')?.text().startsWith('test_') &&
        /[(,]\s*benchmark\s*[,):]/.test(node.field('parameters')?.text() ?? '') &&
        node.findAll({ rule: { kind: 'call' } }).some(call => /^benchmark(\.pedantic)?$/.test(callee(call))),
    )

const importsBenchmark = (root: SgNode): boolean =>
  root
    .findAll({ rule: { kind: 'import_statement' } })
    .some(node => benchLibraries.test(node.field('source')?.text().replaceAll(/['"]/g, '') ?? ''))

/** The clock has to be read twice; a benchmark library has to be imported. */
const measuringIn = (root: SgNode, { path, language }: Source): Measuring[] => {
  const { call, comparison, raising } = kinds[language]
  const calls = root.findAll({ rule: { kind: call } })
  const [first, second] = calls.filter(each => clocks.test(callee(each)))
  const compares = root.findAll({ rule: { kind: comparison, regex: '[<>]' } }).length > 0
  const raises = raising.some(kind => root.find({ rule: { kind } }) !== null)
  const fails = raises || calls.some(each => /(^|\.)(assert|ok|exit|fail)$/.test(callee(each)))
  const hasLimit = (compares && fails) || calls.some(each => callee(each).includes('.toBeLessThan'))
  const test = language === 'python' ? benchmarkTest(root) : undefined
  if (test) return [{ path, line: test.range().start.line + 1, kind: 'benchmark', hasLimit: false }]
  if (language === 'typescript' && importsBenchmark(root)) return [{ path, line: 1, kind: 'benchmark', hasLimit }]
  return first && second ? [{ path, line: first.range().start.line + 1, kind: 'clock', hasLimit }] : []
}

const measuringFiles = (all: Trees): Promise<Measuring[]> =>
  all.visit({ test: text => mentions.test(text) }, measuringIn)

/** The file of the repository that a command runs as its program. */
const programFile = ({ words, directory }: Run): string | null => {
  if (!/^(node|tsx|ts-node|bun|python|python3|deno)$/.test(words[0] ?? '')) return null
  const file = words.slice(1).find(word => /\.([mc]?[jt]s|py)$/.test(word))
  return file === undefined ? null : folder(directory, file)
}

const named = /(^|[/_.-])(perf|performance|bench|benchmark|benchmarks|load|latency|stress)([/_.-]|$)/i

const ofScript = (step: PipelineStep, run: Run, files: Measuring[]): PerformanceRun[] => {
  const path = programFile(run)
  const found = path === null ? undefined : files.find(each => each.path === path)
  return found
    ? [
        {
          step,
          run,
          does: run.via.join(' → '),
          tolerated: step.tolerated || run.tolerated,
          quiet: null,
          by: `${found.path} takes the time`,
          hasLimit: found.hasLimit,
        },
      ]
    : []
}

const skips = /^--(benchmark-(skip|disable)|exclude)/

/** Tests that take the time and compare it, among those that a test command collects. */
const ofTests = (step: PipelineStep, run: Run, files: Measuring[]): PerformanceRun[] => {
  const { words } = run
  if (!stagesOfRun(words).includes('test') || words.some(word => skips.test(word))) return []
  const isPython = /^(pytest|py\.test)$/.test(words[0] ?? '')
  const paths = words.slice(1).filter(word => /^[\w./-]+$/.test(word) && word.includes('/'))
  const ignored = words.flatMap(
    (word, at) => /^--ignore=(.+)/.exec(word)?.[1] ?? (words[at - 1] === '--ignore' ? word : []),
  )
  const found = files.find(({ path, kind, hasLimit }) => {
    const isTest = isPython
      ? /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(path)
      : /\.(test|spec)\.[mc]?[jt]sx?$/.test(path)
    const isLeftOut = ignored.some(each => path.startsWith(each.replace(/^\.\//, '')))
    const isAsked = paths.length === 0 || paths.some(each => path.startsWith(each.replace(/^\.\//, '')))
    return isTest && isAsked && !isLeftOut && ((isPython && kind === 'benchmark') || (hasLimit && named.test(path)))
  })
  if (!found) return []
  const does = run.via.join(' → ')
  return [
    {
      step,
      run,
      does,
      tolerated: step.tolerated || run.tolerated,
      quiet: null,
      by: `${found.path} takes the time`,
      hasLimit: found.hasLimit,
    },
  ]
}

/** Steps of the pipelines that measure the speed of the server: tools, scripts of the repository, tests with a clock. */
export const performanceRuns = gatherer<PerformanceRun[], { pipelines: typeof pipelines; trees: typeof sourceTrees }>({
  id: 'performance-runs',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, trees: sourceTrees },
  gather: async (_, { pipelines, trees }) => {
    const files = await measuringFiles(trees)
    const known = servingPurpose('performance', pipelines).map(found => ({
      ...found,
      by: found.run?.words.slice(0, 2).join(' ') ?? found.does,
      hasLimit: null,
    }))
    const own = pipelines.steps.flatMap(step =>
      step.runs.flatMap(run => [...ofScript(step, run, files), ...ofTests(step, run, files)]),
    )
    return [...known, ...own]
  },
})
