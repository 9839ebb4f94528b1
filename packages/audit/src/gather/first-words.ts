import { gatherer } from '../core/item.ts'
import { ownModules } from './own-modules.ts'
import { programPolicies, startsPrograms } from './policies/programs.ts'
import { statementPolicies } from './policies/statements.ts'
import { writtenIn, type FirstWord } from './policies/words.ts'
import { project } from './project.ts'
import { reach } from './reach.ts'

export type { FirstWord }

/** Rules about programs and statements that are decided by the first word, as it is written. */
export const firstWords = gatherer<FirstWord[], { reach: typeof reach; project: typeof project }>({
  id: 'first-words',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = new Set(ownModules(reach, project))
    const functions = [...reach.graph.functions].flatMap(([of, module]) =>
      own.has(module) ? [writtenIn(of, module, reach)] : [],
    )
    const programs = programPolicies(functions, reach)
    return [
      ...(programs.length > 0 && startsPrograms(reach) ? programs : []),
      ...statementPolicies(functions, own, reach),
    ]
  },
})
