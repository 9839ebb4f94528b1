import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { conditionHolds } from './expressions.ts'
import { globMatcher } from './globs.ts'
import { pipelines, type Pipelines, type PipelineStep } from './pipelines.ts'
import { stagesOf } from './stages.ts'
import { workflows, type Workflow } from './workflows.ts'

/** Something that keeps a pipeline, or a part of it, from running when it has nothing to do. */
export interface Condition {
  what: string
  at: string
  line: number
  /** Why it lets nothing through or keeps nothing out; null when it works. */
  flaw: string | null
}

const matchesAny = (patterns: string[], repository: Repository): boolean => {
  const literal = patterns.some(pattern => !/[*?[{!]/.test(pattern) && repository.exists(pattern))
  return literal || repository.files.some(globMatcher(patterns))
}

/** `paths` of triggers that match no file, and `paths-ignore` that leaves none. */
const pathFilters = (workflow: Workflow, repository: Repository): Condition[] =>
  workflow.triggers.flatMap(({ event, paths, pathsIgnore, line }): Condition[] => {
    const place = { at: workflow.path, line: line ?? 1 }
    const left = repository.files.filter(path => !globMatcher(pathsIgnore)(path))
    return [
      ...(paths.length === 0
        ? []
        : [
            {
              ...place,
              what: `${event} only when ${paths.slice(0, 6).join(', ')} changes`,
              flaw: matchesAny(paths, repository) ? null : 'no file of the repository matches, so that it never runs',
            },
          ]),
      ...(pathsIgnore.length === 0 || left.length === repository.files.length
        ? []
        : [
            {
              ...place,
              what: `${event} not when only ${pathsIgnore.slice(0, 6).join(', ')} changes`,
              flaw: left.length > 0 ? null : 'all files of the repository match, so that it never runs',
            },
          ]),
    ]
  })

const superseded = ({ jobs, path, cancelInProgress }: Workflow): Condition[] => {
  const job = jobs.find(each => each.cancelInProgress !== null)
  const what = 'a newer run cancels the one before it'
  if (cancelInProgress !== null) return [{ what, at: path, line: 1, flaw: null }]
  return job ? [{ what, at: job.path ?? path, line: job.line, flaw: null }] : []
}

/** What depends on the course of the run and not on what changed or why it runs. */
const ofCourse = /\b(always|success|failure|cancelled)\s*\(|\.(outcome|conclusion|result)\b/
/** It chooses among the combinations of a matrix, whatever started the run. */
const ofMatrix = (condition: string): boolean =>
  /\bmatrix\./.test(condition) && !/\b(github|needs|steps|inputs|env|vars)\./.test(condition)
const isSwitchedOff = /^\s*(\$\{\{\s*)?false(\s*\}\})?\s*$/

const whySelective = (condition: string, occasions: PipelineStep['occasions']): boolean => {
  const answers = new Set(occasions.map(each => conditionHolds(condition, each)))
  return answers.has('unknown') || (answers.has('true') && answers.has('false'))
}

/** Whether an output that a condition asks for comes from a step that is there. */
const asksForNothing = (condition: string, { job, workflow }: PipelineStep): string | null => {
  for (const [, need = ''] of condition.matchAll(/\bneeds\.([\w-]+)\.outputs\b/g))
    if (!job.needs.includes(need)) return `it asks for the job ${need}, which is not in \`needs\``
  for (const [, id = ''] of condition.matchAll(/\bsteps\.([\w-]+)\.outputs\b/g))
    if (!workflow.jobs.some(each => each.steps.some(step => step.id === id)) && !job.steps.some(step => step.id === id))
      return `it asks for the step ${id}, which does not exist`
  return null
}

/** Conditions of jobs and steps, once for each place. */
const conditionsOf = ({ steps }: Pipelines, all: Workflow[]): Condition[] => {
  const found = new Map<string, Condition & { reached: boolean }>()
  for (const each of steps) {
    const { step, job, at, line, never, workflow } = each
    const started = steps.filter(other => other.workflow === workflow).flatMap(({ occasions }) => occasions)
    const inAction = !all.some(({ path }) => path === at)
    const written = [
      { condition: job.if, line: job.line, kind: 'job', name: job.id },
      ...(inAction ? [] : [{ condition: step.if, line, kind: 'step', name: step.name }]),
    ]
    for (const { condition, line, kind, name } of written) {
      if (condition === null || isSwitchedOff.test(condition) || ofCourse.test(condition)) continue
      const key = `${at}:${line}:${kind}`
      const isDead = never?.includes(`\`if: ${condition}\``) ?? false
      const known = found.get(key)
      if (known?.reached) continue
      const flaw = isDead ? 'no trigger satisfies it' : asksForNothing(condition, each)
      if (ofMatrix(condition)) continue
      if (!isDead && flaw === null && !whySelective(condition, started) && kind === 'step') continue
      const what = `the ${kind} ${name} only if ${condition.trim().slice(0, 120)}`
      found.set(key, { what, at, line, flaw, reached: !isDead })
    }
  }
  return [...found.values()].map(({ what, at, line, flaw }) => ({ what, at, line, flaw }))
}

/** Publishing that waits for a tag or a release while other work runs for each change. */
const waiting = ({ steps }: Pipelines): Condition[] =>
  steps
    .filter(
      step =>
        step.events.length > 0 &&
        step.events.every(event => /^(tag|release|workflow_dispatch|schedule|workflow_run)$/.test(event)) &&
        step.events.some(event => event === 'tag' || event === 'release') &&
        stagesOf(step).some(({ stage }) => stage === 'deploy'),
    )
    .slice(0, 1)
    .map(({ step, at, line, events }) => ({
      what: `«${step.name}» only on ${events.join(', ')}`,
      at,
      line,
      flaw: null,
    }))

const rulesOf = ({ jobs, path, forge }: Workflow): Condition[] =>
  jobs
    .filter(({ rules }) =>
      forge === 'circleci'
        ? rules?.some(rule => rule.if?.includes('matches('))
        : rules?.some(rule => rule.if !== null || rule.changes.length > 0),
    )
    .map(job => ({ what: `rules of the job ${job.id}`, at: job.path ?? path, line: job.line, flaw: null }))

/** By what the pipelines choose when they run and what of them. */
export const conditions = gatherer<Condition[], { workflows: typeof workflows; pipelines: typeof pipelines }>({
  id: 'conditions',
  impact: 'read',
  from: 'repository',
  needs: { workflows, pipelines },
  gather: ({ repository }, { workflows: { workflows: all }, pipelines }) => {
    const valid = all.filter(({ faults }) => faults.length === 0)
    if (!repository) return []
    return [
      ...valid.flatMap(workflow => pathFilters(workflow, repository)),
      ...valid.flatMap(superseded),
      ...valid.flatMap(rulesOf),
      ...conditionsOf(pipelines, valid),
      ...waiting(pipelines),
    ]
  },
})
