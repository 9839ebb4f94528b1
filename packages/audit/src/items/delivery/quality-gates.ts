import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { gateKinds, gates, type Gate, type GateKind } from '../../gather/gates.ts'
import { pipelines } from '../../gather/pipelines.ts'
import { published } from '../../gather/published.ts'
import { falling, happens, unread, withoutPipeline } from '../pipeline-evidence.ts'

const title: Record<GateKind, string> = { lint: 'Lint', types: 'Types', test: 'Tests' }
const wanted = 'a step that fails the pull request, without `continue-on-error` or `|| true`'

const whyNot = ({ step, tolerated, beforeMerge }: Gate): string | null => {
  if (step.never !== null) return step.never
  if (!beforeMerge) return `it runs on ${step.events.join(', ')} only, when the change is merged already`
  return tolerated ? 'its failure is ignored' : null
}

/** Where there is a linter, it has to be the gate; a check of the layout alone stands for one where there is none. */
const lintersFirst = (found: Gate[]): Gate[] => {
  const linters = found.filter(({ formats }) => !formats)
  return linters.length > 0 ? linters : found
}

/** Nearest to a gate first: one that runs for pull requests, then one that runs at all. */
const fallenOf = (found: Gate[]): [Gate, string][] =>
  found.toSorted((a, b) => Number(b.beforeMerge) - Number(a.beforeMerge)).map(gate => [gate, whyNot(gate) ?? ''])

const item: Item = {
  id: 'quality-gates',
  area: 'delivery',
  rows: [129],
  title: 'Lint, types and tests stop a bad change',
  level: 'must',
  why: 'A check whose failure is ignored, or that runs after the merge, tells only afterwards what is broken for everybody.',
  how: 'Run the linter, the type-checker and the tests on `pull_request`, each as a step whose failure fails the job: no `continue-on-error`, no `|| true`, no pipe that swallows the status.',
  refs: [
    'https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks',
  ],
  checks: [
    check({
      asks: 'Do lint, types and tests fail a pull request?',
      needs: { gates, pipelines, published },
      judge: ({ gates, pipelines, published }) => {
        const nothing = withoutPipeline(pipelines, published, wanted)
        if (nothing) return nothing
        const broken: Evidence[] = []
        const proven: Evidence[] = []
        const open: string[] = []
        for (const kind of gateKinds.filter(each => each !== 'types' || gates.needsTypes)) {
          const found = lintersFirst(gates.steps.filter(gate => gate.kind === kind))
          const working = found.find(gate => whyNot(gate) === null)
          const hidden = gates.hidden[kind] ?? unread(pipelines)
          if (working) proven.push(happens(title[kind], working))
          else if (found.length === 0 && hidden) open.push(`no gate for ${kind} was found; what may be one: ${hidden}`)
          else broken.push(falling(title[kind], wanted, fallenOf(found), pipelines.refused))
        }
        return broken.length === 0 && open.length > 0 ? unknown(open.join('; ')) : judged(broken, proven, '')
      },
    }),
  ],
}

export default item
