import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown } from '../../core/verdict.ts'
import { pipelineCaches, type PipelineCache } from '../../gather/pipeline-caches.ts'
import { pipelines } from '../../gather/pipelines.ts'
import { runsForChanges } from '../../gather/purposes.ts'
import { published } from '../../gather/published.ts'
import { falling, happens, unread, withoutPipeline } from '../pipeline-evidence.ts'

const wanted = 'a cache of the dependencies, found again by a key that changes with the lock file'

const whyNot = ({ step, flaw }: PipelineCache): string | null =>
  step.never ?? flaw ?? (runsForChanges(step) ? null : `it is used on ${step.events.join(', ')} only`)

const item: Item = {
  id: 'ci-caching',
  area: 'delivery',
  rows: [122],
  title: 'Caches in the pipeline',
  level: 'may',
  why: 'A pipeline that downloads and builds everything anew each time is slow, and fails whenever a registry does.',
  how: 'Let the set-up action keep the downloads (`cache: npm` of actions/setup-node, `enable-cache: true` of astral-sh/setup-uv), or use actions/cache with a key made of the hash of the lock file.',
  refs: ['https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching'],
  checks: [
    check({
      asks: 'Does the pipeline keep dependencies or builds from one run to the next?',
      needs: { caches: pipelineCaches, pipelines, published },
      judge: ({ caches, pipelines, published }) => {
        const nothing = withoutPipeline(pipelines, published, wanted)
        if (nothing) return nothing
        const working = caches.filter(each => whyNot(each) === null)
        const places = [...new Map(working.map(each => [`${each.step.at}:${each.step.line}`, each])).values()]
        if (places.length > 0)
          return judged(
            [],
            places.slice(0, 12).map(each => happens(`Cache of ${each.keeps}`, each)),
            '',
          )
        const because = unread(pipelines)
        if (because && caches.length === 0) return unknown(`no cache was found, and ${because}`)
        return fail(
          falling(
            'Cache',
            wanted,
            caches.map(each => [each, whyNot(each) ?? '']),
            pipelines.refused,
          ),
        )
      },
    }),
  ],
}

export default item
