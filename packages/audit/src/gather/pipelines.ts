import { gatherer } from '../core/item.ts'
import { conditionHolds, type Occasion } from './expressions.ts'
import { occasionsOf } from './occasions.ts'
import { runsOf, type Runs } from './runs.ts'
import { tasks, type Tasks } from './tasks.ts'
import { workflows, type Job, type Workflow, type Workflows, type WorkflowStep } from './workflows.ts'

/** A step of a pipeline with all that is known of whether and what it runs. */
export interface PipelineStep extends Runs {
  workflow: Workflow
  job: Job
  step: WorkflowStep
  /** Where it is written: the workflow, or the local action it comes from. */
  at: string
  line: number
  /** Events that reach it, such as `push`, `release`; empty when none does. */
  events: string[]
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

/** With one of these a job runs although a job that it needs did not. */
const runsAnyway = /\b(always|cancelled|failure)\s*\(/

const holds = (condition: string | null, occasions: Occasion[]): Occasion[] =>
  condition === null
    ? occasions
    : occasions.filter(each => !/^(false|malformed)$/.test(conditionHolds(condition, each)))

/** The occasions on which each job runs, by its id. */
const occasionsOfJobs = (workflow: Workflow, occasions: Occasion[]): Map<string, Occasion[]> => {
  const known = new Map<string, Occasion[]>()
  const visit = (job: Job, path: string[]): Occasion[] => {
    const before = known.get(job.id)
    if (before) return before
    if (path.includes(job.id)) return []
    let reached = occasions
    if (!runsAnyway.test(job.if ?? ''))
      for (const need of job.needs) {
        const needed = workflow.jobs.find(({ id }) => id === need)
        const there = needed ? visit(needed, [...path, job.id]) : []
        reached = reached.filter(each => there.includes(each))
      }
    const own = holds(job.if, reached)
    known.set(job.id, own)
    return own
  }
  for (const job of workflow.jobs) visit(job, [])
  return known
}

/** Replaces expressions by their literal matrix values; what stays computed becomes one opaque word. */
const spelledOut = (text: string, { matrix }: Job): string[] => {
  let texts = [text]
  for (const [key, values] of Object.entries(matrix ?? {})) {
    const pattern = new RegExp(`\\$\\{\\{\\s*matrix\\.${key.replaceAll(/[^\w-]/g, '')}\\s*\\}\\}`, 'g')
    if (!values || !pattern.test(text)) continue
    texts = texts.flatMap(each => values.slice(0, 20).map(value => each.replaceAll(pattern, () => value))).slice(0, 40)
  }
  return texts.map(each =>
    each.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/gs, (_, inner: string) => `⟦${inner.replaceAll(/[^\w.-]+/g, '_')}⟧`),
  )
}

/** Actions that are nothing but a command. */
const commandOf = ({ uses, run, with: inputs }: WorkflowStep): string | null => {
  const [action] = (uses ?? '').split('@')
  if (action === 'pre-commit/action' || action === 'j178/prek-action') return 'pre-commit run --all-files'
  if (action === 'changesets/action') return inputs['publish'] ?? null
  if (action === 'nick-fields/retry') return inputs['command'] ?? null
  return run
}

const isShell = ({ shell }: WorkflowStep): boolean => shell === null || /^(ba|da|z)?sh\b/.test(shell)

const followed = (step: WorkflowStep, job: Job, known: Tasks): Runs => {
  const command = commandOf(step)
  if (command === null) return { runs: [], missing: [], opaque: [] }
  if (!isShell(step)) return { runs: [], missing: [], opaque: [`${step.shell}: ${step.name}`] }
  const place = step.workingDirectory ?? job.workingDirectory ?? ''
  const computed = spelledOut(place, job)[0]?.includes('⟦')
  const directory = computed ? null : (spelledOut(place, job)[0] ?? '').replace(/^\.\/|\/$/g, '').replace(/^\.$/, '')
  const all = spelledOut(command, job).map(script => runsOf(script, directory, known))
  return {
    runs: all.flatMap(({ runs }) => runs),
    missing: all.flatMap(({ missing }) => missing),
    opaque: all.flatMap(({ opaque }) => opaque),
  }
}

const whyNever = (job: Job, step: WorkflowStep, occasions: Occasion[], jobReached: Occasion[]): string => {
  if (occasions.length === 0) return 'no trigger starts this workflow'
  if (jobReached.length === 0)
    return job.if === null
      ? `a job it needs (${job.needs.join(', ')}) never runs`
      : `no trigger satisfies \`if: ${job.if}\` of the job`
  return `no trigger satisfies \`if: ${step.if}\``
}

const expand = (found: Workflows, known: Tasks): Pipelines => {
  const result: Pipelines = { steps: [], elsewhere: [], otherSystems: found.otherSystems, refused: [] }
  const called = new Set<Workflow>()

  const addSteps = (
    place: { workflow: Workflow; job: Job; occasions: Occasion[]; jobReached: Occasion[] },
    steps: WorkflowStep[],
    at: string,
    depth: number,
  ): void => {
    const { workflow, job, occasions, jobReached } = place
    for (const step of steps) {
      if (result.steps.length >= maxSteps) return
      const reached = holds(step.if, jobReached)
      const local = step.uses?.startsWith('./') ? found.actions[step.uses.replace(/^\.\/|\/$/g, '')] : undefined
      const runs = followed(step, job, known)
      if (step.uses?.startsWith('./') && !local)
        runs.missing.push({ command: step.uses, wanted: `the action ${step.uses}`, line: step.line })
      result.steps.push({
        ...runs,
        workflow,
        job,
        step,
        at,
        line: step.line,
        events: [
          ...new Set(
            reached.map(({ event, ref }) => (event === 'push' && ref?.startsWith('refs/tags/') ? 'tag' : event)),
          ),
        ],
        never: reached.length > 0 ? null : whyNever(job, step, occasions, jobReached),
        tolerated: step.continueOnError || job.continueOnError,
      })
      if (local?.steps && depth < 5) addSteps({ ...place, jobReached: reached }, local.steps, local.path, depth + 1)
    }
  }

  const addWorkflow = (workflow: Workflow, occasions: Occasion[], depth: number): void => {
    if (workflow.faults.length > 0) return
    const reachedJobs = occasionsOfJobs(workflow, occasions)
    for (const job of workflow.jobs) {
      const jobReached = reachedJobs.get(job.id) ?? []
      addSteps({ workflow, job, occasions, jobReached }, job.steps, workflow.path, 0)
      if (job.uses === null || jobReached.length === 0) continue
      const path = job.uses.replace(/^\.\//, '')
      const callee = job.uses.startsWith('./') ? found.workflows.find(other => other.path === path) : undefined
      if (!callee) result.elsewhere.push({ uses: job.uses, at: workflow.path, line: job.line })
      else if (depth < 5) {
        called.add(callee)
        const literal = Object.entries(job.with).filter(([, value]) => !value.includes('${{'))
        const inputs = Object.fromEntries(
          literal.map(([name, value]) => [name, value === 'true' ? true : value === 'false' ? false : value]),
        )
        addWorkflow(
          callee,
          jobReached.map(each => ({ ...each, inputs })),
          depth + 1,
        )
      }
    }
  }

  for (const workflow of found.workflows) {
    result.refused.push(...workflow.faults.map(fault => ({ path: workflow.path, ...fault })))
    const occasions = occasionsOf(workflow, found.workflows)
    const onlyCalled = workflow.triggers.length > 0 && workflow.triggers.every(({ event }) => event === 'workflow_call')
    if (!onlyCalled) addWorkflow(workflow, occasions, 0)
  }
  for (const workflow of found.workflows)
    if (workflow.triggers.every(({ event }) => event === 'workflow_call') && !called.has(workflow))
      addWorkflow(workflow, [], 0)
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
