import { fail, unknown, type Evidence, type Verdict } from '../core/verdict.ts'
import { isPublished, type Published } from '../gather/published.ts'
import type { Pipelines, PipelineStep } from '../gather/pipelines.ts'
import { runsByItself, type Purposeful } from '../gather/purposes.ts'

/** The answer when there is no pipeline at all that can be read; null when there is one. */
export const withoutPipeline = (
  { steps, refused, otherSystems, elsewhere }: Pipelines,
  published: Published,
  wanted: string,
): Verdict | null => {
  if (steps.length + refused.length + elsewhere.length > 0) return null
  if (otherSystems[0]) return unknown(`the pipeline is written for a system that is not read: ${otherSystems[0]}`)
  if (isPublished(published)) return unknown(`this is ${published.what}; its pipeline is not part of it`)
  return fail({ at: '.github/workflows', saw: 'no workflows', wanted })
}

/** What is called from the pipelines and may do what was not found; null when everything was read. */
export const unread = ({ elsewhere, otherSystems }: Pipelines): string | null => {
  const [first] = elsewhere
  if (first) return `${first.uses} (${first.at}:${first.line}) cannot be read from here`
  return otherSystems[0] ? `${otherSystems[0]} is of a system that is not read` : null
}

export const placeOf = ({ job, step }: PipelineStep): string => `job ${job.id}, step «${step.name}»`

/** Where something happens, on which events. */
export const happens = (what: string, { step, does }: Purposeful): Evidence => ({
  at: step.at,
  line: step.line,
  saw: `${what}: ${placeOf(step)} runs ${does} on ${step.events.join(', ')}`,
})

/** What is missing for a step to count; null when it counts. */
export const reasonNotToCount = ({ step, tolerated, quiet }: Purposeful): string | null => {
  if (step.never !== null) return step.never
  if (!runsByItself(step)) return 'it runs only when a person starts it'
  return quiet ?? (tolerated ? 'its failure is ignored' : null)
}

/** The step that comes nearest, and why it does not count; else that there is none. */
export const falling = (
  what: string,
  wanted: string,
  found: [Purposeful, string][],
  refused: Pipelines['refused'],
): Evidence => {
  const [nearest] = found
  const [refusal] = refused
  if (nearest) {
    const [{ step, does }, because] = nearest
    return { at: step.at, line: step.line, saw: `${what}: ${placeOf(step)} has ${does}, but ${because}`, wanted }
  }
  if (refusal)
    return {
      at: refusal.path,
      line: refusal.line,
      saw: `${what}: none; this file is refused: ${refusal.message}`,
      wanted,
    }
  return { at: '.github/workflows', saw: `${what}: no step does it`, wanted }
}
