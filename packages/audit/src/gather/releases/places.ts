import type { Evidence } from '../../core/verdict.ts'
import type { PipelineStep } from '../pipelines.ts'

/** Where a step is and on which events it runs (then `more`), or why it never does. */
export const stepEvidence = (step: PipelineStep, does: string, more = ''): Evidence => ({
  at: step.at,
  line: step.line,
  saw:
    step.events.length > 0
      ? `job ${step.job.id} runs ${does} on ${step.events.join(', ')}${more}`
      : `job ${step.job.id} would run ${does}, but ${step.never}`,
})

export const isReached = ({ events }: PipelineStep): boolean => events.length > 0
