import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown } from '../../core/verdict.ts'
import { pipelines } from '../../gather/pipelines.ts'
import { published } from '../../gather/published.ts'
import { mightBe } from '../../gather/stages.ts'
import { storedArtifacts, type StoredArtifact } from '../../gather/stored-artifacts.ts'
import { falling, happens, placeOf, unread, withoutPipeline } from '../pipeline-evidence.ts'

const wanted = 'a step that keeps what the pipeline builds: with the run, in a release or in a registry'

const whyNot = ({ step, flaw }: StoredArtifact): string | null => step.never ?? flaw

const item: Item = {
  id: 'build-artifacts',
  area: 'delivery',
  rows: [125],
  title: 'What the pipeline builds is kept',
  level: 'should',
  why: 'What was tested and thrown away has to be built again for the release or the investigation, and then it is another artefact than the one that was tested.',
  how: 'Keep what the pipeline builds: actions/upload-artifact with the folder the build writes and `if-no-files-found: error`, files attached to the release, a package or an image pushed to a registry.',
  refs: ['https://docs.github.com/en/actions/concepts/workflows-and-actions/workflow-artifacts'],
  checks: [
    check({
      asks: 'Does the pipeline keep what it builds, where it can be fetched again?',
      needs: { storedArtifacts, pipelines, published },
      judge: ({ storedArtifacts: found, pipelines, published }) => {
        const nothing = withoutPipeline(pipelines, published, wanted)
        if (nothing) return nothing
        const empty = found.flatMap(({ step, what, flaw }) =>
          flaw === null || step.never !== null
            ? []
            : [{ at: step.at, line: step.line, saw: `${placeOf(step)} keeps ${what}, but ${flaw}`, wanted }],
        )
        const working = found.filter(each => whyNot(each) === null)
        if (empty.length + working.length > 0)
          return judged(
            empty,
            working
              .slice(0, 8)
              .map(each => happens(`Kept in ${each.where}${each.what ? ` (${each.what})` : ''}`, each)),
            '',
          )
        const hidden = pipelines.steps
          .map(step => (step.events.length > 0 ? mightBe(step, 'deploy') : null))
          .find(each => each !== null)
        const because = unread(pipelines) ?? (hidden ? `${hidden} may publish something` : null)
        if (because && found.length === 0) return unknown(`no step that keeps anything was found, and ${because}`)
        const fallen = found.map((each): [StoredArtifact, string] => [each, whyNot(each) ?? ''])
        return fail(falling('Kept', wanted, fallen, pipelines.refused))
      },
    }),
  ],
}

export default item
