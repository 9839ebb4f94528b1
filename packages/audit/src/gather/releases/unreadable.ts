import { gatherer } from '../../core/item.ts'
import { pipelines } from '../pipelines.ts'
import { isPublished, published } from '../published.ts'
import { mightBe } from '../stages.ts'

/** What may release the package and cannot be read from here; null when everything can. */
export const unreadable = gatherer<
  { because: string | null },
  { pipelines: typeof pipelines; published: typeof published }
>({
  id: 'unreadable-release',
  impact: 'read',
  from: 'repository',
  needs: { pipelines, published },
  gather: (_, { pipelines: { steps, elsewhere, otherSystems }, published }) => {
    if (isPublished(published)) return { because: `this is ${published.what}; its pipeline is not part of it` }
    const [called] = elsewhere
    if (called) return { because: `${called.uses} (${called.at}:${called.line}) cannot be read from here` }
    if (otherSystems[0]) return { because: `the pipeline is written for a system that is not read: ${otherSystems[0]}` }
    for (const step of steps) {
      const found = step.events.length > 0 ? mightBe(step, 'deploy') : null
      if (found) return { because: `${found} (${step.at}:${step.line}) may do it: that cannot be read from here` }
    }
    return { because: null }
  },
})
