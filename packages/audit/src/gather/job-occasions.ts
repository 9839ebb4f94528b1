import { conditionHolds, type Occasion } from './expressions.ts'
import type { Combination } from './job-matrix.ts'
import type { Job, JobRule, Workflow } from './workflows.ts'

/** With one of these a job runs although a job that it needs did not. */
const runsAnyway = /\b(always|cancelled|failure)\s*\(/

/** The values of a combination by their full names. */
export const prefixed = (combination: Combination): Record<string, string> =>
  Object.fromEntries(Object.entries(combination).map(([key, value]) => [`matrix.${key}`, value]))

const holdsOn = (condition: string, occasion: Occasion): boolean =>
  !/^(false|malformed)$/.test(conditionHolds(condition, occasion))

const holds = (condition: string | null, occasions: Occasion[]): Occasion[] =>
  condition === null ? occasions : occasions.filter(each => holdsOn(condition, each))

/** Runs and combinations that a condition lets pass; one that asks for the matrix is asked for each combination. */
export const reachedBy = (
  condition: string | null,
  occasions: Occasion[],
  combinations: Combination[] | null,
): { occasions: Occasion[]; combinations: Combination[] | null } => {
  if (condition === null || combinations === null || !/\bmatrix\./.test(condition))
    return { occasions: holds(condition, occasions), combinations }
  const on = (occasion: Occasion, combination: Combination): boolean =>
    holdsOn(condition, { ...occasion, values: { ...occasion.values, ...prefixed(combination) } })
  return {
    occasions: occasions.filter(each => combinations.some(combination => on(each, combination))),
    combinations: combinations.filter(combination => occasions.some(each => on(each, combination))),
  }
}

/** The first rule that holds decides; without any that holds there is no run. */
const allowed = (rules: JobRule[] | null, occasions: Occasion[]): Occasion[] =>
  rules === null
    ? occasions
    : occasions.filter(occasion => {
        for (const { if: condition, changes, runs } of rules) {
          const answer = condition === null ? 'true' : conditionHolds(condition, occasion)
          if (answer === 'true' && changes.length === 0) return runs
          // What is not known may let it run, and does not keep it from running.
          if ((answer === 'true' || answer === 'unknown') && runs) return true
        }
        return false
      })

/** The occasions on which each job runs, by its id. */
export const occasionsOfJobs = (workflow: Workflow, given: Occasion[]): Map<string, Occasion[]> => {
  const occasions = allowed(workflow.rules, given)
  const known = new Map<string, Occasion[]>()
  const visit = (job: Job, path: string[]): Occasion[] => {
    const before = known.get(job.id)
    if (before) return before
    if (path.includes(job.id)) return []
    let reached = allowed(job.rules, occasions)
    if (!runsAnyway.test(job.if ?? ''))
      for (const need of job.needs) {
        const needed = workflow.jobs.find(({ id }) => id === need)
        if (!needed && workflow.forge !== 'github') continue
        const there = needed ? visit(needed, [...path, job.id]) : []
        reached = reached.filter(each => there.includes(each))
      }
    const own = reachedBy(job.if, reached, job.combinations).occasions
    known.set(job.id, own)
    return own
  }
  for (const job of workflow.jobs) visit(job, [])
  return known
}
