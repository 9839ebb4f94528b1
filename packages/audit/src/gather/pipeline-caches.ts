import { gatherer } from '../core/item.ts'
import { pipelines, type Pipelines } from './pipelines.ts'
import { project, type Project } from './project.ts'
import { servingPurpose, type Purposeful } from './purposes.ts'

/** A cache that a pipeline keeps from one run to the next. */
export interface PipelineCache extends Purposeful {
  /** What is kept: `dependencies`, `image layers`, `tools`. */
  keeps: string
  /** Why it is never found again or never written; null when it works. */
  flaw: string | null
}

const key = ({ step }: Purposeful): string => step.step.with['key'] ?? ''

const keyFlaw = (found: Purposeful): string | null => {
  const { 'restore-keys': restored = '' } = found.step.step.with
  if (/\$\{\{\s*github\.(run_id|run_number|run_attempt|sha)\s*\}\}/.test(key(found)) && restored.trim() === '')
    return 'its key is another one in each run and there are no restore-keys'
  if (key(found) === '') return 'it has no key'
  return key(found).includes('${{') ? null : 'its key never changes, so that it is never written again'
}

const lockOf = /(package-lock|npm-shrinkwrap)\.json$|(pnpm-lock\.yaml|yarn\.lock)$/

const flawOf = (found: Purposeful, { steps }: Pipelines, { lockFiles }: Project): string | null => {
  const { step, job, workflow } = found.step
  const [action = ''] = (step.uses ?? '').split('@')
  if (/^actions\/cache(\/save)?$/.test(action)) return keyFlaw(found)
  if (action === 'actions/setup-node' && !('cache-dependency-path' in step.with))
    return lockFiles.some(({ path }) => lockOf.test(path)) ? null : 'there is no lock file that its key is made of'
  if (action === 'astral-sh/setup-uv' && !('enable-cache' in step.with))
    return job.runsOn.includes('self-hosted')
      ? 'it keeps nothing on a runner of your own unless `enable-cache` is true'
      : null
  if (action === 'circleci:save_cache')
    return steps.some(
      other => other.workflow.path === workflow.path && /^circleci:restore_cache$/.test(other.step.uses ?? ''),
    )
      ? null
      : 'no step restores it'
  if (action === 'gitlab:cache' && step.with['policy'] === 'pull')
    return 'its policy is `pull`, so that nothing is written'
  return null
}

const keepsOf = ({ step: { step }, run }: Purposeful): string => {
  const [action = ''] = (step.uses ?? '').split('@')
  if (run !== null || /build-push|bake-action/.test(action)) return 'image layers'
  if (/^(pre-commit\/action|hendrikmuhs\/|mozilla-actions\/|rharkor\/)/.test(action)) return 'build and tools'
  const path = step.with['path'] ?? step.with['paths'] ?? ''
  return path === ''
    ? 'dependencies'
    : path
        .trim()
        .split(/\s*\n\s*/)
        .join(', ')
}

/** What the pipelines keep from one run to the next, reached or not. */
export const pipelineCaches = gatherer<PipelineCache[], { pipelines: typeof pipelines; project: typeof project }>({
  id: 'pipeline-caches',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, project },
  gather: (_, { pipelines, project }) =>
    servingPurpose('cache', pipelines).map(found => ({
      ...found,
      keeps: keepsOf(found),
      flaw: flawOf(found, pipelines, project),
    })),
})
