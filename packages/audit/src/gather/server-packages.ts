import { closest } from '../core/closest.ts'
import { Refusal } from '../core/refusal.ts'
import type { Repository, Target } from '../core/target.ts'
import { readPackages } from './project.ts'
import { chooseScope } from './scope.ts'

/**
 * The folder of a package, named by its name or its folder; empty for the root.
 * @throws Refusal when there is none.
 */
export const packageFolder = async (repository: Repository, named: string): Promise<string> => {
  const all = await readPackages(repository)
  const folder = named.replace(/^\.\/|\/+$/g, '')
  const found = all.find(({ name }) => name === named) ?? all.find(({ directory }) => directory === folder)
  if (found) return found.directory
  const names = all.map(({ name, directory }) => name ?? directory)
  const near = closest(named, names)
  const known = names.length === 0 ? 'leave --package out' : `its packages are ${names.slice(0, 8).join(', ')}`
  throw new Refusal(`there is no package «${named}»`, near ? `did you mean ${near}?` : known)
}

/** One target for each MCP server of a repository that has several and of which none was named. */
export const separated = async (target: Target): Promise<Target[]> => {
  const { repository } = target
  if (!repository || target.server || target.package !== undefined) return [target]
  const all = await readPackages(repository)
  const folders = [...new Set(chooseScope(all).others)]
  if (folders.length < 2) return [target]
  return folders.map(directory => ({
    ...target,
    name: `${target.name}: ${all.find(one => one.directory === directory)?.name ?? directory}`,
    package: directory,
    journal: { ...target.journal, calls: new Map(), notCalled: [] },
  }))
}
