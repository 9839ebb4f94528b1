import { gatherer } from '../core/item.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach } from './reach.ts'
import { secretsIn } from './secrets/shown.ts'
import { handlersOf, openShown, returnedBy } from './shown-values.ts'

/** A credential that goes to the client: in an answer, or in the text of an error. */
export interface AnsweredSecret {
  /** `process.env`, or the name of the credential. */
  what: string
  in: 'an answer' | 'the text of an error'
  file: string
  line: number
}

/** Credentials in what tools answer, and in the errors that they end in. */
export const answeredSecrets = gatherer<AnsweredSecret[], { reach: typeof reach; project: typeof project }>({
  id: 'answered-secrets',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = new Set(ownModules(reach, project))
    const shownIn = openShown(reach, { shownBy: (value, place) => secretsIn(value, place, reach.resolver) })
    const found: AnsweredSecret[] = []
    for (const [of, module] of handlersOf(reach))
      if (own.has(module))
        for (const { value, line } of returnedBy(of, module, reach))
          for (const { what, module: other, line: at } of shownIn(value, { module, line }))
            found.push({ what, in: 'an answer', file: other.path, line: at })
    for (const [of, module] of reach.graph.functions)
      if (own.has(module))
        for (const { value, line } of reach.bodies.of(module, of).throws)
          for (const given of value.is === 'call' ? value.arguments : [])
            for (const what of secretsIn(given, { module, frames: [] }, reach.resolver))
              found.push({ what, in: 'the text of an error', file: module.path, line })
    return [...new Map(found.map(one => [`${one.file} ${one.line}`, one])).values()]
  },
})
