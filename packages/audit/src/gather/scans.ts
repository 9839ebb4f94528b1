import { gatherer } from '../core/item.ts'
import { pipelines, type Pipelines, type PipelineStep } from './pipelines.ts'
import { project, type Project } from './project.ts'
import { servingPurpose, type Purposeful } from './purposes.ts'
import { ruffSettings } from './ruff-settings.ts'
import { securityLinting } from './security-linting.ts'
import { sourceTrees } from './trees.ts'

export type ScanKind = 'sast' | 'dependencies' | 'secrets'

export interface Scan extends Purposeful {
  /** Why it looks at nothing of this project; null when it does. */
  flaw: string | null
}

export interface Scans extends Record<ScanKind, Scan[]> {
  /** Scans that a template or a reusable workflow of others is known to do. */
  included: { kind: ScanKind; uses: string; at: string; line: number }[]
}

/** What is known of workflows elsewhere. */
const known: [uses: RegExp, kind: ScanKind][] = [
  [/^google\/osv-scanner-action\/\.github\/workflows\/osv-scanner-reusable/, 'dependencies'],
  [/"(Jobs|Security)\/SAST(\.latest)?\.gitlab-ci\.yml"/, 'sast'],
  [/"(Jobs|Security)\/Dependency-Scanning(\.latest)?\.gitlab-ci\.yml"/, 'dependencies'],
  [/"(Jobs|Security)\/Secret-Detection(\.latest)?\.gitlab-ci\.yml"/, 'secrets'],
]

const sameJob = (step: PipelineStep, { steps }: Pipelines): PipelineStep[] =>
  steps.filter(other => other.workflow.path === step.workflow.path && other.job.id === step.job.id)

const codeqlNames: [language: keyof Project['languages'], name: RegExp][] = [
  ['typescript', /javascript|typescript/],
  ['javascript', /javascript|typescript/],
  ['python', /python/],
]

/** CodeQL looks at the languages that its first step names, or at those that it finds itself. */
const codeqlFlaw = (step: PipelineStep, all: Pipelines, { languages }: Project): string | null => {
  const init = sameJob(step, all).find(({ step: { uses } }) => /^github\/codeql-action\/init(@|$)/.test(uses ?? ''))
  if (!init) return 'no step github/codeql-action/init of the same job comes before it'
  if (init.never !== null) return `its init step never runs: ${init.never}`
  const asked = init.step.with['languages'] ?? ''
  const named = /\$\{\{\s*matrix\.([\w.-]+)\s*\}\}/.exec(asked)?.[1]
  const values = named === undefined ? [asked] : (init.combinations ?? []).map(each => each[named] ?? '')
  if (values.every(value => value === '') || values.some(value => value.includes('${{'))) return null
  const own = codeqlNames.filter(([language]) => languages[language] > 0)
  return own.length === 0 || own.some(([, name]) => values.some(value => name.test(value)))
    ? null
    : `it looks at ${values.join(', ')} only`
}

const reviewFlaw = ({ events, step }: PipelineStep): string | null =>
  events.some(event => /^(pull_request|pull_request_target|merge_group)$/.test(event)) || 'base-ref' in step.with
    ? null
    : 'it compares the two sides of a pull request, and no pull request starts it'

const flawOf = (found: Purposeful, all: Pipelines, project: Project): string | null => {
  const uses = found.step.step.uses ?? ''
  if (found.run !== null || found.step.never !== null) return null
  if (uses.startsWith('github/codeql-action/')) return codeqlFlaw(found.step, all, project)
  return uses.startsWith('actions/dependency-review-action') ? reviewFlaw(found.step) : null
}

/** The scans of the pipelines for faults in the code, for known holes in dependencies and for secrets. */
export const scans = gatherer<
  Scans,
  { pipelines: typeof pipelines; project: typeof project; trees: typeof sourceTrees }
>({
  id: 'scans',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, project, trees: sourceTrees },
  gather: async ({ repository }, { pipelines, project, trees }) => {
    const of = (kind: ScanKind): Scan[] =>
      servingPurpose(kind, pipelines).map(found => ({ ...found, flaw: flawOf(found, pipelines, project) }))
    const ruff = repository ? await ruffSettings(repository, project) : null
    const linting = repository ? await securityLinting(repository, pipelines, ruff?.settings ?? {}, trees) : []
    return {
      sast: [...of('sast'), ...linting.map(found => ({ ...found, flaw: null }))],
      dependencies: of('dependencies'),
      secrets: of('secrets'),
      included: pipelines.elsewhere.flatMap(each =>
        known.flatMap(([uses, kind]) => (uses.test(each.uses) ? [{ ...each, kind }] : [])),
      ),
    }
  },
})
