import type { Project } from '../project.ts'
import { table } from '../tables.ts'

/** What a release tool does when it runs. */
export interface ReleaseTool {
  name: string
  /** Its command, program first. */
  command?: (words: string[]) => boolean
  /** Owner and name of the actions that run it. */
  action?: RegExp
  bumps?: true
  changelog?: true
  /** What it needs in the repository and does not find; null when all is there. */
  lacks?: (found: ToolFacts) => string | null
}

export interface ToolFacts {
  project: Project
  exists: (path: string) => boolean
  /** Inputs of the action; empty for a command. */
  inputs: Record<string, string>
}

const runs = (program: RegExp, ...verbs: string[]) => {
  const known = new Set(verbs)
  return ([name = '', ...rest]: string[]): boolean =>
    program.test(name) &&
    (known.size === 0 ||
      rest
        .filter(word => !word.startsWith('-'))
        .slice(0, 2)
        .some(word => known.has(word)))
}

/** A manager's own command with the new version, or the part of it to raise. */
const raises = (words: string[]): boolean => {
  const [manager = '', ...rest] = words
  const [verb, , ...more] = rest
  const shows = rest.some(word => /^(--help|--dry-run|--short|-s|--json)$/.test(word))
  if (/^(npm|pnpm|yarn|bun)$/.test(manager)) {
    if (verb === 'pkg') return rest.some(word => word.startsWith('version='))
    return verb === 'version' && rest.length > 1 && !shows
  }
  if (/^(uv|poetry|hatch|rye|pdm)$/.test(manager))
    return (verb === 'version' || verb === 'bump') && rest.length > 1 && !shows
  return manager === 'cargo' && (verb === 'release' || verb === 'set-version') && more.length >= 0
}

const releasePleaseConfig = ({ exists, inputs }: ToolFacts): string | null => {
  const config = inputs['config-file'] ?? 'release-please-config.json'
  return inputs['release-type'] || inputs['command'] || exists(config) ? null : `it reads ${config}, which is not there`
}

const changesetConfig = ({ exists }: ToolFacts): string | null =>
  exists('.changeset/config.json') ? null : 'it reads .changeset/config.json, which is not there'

/** The tool of that name for Python writes a version only where its settings say. */
const semanticReleaseConfig = ({ project: { python, node } }: ToolFacts): string | null => {
  const [entry] = python
  if (!entry || node.length > 0) return null
  const settings = table(entry.tool['semantic_release'])
  const isDynamic = entry.version === null
  const names = ['version_toml', 'version_variables', 'version_variable', 'version_pattern']
  return isDynamic || names.some(name => name in settings)
    ? null
    : `[tool.semantic_release] in ${entry.path} names no place of the version`
}

const bumpConfig = ({ project: { python }, exists }: ToolFacts): string | null => {
  const files = ['.bumpversion.toml', '.bumpversion.cfg', 'setup.cfg']
  const isThere = python.some(({ tool }) => 'bumpversion' in tool) || files.some(exists)
  return isThere ? null : 'it has no settings: neither [tool.bumpversion] nor .bumpversion.toml'
}

