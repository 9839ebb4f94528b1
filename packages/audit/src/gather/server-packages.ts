import { closest } from '../core/closest.ts'
import { Refusal } from '../core/refusal.ts'
import type { Repository, Target } from '../core/target.ts'
import { readPackages } from './project.ts'
import { chooseScope, rank } from './scope.ts'

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

type Package = Awaited<ReturnType<typeof readPackages>>[number]

const dependenciesOf = (one: Package): string[] =>
  'bin' in one
    ? Object.keys({ ...one.dependencies, ...one.peerDependencies, ...one.devDependencies })
    : one.dependencies.map(({ name }) => name)

const plain = (name: string | null): string => (name ?? '').toLowerCase().replaceAll(/[-_.]+/g, '-')

/** The packages of the repository that a package is made of: itself and what it depends on there. */
const neededBy = (directory: string, all: Package[]): Set<string> => {
  const needed = new Set([directory])
  for (const folder of needed)
    for (const one of all.filter(each => each.directory === folder))
      for (const name of dependenciesOf(one))
        for (const other of all)
          if (other.name !== null && plain(other.name) === plain(name)) needed.add(other.directory)
  return needed
}

const isBelow = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`)

/** The repository as one of its packages sees it: without the packages that it has nothing to do with. */
const seenFrom = (repository: Repository, directory: string, all: Package[]): Repository => {
  const needed = neededBy(directory, all)
  const foreign = [...new Set(all.map(one => one.directory))].filter(
    folder => !needed.has(folder) && !isBelow(`${directory}/`, folder) && !isBelow(folder, directory),
  )
  if (foreign.length === 0) return repository
  return {
    root: repository.root,
    files: repository.files.filter(path => !foreign.some(folder => isBelow(path, folder))),
    exists: path => repository.exists(path),
    text: path => repository.text(path),
    leaveOut: (path, because) => repository.leaveOut(path, because),
    get notes() {
      return repository.notes
    },
  }
}

/** The target with its package, or one for each MCP server of a repository that has several and of which none was named. */
export const separated = async (target: Target): Promise<Target[]> => {
  const { repository } = target
  if (!repository) return [target]
  const all = await readPackages(repository)
  const only = (directory: string): Target => ({
    ...target,
    package: directory,
    repository: seenFrom(repository, directory, all),
  })
  if (target.package !== undefined) return [only(target.package)]
  const { others, directory } = chooseScope(all)
  const folders = [...new Set(others)]
  if (target.server || folders.length < 2) return directory === '' ? [target] : [only(directory)]
  // a package of another language may keep its version in the same folder
  const nameOf = (folder: string): string | null =>
    all.filter(one => one.directory === folder).toSorted((a, b) => rank(b) - rank(a))[0]?.name ?? null
  return folders.map(folder => ({
    ...only(folder),
    name: `${target.name}: ${nameOf(folder) ?? folder}`,
    journal: { ...target.journal, calls: new Map(), notCalled: [] },
  }))
}
