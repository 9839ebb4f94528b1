import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown } from '../../core/verdict.ts'
import { conditions } from '../../gather/conditions.ts'
import { pipelines } from '../../gather/pipelines.ts'
import { published } from '../../gather/published.ts'
import { unread, withoutPipeline } from '../pipeline-evidence.ts'

const wanted = 'triggers and conditions that let work run when it is needed, and only then'

const item: Item = {
  id: 'conditional-workflows',
  area: 'delivery',
  rows: [124],
  title: 'Workflows run when they are needed',
  level: 'may',
  why: 'When everything runs for everything, people wait for what does not concern them and learn to ignore it; and a condition that nothing satisfies is work that silently never happens.',
  how: 'Filter triggers by `paths`, publish on tags or releases only, let a newer run cancel the older one (`concurrency` with `cancel-in-progress`), and remove conditions that no trigger of the workflow can satisfy.',
  refs: [
    'https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax',
    'https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency',
  ],
  checks: [
    check({
      asks: 'Do the pipelines choose what runs by what changed and why?',
      needs: { conditions, pipelines, published },
      judge: ({ conditions, pipelines, published }) => {
        const nothing = withoutPipeline(pipelines, published, wanted)
        if (nothing) return nothing
        const broken = conditions.flatMap(({ what, at, line, flaw }) =>
          flaw === null ? [] : [{ at, line, saw: `${what}: ${flaw}`, wanted }],
        )
        const working = conditions.flatMap(({ what, at, line, flaw }) =>
          flaw === null ? [{ at, line, saw: what }] : [],
        )
        if (broken.length + working.length > 0) return judged(broken, working.slice(0, 12), '')
        const because = unread(pipelines)
        if (because) return unknown(`no condition was found, and ${because}`)
        const [refusal] = pipelines.refused
        const [first] = pipelines.steps
        if (!first && refusal)
          return fail({ at: refusal.path, line: refusal.line, saw: `this file is refused: ${refusal.message}`, wanted })
        const at = first?.workflow.path ?? '.github/workflows'
        return fail({ at, saw: 'everything runs for each of its triggers, without a filter or a condition', wanted })
      },
    }),
  ],
}

export default item
