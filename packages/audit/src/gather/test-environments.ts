import { gatherer } from '../core/item.ts'
import { spelledOut } from './expressions.ts'
import { environmentVersions } from './environment-versions.ts'
import type { Combination } from './job-matrix.ts'
import { prefixed } from './job-occasions.ts'
import { valueAfter } from './known-commands.ts'
import { pipelines, type Pipelines, type PipelineStep } from './pipelines.ts'
import { runsForChanges } from './purposes.ts'
import { runtimeOfImage, runtimeOfSetup, type Runtime } from './runtimes.ts'
import { stagesOf, type Occurrence } from './stages.ts'
import { sourceTrees } from './trees.ts'

export type System = 'linux' | 'macos' | 'windows'

/** One of the places in which the tests run. */
export interface TestEnvironment {
  does: string
  step: PipelineStep
  /** Null when the runner is computed or says nothing. */
  system: System | null
  runtimes: Runtime[]
}

export interface TestEnvironments {
  environments: TestEnvironment[]
  /** Steps that run tests and that nothing reaches, or whose failure is ignored. */
  idle: { step: PipelineStep; does: string; because: string }[]
  /** Matrices that are made at run time. */
  computed: { step: PipelineStep; axis: 'systems' | 'versions'; what: string }[]
}

const systems: [name: RegExp, system: System][] = [
  [/windows/i, 'windows'],
  [/macos|\bmac\b|darwin|xcode/i, 'macos'],
  [/ubuntu|linux|debian|alpine|fedora|blacksmith|depot-|buildjet/i, 'linux'],
]

const systemOf = (step: PipelineStep, fill: (text: string) => string): System | null => {
  if (step.job.container !== null) return 'linux'
  const runner = step.job.runsOn.map(fill).join(' ')
  if (step.workflow.forge === 'gitlab' && runner === '') return 'linux'
  return systems.find(([name]) => name.test(runner))?.[1] ?? null
}

const isSameJob = (a: PipelineStep, b: PipelineStep): boolean =>
  a.workflow.path === b.workflow.path && a.job.id === b.job.id

const isIn = (combination: Combination, step: PipelineStep): boolean =>
  step.combinations === null ||
  step.combinations.some(each => Object.entries(combination).every(([key, value]) => each[key] === value))

const versionsGiven = (words: string[], env: Record<string, string>): Runtime[] => {
  const asked = valueAfter(words.slice(0, 12), '--python') ?? env['UV_PYTHON']
  return asked === undefined ? [] : [{ language: 'python', version: asked }]
}

/** What a test command of another language runs on, whatever else the job sets up. */
const compilers: Record<string, string> = { go: 'go', gotestsum: 'go', cargo: 'rust', dotnet: 'dotnet', swift: 'swift' }

const ofItsLanguage = (runtimes: Runtime[], { step, does }: Occurrence): Runtime[] => {
  const run = step.runs.find(({ via }) => via.join(' → ') === does)
  const language = compilers[run?.words[0] ?? '']
  return language === undefined ? runtimes : runtimes.filter(each => each.language === language)
}

const environmentsOf = (
  occurrence: Occurrence,
  { steps }: Pipelines,
  versions: (commands: string[]) => Runtime[],
): TestEnvironment[] => {
  const { step, does } = occurrence
  const place = steps.indexOf(step)
  const before = steps.filter((other, at) => at <= place && isSameJob(other, step) && other.events.length > 0)
  const all = step.combinations ?? [{}]
  return all.slice(0, 64).map(combination => {
    const fill = (text: string): string =>
      spelledOut(text, { event: '', ref: null, action: null, values: prefixed(combination) })
    const filled = (texts: Record<string, string>): Record<string, string> =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, fill(text)]))
    const setUp = before
      .filter(other => isIn(combination, other))
      .flatMap(other => runtimeOfSetup(other.step.uses ?? '', filled(other.step.with)))
    const told = [step.step.run ?? '', ...before.map(other => other.step.run ?? '')].map(fill).flatMap(script => {
      const line = script.split('\n').find(each => /--python[ =]|uv python (install|pin)/.test(each)) ?? ''
      const installed = /uv python (?:install|pin) (\S+)/.exec(line)?.[1]
      return installed === undefined
        ? versionsGiven(line.split(/\s+/), {})
        : [{ language: 'python', version: installed }]
    })
    const env = filled({ ...step.workflow.env, ...step.job.env, ...step.step.env })
    const own = versions(step.runs.flatMap(({ via }) => via))
    const image = step.job.container === null ? [] : runtimeOfImage(fill(step.job.container))
    const chosen = [own, told, versionsGiven([], env), setUp, image].find(each => each.length > 0) ?? []
    return { step, does, system: systemOf(step, fill), runtimes: ofItsLanguage(chosen, occurrence) }
  })
}

/** Parts of a matrix that are made at run time and that the runner or the version depends on. */
const computedIn = ({ step }: Occurrence, { steps }: Pipelines): TestEnvironments['computed'] => {
  if (step.combinations !== null) return []
  const keys = Object.entries(step.job.matrix ?? {}).flatMap(([key, values]) => (values === null ? [key] : []))
  const asks = (texts: (string | null)[]): string | undefined =>
    keys.find(key => texts.some(text => text?.includes(key === '*' ? 'matrix.' : `matrix.${key}`)))
  const inJob = steps.filter(other => isSameJob(other, step)).map(other => other.step)
  const written = inJob.flatMap(({ with: inputs, env, run }) => [...Object.values(inputs), ...Object.values(env), run])
  const named = { systems: asks(step.job.runsOn), versions: asks([...written, step.job.container]) }
  return (['systems', 'versions'] as const).flatMap(axis => {
    const key = named[axis]
    return key === undefined ? [] : [{ step, axis, what: key === '*' ? 'the matrix' : `matrix.${key}` }]
  })
}

/** On which systems and with which versions of the language the pipelines run the tests. */
export const testEnvironments = gatherer<TestEnvironments, { pipelines: typeof pipelines; trees: typeof sourceTrees }>({
  id: 'test-environments',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, trees: sourceTrees },
  gather: async ({ repository }, { pipelines, trees }) => {
    const versions = await environmentVersions(repository, trees)
    const tests = pipelines.steps.flatMap(stagesOf).filter(({ stage }) => stage === 'test')
    const counts = ({ step, tolerated }: Occurrence): boolean =>
      step.never === null && runsForChanges(step) && !tolerated
    return {
      environments: tests.filter(counts).flatMap(each => environmentsOf(each, pipelines, versions)),
      idle: tests
        .filter(each => !counts(each))
        .map(({ step, does }) => ({
          step,
          does,
          because:
            step.never ??
            (runsForChanges(step) ? 'its failure is ignored' : `it runs on ${step.events.join(', ')} only`),
        })),
      computed: tests.filter(counts).flatMap(each => computedIn(each, pipelines)),
    }
  },
})
