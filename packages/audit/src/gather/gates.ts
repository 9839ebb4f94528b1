import { parse as parseYaml } from 'yaml'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { topicBranch } from './occasions.ts'
import { pipelines, type PipelineStep } from './pipelines.ts'
import { project } from './project.ts'
import type { Purposeful } from './purposes.ts'
import { mightBe, stagesOf } from './stages.ts'
import { checkIn, typeChecking } from './typecheck.ts'

export const gateKinds = ['lint', 'types', 'test'] as const
export type GateKind = (typeof gateKinds)[number]

/** A step that checks something, and whether its failure stops a change before it is merged. */
export interface Gate extends Purposeful {
  kind: GateKind
  /** It only looks at how the code is set out. */
  formats: boolean
  /** It runs for a pull request, or for each push to any branch. */
  beforeMerge: boolean
}

export interface Gates {
  steps: Gate[]
  /** Whether the language has types that a checker has to look at; a compiler does it for others. */
  needsTypes: boolean
  /** What may be such a check and cannot be read, by kind. */
  hidden: Partial<Record<GateKind, string>>
}

const isBeforeMerge = ({ occasions }: PipelineStep): boolean =>
  occasions.some(
    ({ event, ref }) =>
      /^(pull_request|pull_request_target|merge_group)$/.test(event) ||
      (event === 'push' && ref === `refs/heads/${topicBranch}`),
  )

const formatter =
  /^(prettier|black|isort|dprint|yapf|ruff-format|(ruff|biome|cargo|deno|go) (format|fmt)|gofmt|rustfmt)( |$)/

const gatesOf = (step: PipelineStep): Gate[] => {
  const place = { step, quiet: null, beforeMerge: isBeforeMerge(step), formats: false }
  const layouts = new Set(
    step.runs.filter(({ words }) => formatter.test(words.join(' '))).map(({ via }) => via.join(' → ')),
  )
  return [
    ...stagesOf(step).flatMap(({ stage, does, tolerated }): Gate[] =>
      stage === 'lint' || stage === 'test'
        ? [{ ...place, kind: stage, run: null, does, tolerated, formats: layouts.has(does) }]
        : [],
    ),
    ...step.runs.flatMap((run): Gate[] => {
      const [found] = checkIn({ ...run, tolerated: false }, '', step.at)
      const isSure = found !== undefined && (found.doubt === null || /^(tsup|tsdown|deno)$/.test(found.words[0] ?? ''))
      const tolerated = step.tolerated || run.tolerated
      return isSure ? [{ ...place, kind: 'types', run, does: run.via.join(' → '), tolerated }] : []
    }),
  ]
}

const hiddenTypes = ({ opaque, events }: PipelineStep): string | undefined =>
  events.length > 0 ? opaque.find(command => /type|check|build|lint/i.test(command)) : undefined

/** pre-commit.ci runs the hooks for each pull request, and its presence shows only in the settings it reads. */
const hookService = async (repository: Repository | undefined): Promise<string | undefined> => {
  try {
    const settings = parseYaml((await repository?.text('.pre-commit-config.yaml')) ?? '') as unknown
    const isThere = typeof settings === 'object' && settings !== null && 'ci' in settings
    return isThere ? 'pre-commit.ci, for which .pre-commit-config.yaml has settings' : undefined
  } catch {
    return undefined
  }
}

/** What a pipeline checks, and whether it stops a change before it is merged. */
export const gates = gatherer<
  Gates,
  { pipelines: typeof pipelines; typeChecking: typeof typeChecking; project: typeof project }
>({
  id: 'gates',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, typeChecking, project },
  gather: async ({ repository }, { pipelines: { steps }, typeChecking: { languages, isPlainJavaScript }, project }) => {
    const reached = steps.filter(({ events }) => events.length > 0)
    const first = (look: (step: PipelineStep) => string | null | undefined): string | undefined =>
      reached.map(look).find(found => typeof found === 'string') ?? undefined
    const service = await hookService(repository)
    const lint = first(step => mightBe(step, 'lint')) ?? service
    const types = first(hiddenTypes) ?? service
    const test = first(step => mightBe(step, 'test'))
    return {
      steps: steps.flatMap(gatesOf),
      needsTypes: project.unread === null && languages.some(language => language === 'python' || !isPlainJavaScript),
      hidden: { ...(lint ? { lint } : {}), ...(types ? { types } : {}), ...(test ? { test } : {}) },
    }
  },
})
