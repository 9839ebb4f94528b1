import { Undecided } from '../core/item.ts'
import type { Module } from './code/values.ts'
import { isInScope, type Project } from './project.ts'
import type { Reach } from './reach.ts'

const isBuilt = (path: string): boolean => /(^|\/)(dist|build|out|lib)\//.test(path)

/**
 * The files of the server itself; what was built from them counts only where nothing else is there. Undecided for
 * languages that cannot be read.
 */
export const ownModules = ({ modules }: Pick<Reach, 'modules'>, project: Project): Module[] => {
  if (project.unread !== null) throw new Undecided(`no reader for ${project.unread}`)
  const own = modules.filter(({ path }) => isInScope(project, path))
  const authored = own.filter(({ path, language }) => language === 'python' || !isBuilt(path))
  const found = authored.length > 0 ? authored : own
  if (found.length === 0) throw new Undecided('no TypeScript, JavaScript or Python source of a server was read')
  return found
}
