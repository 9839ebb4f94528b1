import { gatherer } from '../core/item.ts'
import type { AnswerCache } from './answer-caches/cache.ts'
import { libraryCaches } from './answer-caches/libraries.ts'
import { ownCaches } from './answer-caches/own.ts'
import { modules } from './code/modules.ts'
import { openResolver } from './code/resolve.ts'
import { openPerCall } from './data-access/per-call.ts'
import { isInScope, project } from './project.ts'
import { reach } from './reach.ts'
import { registrations } from './registrations.ts'

export interface AnswerCaches {
  found: AnswerCache[]
  /** Source files of the server that were looked at. */
  files: number
}

/** The caches of the server's source, with what bounds them. */
export const answerCaches = gatherer<
  AnswerCaches,
  { modules: typeof modules; project: typeof project; registrations: typeof registrations; reach: typeof reach }
>({
  id: 'answer-caches',
  impact: 'read',
  from: 'repository',
  needs: { modules, project, registrations, reach },
  gather: (_, { modules: source, project, registrations, reach }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    const perCall = openPerCall(own, registrations, resolver)
    const found = own.flatMap(module => [
      ...libraryCaches(module, own, resolver),
      ...ownCaches(module, own, reach, perCall),
    ])
    return { found, files: own.length }
  },
})
