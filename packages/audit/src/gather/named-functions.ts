import { gatherer } from '../core/item.ts'
import { inPython } from './code/python-walks.ts'
import { inTypeScript } from './code/typescript-walks.ts'
import { pythonFunctions } from './functions/python.ts'
import { typescriptFunctions } from './functions/typescript.ts'
import type { NamedFunction } from './functions/function.ts'
import { authoredSources } from './lint.ts'
import { project } from './project.ts'
import { trees } from './trees.ts'

export type { NamedFunction }

export interface NamedFunctions {
  functions: NamedFunction[]
  /** Source files of the server that were read. */
  files: number
}

/** The functions and methods of the server that have names, with what is said about them. */
export const namedFunctions = gatherer<NamedFunctions, { trees: typeof trees; project: typeof project }>({
  id: 'named-functions',
  impact: 'read',
  from: 'repository',
  needs: { trees, project },
  gather: async (_, { trees: files, project: found }) => {
    const own = authoredSources(files.sources, found).filter(
      ({ role, path }) => role === 'server' && !isSetup.test(path),
    )
    const functions = await Promise.all([inTypeScript(own, typescriptFunctions), inPython(own, pythonFunctions)])
    return { functions: functions.flat(2), files: own.length }
  },
})

const isSetup = /(^|\/)(\.[^/]*|[^/]*\.config)\.[mc]?[jt]s$|(^|\/)(setup|noxfile|tasks|conftest)\.py$/
