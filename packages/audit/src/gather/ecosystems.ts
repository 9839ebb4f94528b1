import { gatherer } from '../core/item.ts'
import { dockerfiles } from './dockerfiles.ts'
import { project, type Project } from './project.ts'
import { roleOf } from './roles.ts'
import { workflows } from './workflows.ts'

export const ecosystemNames = [
  'npm',
  'python',
  'docker',
  'github-actions',
  'go',
  'cargo',
  'nuget',
  'maven',
  'gradle',
  'bundler',
  'composer',
] as const
export type EcosystemName = (typeof ecosystemNames)[number]

/** Where dependencies come from that age: a package registry, base images, actions. */
export interface Ecosystem {
  name: EcosystemName
  /** Files that name the dependencies; the first one belongs to the server. */
  manifests: string[]
  /** Files that pin them; null where the ecosystem has none. */
  locks: string[] | null
}

export const directoryOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

const isAbove = (directory: string, below: string): boolean =>
  directory === '' || below === directory || below.startsWith(`${directory}/`)

/** Manifests of the server's package and of the folders around it. */
const around = <T extends { directory: string }>(all: T[], { scope }: Project): T[] =>
  all
    .filter(({ directory }) => isAbove(directory, scope.directory))
    .toSorted((a, b) => b.directory.length - a.directory.length)

const fromRegistry = (spec: string): boolean => !/^(workspace|file|link|portal):/.test(spec)

const npm = (found: Project): Ecosystem[] => {
  const used = around(found.node, found).filter(({ dependencies, devDependencies, optionalDependencies }) =>
    Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies }).some(fromRegistry),
  )
  const locks = found.lockFiles.filter(
    ({ path, tool }) => /^(npm|pnpm|yarn|bun)$/.test(tool) && isAbove(directoryOf(path), found.scope.directory),
  )
  return used.length > 0
    ? [{ name: 'npm', manifests: used.map(({ path }) => path), locks: locks.map(({ path }) => path) }]
    : []
}

/** All versions stand fixed in it. */
const isPinned = ({ entries }: Project['requirements'][number]): boolean =>
  entries.length > 0 && entries.every(({ spec }) => /===?\s*\d|@\s*\S/.test(spec))

const python = (found: Project): Ecosystem[] => {
  const projects = around(found.python, found).filter(
    ({ dependencies, groups }) => dependencies.length > 0 || Object.keys(groups).length > 0,
  )
  const requirements = found.requirements.filter(
    ({ path, entries }) =>
      entries.length > 0 && roleOf(path) === 'server' && isAbove(directoryOf(path), found.scope.directory),
  )
  const manifests = [...projects, ...requirements].map(({ path }) => path)
  const locks = found.lockFiles.filter(
    ({ path, tool }) => /^(uv|poetry|pdm|pipenv)$/.test(tool) && isAbove(directoryOf(path), found.scope.directory),
  )
  const pinned = requirements.filter(isPinned)
  return manifests.length > 0
    ? [{ name: 'python', manifests, locks: [...locks, ...pinned].map(({ path }) => path) }]
    : []
}

const others: [name: EcosystemName, manifest: RegExp, lock: RegExp | null][] = [
  ['go', /^go\.mod$/, /^go\.sum$/],
  ['cargo', /^Cargo\.toml$/, /^Cargo\.lock$/],
  ['nuget', /\.(cs|fs)proj$|^Directory\.Packages\.props$/, null],
  ['maven', /^pom\.xml$/, null],
  ['gradle', /^build\.gradle(\.kts)?$/, null],
  ['bundler', /^Gemfile$/, /^Gemfile\.lock$/],
  ['composer', /^composer\.json$/, /^composer\.lock$/],
]

const elsewhere = (files: readonly string[], { scope }: Project): Ecosystem[] => {
  const own = files.filter(path => roleOf(path) === 'server' && isAbove(scope.directory, directoryOf(path)))
  const named = (pattern: RegExp): string[] =>
    own.filter(path => pattern.test(path.slice(path.lastIndexOf('/') + 1))).toSorted((a, b) => a.length - b.length)
  return others.flatMap(([name, manifest, lock]): Ecosystem[] => {
    const manifests = named(manifest)
    return manifests.length > 0 ? [{ name, manifests, locks: lock && named(lock) }] : []
  })
}

/** What the server depends on that is published by others, with the files that name and pin it. */
export const ecosystems = gatherer<
  Ecosystem[],
  { project: typeof project; dockerfiles: typeof dockerfiles; workflows: typeof workflows }
>({
  id: 'ecosystems',
  impact: 'read',
  from: 'repository',
  needs: { project, dockerfiles, workflows },
  gather: ({ repository }, { project, dockerfiles, workflows }) => {
    const images = dockerfiles.filter(
      ({ path, stages }) =>
        roleOf(path) === 'server' && stages.some(({ image }) => image !== 'scratch' && !image.includes('$')),
    )
    const uses = workflows.workflows.filter(
      ({ forge, jobs }) =>
        forge === 'github' &&
        jobs.some(job => [job.uses, ...job.steps.map(step => step.uses)].some(each => each && !each.startsWith('./'))),
    )
    const foreign: Ecosystem[] = [
      { name: 'docker', manifests: images.map(({ path }) => path), locks: null },
      { name: 'github-actions', manifests: uses.map(({ path }) => path), locks: null },
    ]
    return [
      ...npm(project),
      ...python(project),
      ...foreign.filter(({ manifests }) => manifests.length > 0),
      ...elsewhere(repository?.files ?? [], project),
    ]
  },
})
