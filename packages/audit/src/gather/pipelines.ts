import { gatherer } from '../core/item.ts'
import { spelledOut, valueOf, type Occasion } from './expressions.ts'
import { matrixOf, type Combination } from './job-matrix.ts'
import { occasionsOf } from './occasions.ts'
import { occasionsOfJobs, prefixed, reachedBy } from './job-occasions.ts'
import { runsOf, type Runs } from './runs.ts'
import type { ShellMode } from './shell.ts'
import { tasks, type Tasks } from './tasks.ts'
import { workflows, type Job, type Workflow, type Workflows, type WorkflowStep } from './workflows.ts'

/** A step of a pipeline with all that is known of whether and what it runs. */
export interface PipelineStep extends Runs {
  workflow: Workflow
  job: Job
  /** Its texts are spelled out as far as inputs and variables are known. */
  step: WorkflowStep
  /** Where it is written: the workflow, or the local action it comes from. */
  at: string
  line: number
  /** Events that reach it, such as `push`, `release`; empty when none does. */
  events: string[]
  /** The runs that reach it. */
  occasions: Occasion[]
  /** What it is run for, of the combinations of the job's matrix; `[{}]` without one, null when it is computed. */
  combinations: Combination[] | null
  /** Why nothing reaches it. */
  never: string | null
  /** Its failure does not fail the run. */
  tolerated: boolean
}

export interface Pipelines {
  steps: PipelineStep[]
  /** Workflows and actions elsewhere that are called and cannot be read here. */
  elsewhere: { uses: string; at: string; line: number }[]
  /** Pipelines of systems that are not read. */
  otherSystems: string[]
  /** Workflow files that the forge refuses. */
  refused: { path: string; line: number; message: string }[]
}

const maxSteps = 2000

const maxTexts = 40

/** The texts that a text stands for, one for each combination; what stays computed becomes one opaque word. */
const textsFor = (text: string, { matrix }: Job, combinations: Combination[] | null): string[] => {
  let texts = [text]
  if (/\bmatrix\./.test(text) && combinations)
    texts = combinations.map(each => spelledOut(text, { event: '', ref: null, action: null, values: prefixed(each) }))
  else
    for (const [key, values] of Object.entries(matrix ?? {})) {
      const pattern = new RegExp(`\\$\\{\\{\\s*matrix\\.${key.replaceAll(/[^\w-]/g, '')}\\s*\\}\\}`, 'g')
      if (values && pattern.test(text))
        texts = texts.flatMap(each => values.map(value => each.replaceAll(pattern, () => value))).slice(0, maxTexts)
    }
  return [...new Set(texts)]
    .slice(0, maxTexts)
    .map(each =>
      each.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/gs, (_, inner: string) => `⟦${inner.replaceAll(/[^\w.-]+/g, '_')}⟧`),
    )
}

/** Actions that are nothing but a command. */
const commandOf = ({ uses, run, with: inputs }: WorkflowStep): string | null => {
  const [action = ''] = (uses ?? '').split('@')
  if (action === 'pre-commit/action' || action === 'j178/prek-action') return 'pre-commit run --all-files'
  if (action === 'changesets/action') return inputs['publish'] ?? null
  if (action === 'nick-fields/retry') return inputs['command'] ?? null
  if (action === 'circleci/node/test') return `npm run ${inputs['run-command'] ?? 'test'}`
  if (action === 'circleci/node/run') return `npm run ${inputs['npm-run'] ?? inputs['yarn-run'] ?? 'ci'}`
  if (action === 'circleci/python/test') return inputs['test-tool'] ?? 'pytest'
  return run
}

const isShell = ({ shell }: WorkflowStep): boolean => shell === null || /^(ba|da|z)?sh\b/.test(shell)

/** GitHub starts `bash -e` unless a shell is named, and `bash -eo pipefail` for the name alone. */
const modeOf = ({ shell }: WorkflowStep): ShellMode => {
  if (shell === null || shell === 'sh') return { stops: true, pipefail: false }
  if (!shell.includes(' ')) return { stops: true, pipefail: true }
  return { stops: /\s-\w*e/.test(shell), pipefail: shell.includes('pipefail') }
}

