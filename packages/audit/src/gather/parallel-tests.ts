import { gatherer } from '../core/item.ts'
import { runnerSettings, type RunnerSettings } from './runner-settings.ts'
import { valueAfter } from './known-commands.ts'
import { pipelines, type PipelineStep } from './pipelines.ts'
import { project, type Project } from './project.ts'
import { pytestOptions } from './pytest-settings.ts'
import type { Run } from './runs.ts'
import { stagesOfRun } from './stages.ts'
import { sourceTrees } from './trees.ts'

/** How a test command of a pipeline runs its tests. */
export interface TestRun {
  step: PipelineStep
  does: string
  tolerated: boolean
  /** What makes them run side by side; null when nothing does. */
  parallel: string | null
  /** Why they run one after the other; null when that cannot be known. */
  serial: string | null
}

export interface ParallelTests {
  runs: TestRun[]
  /** Files with tests, by the language of the runner. */
  testFiles: { node: number; python: number }
}

interface Context {
  step: PipelineStep
  settings: RunnerSettings
  /** Options that pytest finds in its settings and in the environment. */
  pytest: string[]
  hasXdist: boolean
}

type Answer = Pick<TestRun, 'parallel' | 'serial'>
const parallel = (how: string): Answer => ({ parallel: how, serial: null })
const serial = (why: string): Answer => ({ parallel: null, serial: why })
const unclear: Answer = { parallel: null, serial: null }

const flag = (words: string[], pattern: RegExp): string | undefined => words.find(word => pattern.test(word))

const ofNode = (name: string, words: string[], { settings }: Context): Answer => {
  const told = flag(
    words,
    /^(--no-file-parallelism|--(fileParallelism|file-parallelism)=false|--runInBand|-i|--maxWorkers=1|--max-workers=1|--poolOptions\.\w+\.single(Thread|Fork)(=true)?|--workers=1|--test-concurrency=1|--test-isolation=none|--serial|--jobs=1)$/,
  )
  const one = ['--maxWorkers', '-w', '--workers', '--test-concurrency', '-j', '-c'].find(
    option => valueAfter(words, option) === '1',
  )
  if (told ?? one) return serial(`${told ?? `${one} 1`} runs them one after the other`)
  const files = words.slice(1).filter(word => /\.(test|spec)\.[mc]?[jt]sx?$/.test(word))
  if (files.length === 1 && !files[0]?.includes('*')) return serial('it runs one file')
  const set = settings.serial.find(({ runner }) => runner === name)
  if (set) return serial(`${set.what} (${set.at}:${set.line}) runs them one after the other`)
  return parallel(name === 'node' ? 'node --test runs the files side by side' : `${name} runs the files side by side`)
}

const ofMocha = (words: string[], { settings }: Context): Answer =>
  flag(words, /^(--parallel|-p)$/) !== undefined || settings.mochaParallel
    ? parallel('mocha --parallel')
    : serial('mocha runs the files one after the other without --parallel')

const workersOf = (words: string[]): string | undefined =>
  valueAfter(words, '--numprocesses') ??
  valueAfter(words, '-n') ??
  words.flatMap(word => /^-n(\d+|auto|logical)$/.exec(word)?.[1] ?? []).at(-1) ??
  valueAfter(words, '--workers')

