import { gatherer } from '../core/item.ts'
import { modules, type Modules } from './code/modules.ts'
import { openSections, type Sections } from './code/sections.ts'
import type { Module } from './code/values.ts'
import { openEntries } from './reached/entries.ts'
import { pathsFrom } from './reached/files.ts'
import { isInScope, project } from './project.ts'
import { trees } from './trees.ts'
import { makesServer, mayBeStarted, openUnused } from './unused-files.ts'

export interface Entered extends Modules, Sections {
  /** Nothing names it, where it is not known what the entries lead to. */
  isUnused(module: Module): boolean
}

/**
 * The source without the files that nothing leads to: where what starts the server is known, and all that is loaded from there
 * can be told, the rest is never run with it. All of it where one of both is not certain.
 */
export const entered = gatherer<Entered, { modules: typeof modules; trees: typeof trees; project: typeof project }>({
  id: 'entered',
  impact: 'read',
  from: 'repository',
  needs: { modules, trees, project },
  gather: async ({ repository }, { modules, trees, project }) => {
    const sources = [...trees.sources, ...trees.bundles]
    const sections = openSections(sources)
    if (!repository) return { ...modules, ...sections, isUnused: () => false }
    const entries = await openEntries(repository, project, modules.places)
    const [typescript = null, python = null] = (['typescript', 'python'] as const).map(language => {
      const starts = entries(language)
      if (starts === null) return null
      const all = sources.filter(source => source.language === language)
      const own = all.filter(({ path, role }) => role === 'server' && isInScope(project, path))
      const others = own.filter(({ path }) => mayBeStarted(path)).map(({ path }) => path)
      const reached = pathsFrom([...starts, ...others], all, modules.places)
      const isMissed = own.some(one => reached?.has(one.path) === false && makesServer(one))
      return reached === null || isMissed ? null : reached
    })
    const leadTo = ({ language }: Module): ReadonlySet<string> | null => (language === 'python' ? python : typescript)
    const isNamedNowhere = openUnused(trees.sources, project)
    return {
      ...modules,
      ...sections,
      all: modules.all.filter(module => leadTo(module)?.has(module.path) !== false),
      isUnused: module => leadTo(module) === null && isNamedNowhere(module),
    }
  },
})