const followed = (step: WorkflowStep, job: Job, combinations: Combination[] | null, known: Tasks): Runs => {
  const command = commandOf(step)
  if (command === null) return { runs: [], missing: [], opaque: [] }
  if (!isShell(step)) return { runs: [], missing: [], opaque: [`${step.shell}: ${step.name}`] }
  const [place = ''] = textsFor(step.workingDirectory ?? job.workingDirectory ?? '', job, combinations)
  const directory = place.includes('⟦') ? null : place.replace(/^\.\/|\/$/g, '').replace(/^\.$/, '')
  const all = textsFor(command, job, combinations).map(script => runsOf(script, directory, known, modeOf(step)))
  return {
    runs: all.flatMap(({ runs }) => runs),
    missing: all.flatMap(({ missing }) => missing),
    opaque: all.flatMap(({ opaque }) => opaque),
  }
}

type Given = Record<string, string | number | boolean>

const typed = (inputs: Record<string, string>): Given =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, value === 'true' ? true : value === 'false' ? false : value]),
  )

/** A step with its inputs, variables and the like in place of their names. */
const inPlace = (step: WorkflowStep, scope: Occasion): WorkflowStep => {
  const fill = (texts: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, spelledOut(text, scope)]))
  const maybe = (text: string | null): string | null => (text === null ? null : spelledOut(text, scope))
  return {
    ...step,
    run: maybe(step.run),
    with: fill(step.with),
    env: fill(step.env),
    workingDirectory: maybe(step.workingDirectory),
  }
}

const inEnvironment = (...all: Record<string, string>[]): Record<string, string> =>
  Object.fromEntries(
    all.flatMap(each => Object.entries(each)).map(([key, value]): [string, string] => [`env.${key}`, value]),
  )

/** A job as one call of its workflow sees it: a matrix that is made of inputs is known then. */
const jobIn = (job: Job, inputs: Given | undefined, caller: Job | null): Job => {
  const scope: Occasion = { event: '', ref: null, action: null, ...(inputs ? { inputs } : {}) }
  const own =
    job.combinations === null && job.matrixSource !== undefined
      ? matrixOf(job.matrixSource, text => valueOf(text, scope))
      : null
  const matrix = own?.values ?? job.matrix
  const combinations = own?.combinations ?? job.combinations
  const outer = caller?.combinations ?? null
  const isMultiplied = outer !== null && (matrix === null || combinations !== null)
  return {
    ...job,
    runsOn: job.runsOn.map(each => spelledOut(each, scope)),
    container: job.container === null ? null : spelledOut(job.container, scope),
    matrix: caller?.matrix ? { ...caller.matrix, ...matrix } : matrix,
    combinations: isMultiplied
      ? outer.flatMap(each => (combinations ?? [{}]).map(inner => ({ ...each, ...inner })))
      : combinations,
  }
}

const whyNever = (job: Job, step: WorkflowStep, occasions: Occasion[], jobReached: Occasion[]): string => {
  if (occasions.length === 0) return 'no trigger starts this workflow'
  if (jobReached.length === 0)
    return job.if !== null
      ? `no trigger satisfies \`if: ${job.if}\` of the job`
      : job.rules !== null
        ? 'no rule of the job lets it run'
        : `a job it needs (${job.needs.join(', ')}) never runs`
  return `no trigger satisfies \`if: ${step.if}\``
}

const isOnlyCalled = ({ triggers }: Workflow): boolean =>
  triggers.length > 0 && triggers.every(({ event }) => event === 'workflow_call')