/** `$FLAGS` with what the script itself assigns to it; null when it assigns nothing. */
const assigned = (word: string, script: string): string[] | null => {
  const name = /^\$\{?(\w+)\}?$/.exec(word)?.[1]
  if (name === undefined) return [word]
  const values = [...script.matchAll(/^[ \t]*(\w+)=(?:"([^"\n]*)"|'([^'\n]*)'|(\S*))/gm)]
    .filter(([, each]) => each === name)
    .map(([, , double, single, bare]) => double ?? single ?? bare ?? '')
  return values.length > 0 ? values.flatMap(value => value.split(/\s+/).filter(Boolean)) : null
}

const ofPytest = (written: string[], { step, pytest, hasXdist }: Context): Answer => {
  const expanded = written.map(word => assigned(word, step.step.run ?? ''))
  const given = expanded.flatMap(each => each ?? [])
  const own = workersOf(given)
  const words = [...pytest, ...given]
  const workers = own ?? workersOf(words)
  if (words.some((word, at) => word === 'no:xdist' && words[at - 1] === '-p') || words.includes('-pno:xdist'))
    return serial('-p no:xdist switches off what runs them side by side')
  if (flag(given, /^--(splits|num-shards)/)) return unclear
  if (workers === undefined && expanded.includes(null)) return unclear
  if (workers === undefined) return serial('pytest runs them one after the other without -n of pytest-xdist')
  if (/^[01]$/.test(workers)) return serial(`-n ${workers} runs them one after the other`)
  if (/[$⟦]/.test(workers)) return unclear
  return hasXdist
    ? parallel(`pytest -n ${workers}`)
    : serial(`-n ${workers} needs pytest-xdist, which is not among the dependencies`)
}

const shard = /^--shard(=|$)|^--(splits|group|shard-id|num-shards|partition)(=|$)/

const answer = ({ words }: Run, context: Context): Answer => {
  const [name = ''] = words
  const index = context.step.step.run ?? ''
  if (context.step.job.shards !== null && /CI_NODE_(INDEX|TOTAL)|CIRCLE_NODE_|circleci tests (split|run)/.test(index))
    return parallel(`${context.step.job.shards} parts on as many runners`)
  if (/^(vitest|jest|ava|tap|playwright)$/.test(name)) return ofNode(name, words, context)
  if (/^(node|tsx)$/.test(name)) return ofNode('node', words, context)
  if (name === 'mocha') return ofMocha(words, context)
  if (/^(pytest|py\.test)$/.test(name)) return ofPytest(words.slice(1), context)
  if (name === 'go')
    return valueAfter(words, '-p') === '1'
      ? serial('-p 1 runs the packages one after the other')
      : parallel('go test runs packages side by side')
  if (name === 'cargo')
    return flag(words, /^--test-threads=1$/) ? serial('--test-threads=1') : parallel('cargo runs tests in threads')
  if (/^(unittest|nosetests|tape|uvu|jasmine)$/.test(name)) return serial(`${name} runs them one after the other`)
  if (name === 'bun' || name === 'deno')
    return flag(words, /^--(parallel|concurrent)$/)
      ? parallel(`${name} test --parallel`)
      : serial(`${name} runs the files one after the other`)
  return unclear
}

/** One part for each combination of the matrix is several parts at once. */
const sharded = (runs: TestRun[], words: string[][]): TestRun[] => {
  const parts = new Set(
    words.map(each => each.filter((word, at) => shard.test(word) || shard.test(each[at - 1] ?? '')).join(' ')),
  )
  parts.delete('')
  return parts.size > 1
    ? runs.map(run => ({ ...run, ...parallel(`${parts.size} parts: ${[...parts].slice(0, 2).join('; ')}`) }))
    : runs
}

const xdist = (found: Project, steps: PipelineStep[]): boolean =>
  found.python.some(({ dependencies, groups }) =>
    [...dependencies, ...Object.values(groups).flat()].some(({ name }) => name === 'pytest-xdist'),
  ) ||
  found.requirements.some(({ entries }) => entries.some(({ name }) => name === 'pytest-xdist')) ||
  steps.some(
    ({ runs, step }) =>
      runs.some(
        ({ words, via }) => /^(pip|pip3|uv|poetry)$/.test(words[0] ?? '') && via.at(-1)?.includes('pytest-xdist'),
      ) || /--with[ =]\S*pytest-xdist/.test(step.run ?? ''),
  )

/** How the tests of the pipelines are run: side by side, in parts, or one after the other. */
export const parallelTests = gatherer<
  ParallelTests,
  { pipelines: typeof pipelines; project: typeof project; trees: typeof sourceTrees }
>({
  id: 'parallel-tests',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, project, trees: sourceTrees },
  gather: async ({ repository }, { pipelines: { steps }, project: found, trees }) => {
    const settings = await runnerSettings(found, trees)
    const hasXdist = xdist(found, steps)
    const options = new Map<string, string[]>()
    const runs: TestRun[] = []
    for (const step of steps) {
      const tests = step.runs.filter(({ words }) => stagesOfRun(words).includes('test'))
      const added = { ...step.workflow.env, ...step.job.env, ...step.step.env }['PYTEST_ADDOPTS'] ?? ''
      const here: TestRun[] = []
      for (const run of tests) {
        const directory = run.directory ?? ''
        const known =
          options.get(directory) ?? (repository ? await pytestOptions(repository, directory) : null)?.words ?? []
        options.set(directory, known)
        const context = { step, settings, hasXdist, pytest: [...known, ...added.split(/\s+/).filter(Boolean)] }
        const tolerated = step.tolerated || run.tolerated
        here.push({ step, does: run.via.join(' → '), tolerated, ...answer(run, context) })
      }
      runs.push(
        ...sharded(
          here,
          tests.map(({ words }) => words),
        ),
      )
    }
    const isTest = (path: string): boolean =>
      /[._-](test|spec)\.[^/]+$|(^|\/)(__tests__|tests?)\/[^/]+\.[mc]?[jt]sx?$/.test(path)
    const files = repository?.files ?? []
    return {
      runs,
      testFiles: {
        node: files.filter(path => isTest(path) && /\.[mc]?[jt]sx?$/.test(path)).length,
        python: files.filter(path => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(path)).length,
      },
    }
  },
})
