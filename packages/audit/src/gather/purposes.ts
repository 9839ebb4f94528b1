import { knownCommands } from './known-commands.ts'
import { knownOf, type Purpose } from './known-actions.ts'
import type { Pipelines, PipelineStep } from './pipelines.ts'
import type { Run } from './runs.ts'

/** A step, or a command in it, that does what is asked for. */
export interface Purposeful {
  step: PipelineStep
  /** Null for an action. */
  run: Run | null
  /** What does it: `npm run scan → gitleaks dir`, `github/codeql-action/analyze@v4`. */
  does: string
  tolerated: boolean
  /** Why what it finds has no consequence; null when it fails the run or is uploaded. */
  quiet: string | null
}

/** Images by which a tool is started: `docker run --rm zricethezav/gitleaks dir .`. */
const images: [image: RegExp, program: string][] = [
  [/(^|\/)gitleaks(:|@|$)/, 'gitleaks'],
  [/(^|\/)trivy(:|@|$)/, 'trivy'],
  [/(^|\/)trufflehog(:|@|$)/, 'trufflehog'],
  [/(^|\/)osv-scanner(:|@|$)/, 'osv-scanner'],
  [/(^|\/)grype(:|@|$)/, 'grype'],
  [/(^|\/)(semgrep|opengrep)(:|@|$)/, 'semgrep'],
  [/(^|\/)bandit(:|@|$)/, 'bandit'],
  [/(^|\/)k6(:|@|$)/, 'k6'],
  [/(^|\/)sonar-scanner-cli(:|@|$)/, 'sonar-scanner'],
]

/** The command inside of a container that is started for it. */
export const insideImage = (words: string[]): string[] => {
  if (!/^(docker|podman)$/.test(words[0] ?? '') || words[1] !== 'run') return words
  for (let at = 2; at < words.length; at++) {
    const known = images.find(([image]) => image.test(words[at] ?? ''))
    if (!known || words[at]?.startsWith('-')) continue
    const rest = words.slice(at + 1)
    return rest[0] === known[1] ? rest : [known[1], ...rest]
  }
  return words
}

/** A report in SARIF counts when a step of the same job hands it to the forge. */
const uploadsSarif = ({ job, workflow }: PipelineStep, { steps }: Pipelines): boolean =>
  steps.some(
    other =>
      other.workflow.path === workflow.path &&
      other.job.id === job.id &&
      other.events.length > 0 &&
      /^github\/codeql-action\/upload-sarif(@|$)/.test(other.step.uses ?? ''),
  )

const consequence = (quiet: string | null | undefined, step: PipelineStep, all: Pipelines): string | null =>
  quiet !== 'sarif' ? (quiet ?? null) : uploadsSarif(step, all) ? null : 'its report is not uploaded'

/** All that the pipelines do for one purpose, reached or not. */
export const servingPurpose = (purpose: Purpose, pipelines: Pipelines): Purposeful[] =>
  pipelines.steps.flatMap(step => [
    ...knownOf(step.step)
      .filter(({ does }) => does === purpose)
      .map(({ quiet }) => ({
        step,
        run: null,
        does: step.step.uses ?? '',
        tolerated: step.tolerated,
        quiet: consequence(quiet?.(step.step.with), step, pipelines),
      })),
    ...step.runs.flatMap(run => {
      const words = insideImage(run.words)
      return knownCommands
        .filter(({ does, is }) => does === purpose && is(words))
        .slice(0, 1)
        .map(({ quiet }) => ({
          step,
          run,
          does: run.via.join(' → '),
          tolerated: step.tolerated || run.tolerated,
          quiet: consequence(quiet?.(words), step, pipelines),
        }))
    }),
  ])

/** Events that need a person who starts them. */
const byHand = /^(workflow_dispatch|repository_dispatch)$/

export const runsByItself = ({ events }: PipelineStep): boolean => events.some(event => !byHand.test(event))

/** A release comes after the change; what a person starts may never run. */
export const runsForChanges = ({ events }: PipelineStep): boolean =>
  events.some(event => /^(push|pull_request|pull_request_target|merge_group|schedule|workflow_run)$/.test(event))