const expand = (found: Workflows, known: Tasks): Pipelines => {
  const result: Pipelines = { steps: [], elsewhere: [], otherSystems: found.otherSystems, refused: [] }
  const called = new Set<Workflow>()

  const addSteps = (
    place: { workflow: Workflow; job: Job; occasions: Occasion[]; jobReached: Occasion[]; tolerated: boolean },
    steps: WorkflowStep[],
    at: string,
    depth: number,
  ): void => {
    const { workflow, job, occasions, jobReached } = place
    const inputs = jobReached[0]?.inputs
    for (const written of steps) {
      if (result.steps.length >= maxSteps) return
      const values = { ...jobReached[0]?.values, ...inEnvironment(workflow.env, job.env, written.env) }
      const scope: Occasion = { event: '', ref: null, action: null, values, ...(inputs ? { inputs } : {}) }
      const step = inPlace(written, scope)
      const here = job.matrix === null ? [{}] : job.combinations
      const asked = jobReached.map(each => ({ each, known: { ...each, values } }))
      const reached = reachedBy(
        step.if,
        asked.map(({ known }) => known),
        here,
      )
      const own = asked.filter(({ known }) => reached.occasions.includes(known)).map(({ each }) => each)
      const local = step.uses?.startsWith('./') ? found.actions[step.uses.replace(/^\.\/|\/$/g, '')] : undefined
      const runs = followed(step, job, reached.combinations, known)
      if (step.uses?.startsWith('./') && !local)
        runs.missing.push({ command: step.uses, wanted: `the action ${step.uses}`, line: step.line })
      const tolerated = place.tolerated || step.continueOnError
      result.steps.push({
        ...runs,
        workflow,
        job,
        step,
        at,
        line: step.line,
        events: [
          ...new Set(own.map(({ event, ref }) => (event === 'push' && ref?.startsWith('refs/tags/') ? 'tag' : event))),
        ],
        occasions: own,
        combinations: reached.combinations,
        never: own.length > 0 ? null : whyNever(job, step, occasions, jobReached),
        tolerated,
      })
      if (!local?.steps || depth >= 5) continue
      const given = { ...local.inputs, ...step.with }
      addSteps(
        { ...place, tolerated, jobReached: own.map(each => ({ ...each, inputs: given })) },
        local.steps,
        local.path,
        depth + 1,
      )
    }
  }

  const addWorkflow = (workflow: Workflow, occasions: Occasion[], caller: Job | null, depth: number): void => {
    if (workflow.faults.length > 0) return
    const inputs = occasions[0]?.inputs
    const expanded = { ...workflow, jobs: workflow.jobs.map(job => jobIn(job, inputs, caller)) }
    const reachedJobs = occasionsOfJobs(expanded, occasions)
    for (const job of expanded.jobs) {
      const jobReached = reachedJobs.get(job.id) ?? []
      const place = { workflow, job, occasions, jobReached, tolerated: job.continueOnError }
      addSteps(place, job.steps, job.path ?? workflow.path, 0)
      if (job.uses === null || jobReached.length === 0) continue
      const path = job.uses.replace(/^\.\//, '')
      const callee = job.uses.startsWith('./') ? found.workflows.find(other => other.path === path) : undefined
      if (!callee) result.elsewhere.push({ uses: job.uses, at: workflow.path, line: job.line })
      else if (depth < 5) {
        called.add(callee)
        const outer: Occasion = { event: '', ref: null, action: null, ...(inputs ? { inputs } : {}) }
        const given = Object.entries(job.with).map(([name, value]) => [name, spelledOut(value, outer)])
        const all = typed({ ...callee.inputs, ...(Object.fromEntries(given) as Record<string, string>) })
        addWorkflow(
          callee,
          jobReached.map(each => ({ ...each, inputs: all })),
          job,
          depth + 1,
        )
      }
    }
  }

  for (const workflow of found.workflows) {
    result.refused.push(...workflow.faults.map(fault => ({ path: workflow.path, ...fault })))
    const occasions = occasionsOf(workflow, found.workflows)
    if (!isOnlyCalled(workflow)) addWorkflow(workflow, occasions, null, 0)
  }
  for (const workflow of found.workflows)
    if (isOnlyCalled(workflow) && !called.has(workflow)) addWorkflow(workflow, [], null, 0)
  return result
}

/** Every step of every pipeline: which events reach it and which commands it really runs. */
export const pipelines = gatherer<Pipelines, { workflows: typeof workflows; tasks: typeof tasks }>({
  id: 'pipelines',
  impact: 'read',
  from: 'repository',
  needs: { workflows, tasks },
  gather: (_, { workflows, tasks }) => expand(workflows, tasks),
})
