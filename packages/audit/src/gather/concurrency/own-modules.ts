import type { Modules } from '../code/modules.ts'
import type { Module } from '../code/values.ts'
import { isInScope, type Project } from '../project.ts'

const isBuilt = (path: string): boolean => /(^|\/)(dist|build|out)\//.test(path)
/** So many functions in one built file are mostly those of bundled libraries. */
const maxFunctions = 2500

/** The files that the authors of the server wrote; what was built from them when that is all there is. */
export const ownModules = ({ all }: Modules, project: Project): Module[] => {
  const own = all.filter(({ path, minified }) => !minified && isInScope(project, path))
  const authored = own.filter(({ path }) => !isBuilt(path))
  return authored.length > 0 ? authored : own.filter(({ functions }) => functions.length <= maxFunctions)
}
