import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { compiles, isArchive, isIdle, mayHold, outputsOf } from './build-outputs.ts'
import { pipelines, type Pipelines, type PipelineStep } from './pipelines.ts'
import type { Run } from './runs.ts'
import { servingPurpose, type Purposeful } from './purposes.ts'

/** A step that keeps what a build has made. */
export interface StoredArtifact extends Purposeful {
  /** Where it is kept. */
  where: 'the run' | 'a release or a registry'
  /** What is kept, as it is written; null when the tool knows it. */
  what: string | null
  /** Why there is nothing to be kept; null when there is. */
  flaw: string | null
}

const isReport =
  /coverage|lcov|junit|test-?results?|report|\.xml$|\.log$|(^|\/)logs?(\/|$)|screenshot|trace|\.sarif|benchmark|\.nyc_output|\.jsonl?$|\.md$|\.html$|htmlcov|eval|conformance-results|\.txt$|diff|snapshot/i

const keepers = /^(actions\/upload-artifact|gitlab:artifacts|circleci:store_artifacts)$/

const pathsOf = ({ with: inputs }: PipelineStep['step']): string[] =>
  (inputs['path'] ?? inputs['paths'] ?? '')
    .split('\n')
    .map(path => path.trim())
    .filter(path => path !== '' && !path.startsWith('!'))

const flawOf = (step: PipelineStep, kept: string[], { steps }: Pipelines): string | null => {
  const inJob = steps.filter(
    other => other.workflow.path === step.workflow.path && other.job.id === step.job.id && other.events.length > 0,
  )
  const place = inJob.indexOf(step)
  if (place < 0) return null
  // GitLab keeps the artifacts when the script is over, whatever the order in this model.
  const before = step.workflow.forge === 'gitlab' ? inJob : inJob.slice(0, place)
  const runs = before.flatMap(each => each.runs)
  const isRead = before.every(each => each.opaque.length === 0 && each.missing.length === 0)
  const brings = before.some(
    ({ step: { uses } }) =>
      uses !== null &&
      !/^(actions\/(checkout|setup-|cache)|astral-sh\/setup-uv|pnpm\/action-setup|\.\/|gitlab:|circleci:(checkout|restore_cache|save_cache))/.test(
        uses,
      ),
  )
  if (!isRead || brings) return null
  const makesNone = (run: Run): boolean => isIdle(run) || (compiles(run) && kept.every(isArchive))
  const made = runs.map(run => (makesNone(run) ? [] : outputsOf(run)))
  const known = made.flatMap(each => each ?? [])
  const isKnown = runs.every((run, at) => makesNone(run) || (made[at] !== null && (made[at]?.length ?? 0) > 0))
  if (!isKnown || kept.some(path => known.some(output => mayHold(path, output)))) return null
  const later = inJob.slice(place + 1).flatMap(each => each.runs.flatMap(run => outputsOf(run) ?? []))
  if (later.some(output => kept.some(path => mayHold(path, output)))) return 'it is built only after this step'
  return known.length === 0
    ? 'nothing in the job builds it before'
    : `what the job builds is in ${[...new Set(known)].join(', ')}`
}

const artifactOf = (found: Purposeful, all: Pipelines, repository: Repository | undefined): StoredArtifact[] => {
  const { step } = found.step
  const [action = ''] = (step.uses ?? '').split('@')
  if (!keepers.test(action)) return [{ ...found, where: 'a release or a registry', what: null, flaw: null }]
  const paths = pathsOf(step).filter(path => !isReport.test(path) && !repository?.exists(path))
  if (paths.length === 0 || isReport.test(step.with['name'] ?? '')) return []
  const flaw = flawOf(found.step, paths, all)
  return [{ ...found, where: 'the run', what: paths.join(', '), flaw }]
}

/** What the pipelines keep of what they build: with the run, in a release, in a registry. */
export const storedArtifacts = gatherer<StoredArtifact[], { pipelines: typeof pipelines }>({
  id: 'stored-artifacts',
  impact: 'read',
  from: 'repository',
  needs: { pipelines },
  gather: ({ repository }, { pipelines }) =>
    servingPurpose('store', pipelines).flatMap(found => artifactOf(found, pipelines, repository)),
})
