import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { pipelines } from '../../gather/pipelines.ts'
import { flawOf, procedures, type Procedure } from '../../gather/procedures.ts'
import { isPublished, published } from '../../gather/published.ts'
import { isReached, stepEvidence } from '../../gather/releases/places.ts'

/** Commands that do nothing else; the others, such as `docker run`, start a version like any other. */
const onlyGoesBack =
  /\b(npm (deprecate|unpublish)|kubectl rollout undo|helm rollback|rollback|cargo yank)\b|--rollback\b/i

/** Commands that put an earlier version in the place of the current one. */
const goesBack =
  /\b(npm (dist-tag add|deprecate|unpublish)|kubectl rollout undo|helm rollback|docker service (update --rollback|rollback)|(heroku|vercel|netlify|wrangler|argocd app|fly|railway|cf)( \w+)? rollback|gcloud run services update-traffic|gh workflow run \S*roll-?back\S*|git revert|cargo yank)\b|\b(npm (i|install)|npx|pnpm (add|dlx)|bunx)\b[^\n]{0,120} \S{1,80}@[\w.<$"{X-]|\b(pip install|uvx|uv (tool install|pip install|add)|pipx install)\b[^\n]{0,120} ["']?[\w.-]{1,80}(==|@)[\w.<$"{X-]|\bdocker (pull|run|compose|tag|buildx imagetools)\b[^\n]{0,120}\w:[\w.<$"{X-]|\byank\b/i

const evidenceOf = ({ path, line, title, steps, about }: Procedure): Evidence => ({
  at: path,
  line,
  saw: `«${title}»: ${steps} steps, about ${about}`,
})

const item: Item = {
  id: 'rollback',
  area: 'delivery',
  rows: [134, 167],
  title: 'A bad release can be taken back',
  level: 'should',
  why: 'While a bad release hurts users there is no time to find out how to take it back.',
  how: 'Write down the commands that put the last good version back: `npm dist-tag add NAME@VERSION latest` and `npm deprecate`, a yank on PyPI, `kubectl rollout undo` or the former image tag; better, make them a workflow that is started by hand with the version.',
  refs: [
    'https://docs.npmjs.com/cli/commands/npm-dist-tag',
    'https://docs.pypi.org/project-management/yanking/',
    'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment',
  ],
  checks: [
    check({
      asks: 'Are there commands or a workflow that put the version before back?',
      rows: [134],
      needs: { procedures, pipelines, published },
      judge: ({ procedures: { rollback }, pipelines: { steps }, published }) => {
        const wanted = 'a workflow, or commands for this package, that put an earlier version back'
        const inPipelines = steps.flatMap(step => {
          const isMeant = /roll[\s-]?back|revert|undo/i.test(
            `${step.workflow.name} ${step.workflow.path} ${step.job.id}`,
          )
          const known = isMeant ? goesBack : onlyGoesBack
          const run = isReached(step)
            ? step.runs.find(({ words }) => known.test(words.join(' ').slice(0, 500)))
            : undefined
          return run ? [stepEvidence(step, run.words.join(' '))] : []
        })
        const written = rollback.flatMap(procedure => {
          const { commands, text, path, line } = procedure
          const found = goesBack.exec(
            [...commands.map(words => words.join(' ')), text].join('\n').slice(0, 20_000),
          )?.[0]
          return found && flawOf(procedure) === null ? [{ at: path, line, saw: found }] : []
        })
        if (inPipelines.length + written.length > 0) return judged([], [...inPipelines, ...written], 'not reached')
        if (isPublished(published)) return unknown(`this is ${published.what}; its runbooks need not be part of it`)
        const [first] = rollback
        if (!first) return fail({ at: 'docs', saw: 'no command that takes a release back', wanted })
        return fail({ at: first.path, line: first.line, saw: `«${first.title}» has no command that does it`, wanted })
      },
    }),
    check({
      asks: 'Is it written down how to take a release back?',
      rows: [167],
      needs: { procedures, published },
      judge: ({ procedures: { rollback }, published }) => {
        const wanted = 'a section with the steps that take a release of this package back'
        const good = rollback.filter(procedure => flawOf(procedure) === null).map(evidenceOf)
        if (good.length > 0) return judged([], good, 'not reached')
        if (isPublished(published)) return unknown(`this is ${published.what}; its runbooks need not be part of it`)
        const flawed = rollback.map(procedure => ({
          at: procedure.path,
          line: procedure.line,
          saw: `«${procedure.title}»: ${flawOf(procedure)}`,
          wanted,
        }))
        return judged(flawed.length > 0 ? flawed : [{ at: 'docs', saw: 'nothing about rolling back', wanted }], [], '')
      },
    }),
  ],
}

export default item
