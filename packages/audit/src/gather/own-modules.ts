import { Undecided } from '../core/item.ts'
import type { Module } from './code/values.ts'
import { isInScope, type Project } from './project.ts'
import type { Entry, Reach } from './reach.ts'

const isBuilt = (path: string): boolean => /(^|\/)(dist|build|out|lib)\//.test(path)

/**
 * The files of the server itself; what was built from them counts only where nothing else is there. Undecided for
 * languages that cannot be read.
 */
export const ownModules = (
  { modules, entries }: Pick<Reach, 'modules'> & { entries?: Entry[] },
  project: Project,
): Module[] => {
  if (project.unread !== null) throw new Undecided(`no reader for ${project.unread}`)
  const own = modules.filter(({ path }) => isInScope(project, path))
  const authored = own.filter(({ path, language }) => language === 'python' || !isBuilt(path))
  // a file that only starts what was built is not the server
  const serving = new Set((entries ?? []).flatMap(({ functions }) => functions.map(({ module }) => module)))
  const isBeside = serving.size > 0 && !authored.some(module => serving.has(module))
  const found = authored.length > 0 && !isBeside ? authored : own
  if (found.length === 0) throw new Undecided('no TypeScript, JavaScript or Python source of a server was read')
  return found
}

/** Those whose style and care can be judged: in minified files those of libraries cannot be told from the server's. */
export const legibleModules = (reach: Pick<Reach, 'modules'> & { entries?: Entry[] }, project: Project): Module[] =>
  ownModules(reach, project).filter(({ minified }) => !minified)
