import type { Occasion } from './expressions.ts'
import { isMatch } from './ref-patterns.ts'
import type { Trigger, Workflow } from './workflows.ts'

const maxOccasions = 60

/** Stands for any branch on which somebody works. */
export const topicBranch = 'topic/change'

/** A later pattern with `!` takes away what an earlier one let in. */
const passes = (name: string, wanted: string[], ignored: string[]): boolean => {
  if (ignored.some(pattern => isMatch(pattern, name))) return false
  if (wanted.length === 0) return true
  let inside = false
  for (const pattern of wanted) if (isMatch(pattern, name)) inside = !pattern.startsWith('!')
  return inside
}

/** A name that a pattern lets through: `v*` → `v1`, `v[0-9]+` → `v1`. */
const example = (pattern: string): string =>
  pattern
    .replaceAll(/\[[^\]]*\]/g, '1')
    .replaceAll(/\*+/g, '1')
    .replaceAll(/[+?]/g, '')

const literalRefs = (workflow: Workflow): string[] => {
  const rules = [...(workflow.rules ?? []), ...workflow.jobs.flatMap(job => job.rules ?? [])].map(rule => rule.if)
  const conditions = [...workflow.jobs.flatMap(job => [job.if, ...job.steps.map(step => step.if)]), ...rules]
  return conditions.flatMap(condition =>
    [...(condition ?? '').matchAll(/'([^']+)'/g)].map(([, literal = '']) => literal),
  )
}

const refsOf = (trigger: Trigger, literals: string[]): string[] => {
  const { branches, branchesIgnore, tags, tagsIgnore } = trigger
  const filtersBranches = branches.length + branchesIgnore.length > 0
  const filtersTags = tags.length + tagsIgnore.length > 0
  const named = (kind: 'heads' | 'tags'): string[] =>
    literals.map(literal => literal.replace(new RegExp(`^refs/${kind}/`), '')).filter(name => !name.startsWith('refs/'))
  const heads = [
    'main',
    'master',
    topicBranch,
    ...branches.filter(pattern => !pattern.startsWith('!')).map(example),
    ...named('heads'),
  ]
  const marks = ['v1.2.3', '1.2.3', ...tags.filter(pattern => !pattern.startsWith('!')).map(example), ...named('tags')]
  return [
    ...(filtersTags && !filtersBranches
      ? []
      : heads.filter(name => passes(name, branches, branchesIgnore)).map(name => `refs/heads/${name}`)),
    ...(filtersBranches && !filtersTags
      ? []
      : marks.filter(name => passes(name, tags, tagsIgnore)).map(name => `refs/tags/${name}`)),
  ]
}

const eventsWithRefs = /^(push|create|workflow_dispatch)$/

/** The runs that the triggers of a workflow can set off, each as far as its conditions can tell them apart. */
export const occasionsOf = (workflow: Workflow, all: Workflow[]): Occasion[] => {
  const literals = literalRefs(workflow)
  const found = workflow.triggers.flatMap((trigger): Occasion[] => {
    const { event, types } = trigger
    if (event === 'workflow_call') return []
    if (event === 'workflow_run' && !all.some(({ name }) => trigger.workflows.some(wanted => isMatch(wanted, name))))
      return []
    const refs: (string | null)[] = eventsWithRefs.test(event)
      ? [...new Set(refsOf(trigger, literals))]
      : event === 'release'
        ? ['refs/tags/v1.2.3', 'refs/tags/1.2.3']
        : /^(schedule|workflow_run)$/.test(event)
          ? ['refs/heads/main', 'refs/heads/master']
          : event.startsWith('pull_request')
            ? ['refs/pull/1/merge']
            : [null]
    const usual = event.startsWith('pull_request')
      ? ['opened', 'synchronize', 'reopened']
      : event === 'release'
        ? ['published', 'created', 'released']
        : []
    const actions: (string | null)[] = types.length > 0 ? types : usual.length > 0 ? usual : [null]
    return refs.flatMap(ref => actions.map(action => ({ event, ref, action })))
  })
  return found.slice(0, maxOccasions)
}
