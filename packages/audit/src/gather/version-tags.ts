import { gatherer } from '../core/item.ts'
import { forge } from './forge.ts'
import { gitFacts, type GitFacts } from './git.ts'
import { project, type Project } from './project.ts'
import { compareVersions, parseVersion, type Version } from './versions.ts'

export interface VersionTag {
  tag: string
  version: Version
}

export interface VersionTags {
  /** Where they come from: the history, or the answer of the forge. */
  from: string
  /** Tags that are versions of the package in scope, newest first. */
  tags: VersionTag[]
  /** Other tags. */
  others: string[]
  /** Why tags may be missing; null when all are known. */
  partial: string | null
}

/** Names by which the tags of one package of a monorepo begin: `weather@1.0.0`, `weather-v1.0.0`, `packages/weather/v1.0.0`. */
const prefixOf = (tag: string): string => /^(.*?)[@/_-]?v?\d+\.\d+[^/@]*$/.exec(tag.slice(0, 200))?.[1] ?? ''

/** Whether a tag may be one of the package in scope: it has its name or its folder, or no name. */
export const isOwnTag = (tag: string, { scope }: Project): boolean => {
  const prefix = prefixOf(tag)
  const short = scope.name?.replace(/^@[^/]+\//, '') ?? ''
  const folder = scope.directory.slice(scope.directory.lastIndexOf('/') + 1)
  return (
    prefix === '' ||
    /^(release|rel|version|ver|r|py|python|js|ts|server|mcp)$/i.test(prefix) ||
    [scope.name, short, folder, scope.directory].includes(prefix)
  )
}

const versionIn = (tag: string): Version | null => parseVersion(/(?:^|[@/_-])(v?\d+\.\d+.*)$/.exec(tag)?.[1] ?? '')

const whyPartial = (git: GitFacts | null): string | null => {
  if (!git)
    return 'the directory has no .git that can be read, so its tags are not known: check out the repository, or give the tags of the forge with --forge-facts'
  if (git.commit === null) return 'the repository has no commit yet'
  return git.shallow && git.tags.length === 0
    ? 'the clone is shallow and has no tags: fetch them (`git fetch --tags --unshallow`, `fetch-depth: 0` of actions/checkout)'
    : null
}

/** The tags that are versions, from the history or from what the forge answered. */
export const versionTags = gatherer<
  VersionTags,
  { gitFacts: typeof gitFacts; forge: typeof forge; project: typeof project }
>({
  id: 'version-tags',
  impact: 'read',
  from: 'repository',
  needs: { gitFacts, forge, project },
  gather: (_, { gitFacts: git, forge, project }) => {
    const answered = forge.tags ?? forge.releases?.filter(({ draft }) => !draft).map(({ tag }) => tag)
    const names = answered ?? git?.tags.map(({ name }) => name) ?? []
    const named = names.map(tag => ({ tag, version: isOwnTag(tag, project) ? versionIn(tag) : null }))
    const tags = named.flatMap(({ tag, version }) => (version ? [{ tag, version }] : []))
    return {
      from: answered ? 'the forge' : '.git',
      tags: tags.toSorted((a, b) => compareVersions(b.version, a.version)),
      others: named.flatMap(({ tag, version }) => (version ? [] : [tag])),
      partial: answered ? null : whyPartial(git),
    }
  },
})

/** The manifest of the package in scope. */
export const manifestOf = ({ node, python, scope }: Project) =>
  [...node, ...python].find(({ directory }) => directory === scope.directory) ?? null