/** Tools that raise versions and write changelogs, by what runs them. */
export const releaseTools: ReleaseTool[] = [
  {
    name: 'semantic-release',
    command: runs(/^(semantic-release|python-semantic-release|multi-semantic-release)$/),
    action:
      /^(cycjimmy\/semantic-release-action|go-semantic-release\/action|python-semantic-release\/python-semantic-release)$/,
    bumps: true,
    changelog: true,
    lacks: semanticReleaseConfig,
  },
  {
    name: 'release-please',
    command: runs(/^release-please$/),
    action: /^(googleapis|google-github-actions)\/release-please-action$/,
    bumps: true,
    changelog: true,
    lacks: releasePleaseConfig,
  },
  {
    name: 'changesets',
    command: runs(/^changeset$/, 'version'),
    action: /^changesets\/action$/,
    bumps: true,
    changelog: true,
    lacks: changesetConfig,
  },
  {
    name: 'commitizen',
    command: runs(/^cz$/, 'bump'),
    action: /^commitizen-tools\/commitizen-action$/,
    bumps: true,
    changelog: true,
  },
  {
    name: 'bump-my-version',
    command: runs(/^(bump-my-version|bumpversion|bump2version)$/),
    action: /^callowayproject\/bump-my-version$/,
    bumps: true,
    lacks: bumpConfig,
  },
  {
    name: 'standard-version',
    command: runs(/^(standard-version|commit-and-tag-version)$/),
    bumps: true,
    changelog: true,
  },
  { name: 'release-it', command: runs(/^(release-it|np|shipjs|beachball|bumpp|tbump|knope|versionist)$/), bumps: true },
  { name: 'auto', command: runs(/^auto$/, 'shipit', 'version', 'release'), bumps: true, changelog: true },
  { name: 'lerna', command: runs(/^lerna$/, 'version', 'publish'), bumps: true, changelog: true },
  { name: 'nx release', command: runs(/^nx$/, 'release'), bumps: true, changelog: true },
  {
    name: 'cocogitto',
    command: runs(/^cog$/, 'bump'),
    action: /^cocogitto\/cocogitto-action$/,
    bumps: true,
    changelog: true,
  },
  {
    name: 'release-plz',
    command: runs(/^release-plz$/),
    action: /^(release-plz|MarcoIeni\/release-plz-action)/,
    bumps: true,
    changelog: true,
  },
  { name: 'the version command', command: raises, bumps: true },
  {
    name: 'a tag action',
    action:
      /^(mathieudutour\/github-tag-action|anothrNick\/github-tag-action|paulhatch\/semantic-version|phips28\/gh-action-bump-version|TriPSs\/conventional-changelog-action|gittools\/actions(\/.*)?|reecetech\/version-increment|ietf-tools\/semver-action|rymndhng\/release-on-push-action)$/i,
    bumps: true,
  },
  {
    name: 'git-cliff',
    command: runs(/^git-cliff$/),
    action: /^(orhun|kenji-miyake)\/git-cliff(-action)?$/,
    changelog: true,
  },
  {
    name: 'conventional-changelog',
    command: runs(
      /^(conventional-changelog|auto-changelog|gitchangelog|github_changelog_generator|generate-changelog)$/,
    ),
    action:
      /^(requarks\/changelog-action|heinrichreimer\/action-github-changelog-generator|TriPSs\/conventional-changelog-action|saadmk11\/changelog-ci)$/i,
    changelog: true,
  },
  { name: 'towncrier', command: runs(/^towncrier$/, 'build'), changelog: true },
  { name: 'scriv', command: runs(/^scriv$/, 'collect'), changelog: true },
  {
    name: 'changie',
    command: runs(/^changie$/, 'batch', 'merge'),
    action: /^miniscruff\/changie-action$/,
    changelog: true,
  },
]

/** The plugin that takes the version from the newest tag while the package is built; null when none is wired. */
export const versionFromTag = ({ python }: Project, directory: string): { at: string; saw: string } | null => {
  const entry = python.find(each => each.directory === directory)
  if (!entry) return null
  const project = table(entry.raw['project'])
  const requires = table(entry.raw['build-system'])['requires']
  const needed = (Array.isArray(requires) ? requires : []).filter((each): each is string => typeof each === 'string')
  const isDynamic = Array.isArray(project['dynamic']) && project['dynamic'].includes('version')
  const poetry = table(entry.tool['poetry-dynamic-versioning'])
  const found = needed.find(name =>
    /^(hatch-vcs|setuptools[-_]scm|versioningit|uv-dynamic-versioning|poetry-dynamic-versioning|versioneer|pdm-backend)\b/.test(
      name,
    ),
  )
  if (!found) return null
  const plugin = /^[\w-]+/.exec(found)?.[0] ?? found
  const hatch = table(table(entry.tool['hatch'])['version'])
  const pdm = table(table(entry.tool['pdm'])['version'])
  const wired =
    plugin === 'hatch-vcs'
      ? hatch['source'] === 'vcs'
      : plugin === 'uv-dynamic-versioning'
        ? hatch['source'] === 'uv-dynamic-versioning'
        : plugin === 'pdm-backend'
          ? pdm['source'] === 'scm'
          : plugin === 'poetry-dynamic-versioning'
            ? poetry['enable'] === true
            : true
  const dynamic = isDynamic || plugin === 'poetry-dynamic-versioning'
  return wired && dynamic ? { at: entry.path, saw: `the version comes from the newest tag, by ${plugin}` } : null
}
