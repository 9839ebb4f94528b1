import { parse as parseYaml } from 'yaml'
import { gatherer } from '../../core/item.ts'
import type { Repository } from '../../core/target.ts'
import type { Evidence } from '../../core/verdict.ts'
import { project, type Project } from '../project.ts'
import { releases, type Publication, type ToolUse } from '../releases.ts'
import { versionTags } from '../version-tags.ts'
import { channelNamed, type Channel } from '../versions.ts'
import { isReached } from './places.ts'
import { table } from '../tables.ts'

/** A way by which pre-releases reach those who want them. */
export interface ChannelUse {
  channel: Channel
  evidence: Evidence
  /** Why nothing comes out of it; null when it works. */
  idle: string | null
}

/** Words that stand for a channel wherever a release is made; single letters and `dev` mean other things too. */
const spoken = /\b(alpha|beta|rc|next|canary|nightly|preview|snapshot|experimental)\b/gi

const channelsIn = (text: string): Channel[] => [
  ...new Set([...text.matchAll(spoken)].flatMap(([, word = '']) => channelNamed(word) ?? [])),
]

const withoutComments = (script: string): string =>
  script
    .split('\n')
    .map(line => line.replace(/(^|\s)#.*$/, ''))
    .filter(line => !/^\s*echo\b(?!.*>>)/.test(line))
    .join('\n')

const tagOption = (words: string[]): string | null => {
  const at = words.findIndex(word => /^--tag(=|$)/.test(word))
  if (at < 0) return null
  return words[at]?.includes('=') ? (words[at].split('=')[1] ?? '') : (words[at + 1] ?? '')
}

/** The channels that a publishing step names, in its own words or in those of its job when they are computed. */
const spokenBy = ({ step, words }: Publication): Channel[] => {
  const { job, workflow } = step
  const given = tagOption(words)
  const isComputed = given !== null && /[$⟦]/.test(given)
  const own = given === null || isComputed ? '' : given
  const computed = isComputed
    ? [step.step, ...job.steps]
        .map(({ run, env }) => `${withoutComments(run ?? '')}\n${Object.values(env).join('\n')}`)
        .join('\n')
    : ''
  const refs = workflow.triggers.flatMap(({ tags, branches, types }) => [
    ...tags,
    ...branches,
    ...types.map(type => (type === 'prereleased' ? 'beta' : '')),
  ])
  return channelsIn(
    [own, computed, ...refs.filter(name => !name.startsWith('!')), step.step.with['tag'] ?? ''].join('\n'),
  )
}

const fromPublication = (publication: Publication): ChannelUse[] => {
  const { step, does } = publication
  return spokenBy(publication).map(channel => ({
    channel,
    evidence: { at: step.at, line: step.line, saw: `job ${step.job.id} publishes pre-releases apart: ${does}` },
    idle: isReached(step) ? null : step.never,
  }))
}

interface Branch {
  name: string
  channel: Channel
  at: string
}

const semanticReleaseFiles = ['.releaserc', '.releaserc.json', '.releaserc.yml', '.releaserc.yaml']

/** Branches that release tools make pre-releases of. */
const prereleaseBranches = async (repository: Repository, { node, python }: Project): Promise<Branch[]> => {
  const configurations: { at: string; raw: unknown }[] = node.map(({ path, raw }) => ({
    at: path,
    raw: raw['release'],
  }))
  for (const at of semanticReleaseFiles) {
    const text = repository.exists(at) ? await repository.text(at) : null
    try {
      if (text !== null) configurations.push({ at, raw: parseYaml(text) })
    } catch {
      continue
    }
  }
  const forNode = configurations.flatMap(({ at, raw }) => {
    const { branches } = table(raw)
    return (Array.isArray(branches) ? branches : []).map(table).flatMap(({ name, prerelease }): Branch[] => {
      const word = typeof prerelease === 'string' ? prerelease : String(name)
      return prerelease ? [{ name: String(name), channel: channelNamed(word) ?? 'other', at }] : []
    })
  })
  const forPython = python.flatMap(({ tool, path }) =>
    Object.values(table(table(tool['semantic_release'])['branches']))
      .map(table)
      .flatMap((entry): Branch[] => {
        const token = typeof entry['prerelease_token'] === 'string' ? entry['prerelease_token'] : 'rc'
        return entry['prerelease'] === true
          ? [{ name: String(entry['match']), channel: channelNamed(token) ?? 'other', at: path }]
          : []
      }),
  )
  return [...forNode, ...forPython]
}

const runsOn = ({ step }: ToolUse, branch: string): boolean =>
  step?.workflow.triggers.some(
    ({ event, branches, tags }) =>
      event === 'workflow_dispatch' ||
      (event === 'push' &&
        (branches.length > 0
          ? branches.some(
              pattern =>
                pattern === branch ||
                pattern.replaceAll('*', '') === '' ||
                (pattern.endsWith('*') && branch.startsWith(pattern.replaceAll('*', ''))),
            )
          : tags.length === 0)),
  ) === true

const fromBranch = ({ name, channel, at }: Branch, uses: ToolUse[]): ChannelUse => {
  const evidence = { at, saw: `branch ${name} makes pre-releases` }
  const run = uses.filter(({ step, lacks }) => step && isReached(step) && lacks === null)
  if (run.length === 0) return { channel, evidence, idle: 'no pipeline runs semantic-release' }
  return {
    channel,
    evidence,
    idle: run.some(use => runsOn(use, name)) ? null : `no workflow runs it on the branch ${name}`,
  }
}

/** Every way by which pre-releases come out, also those that do not work. */
export const releaseChannels = gatherer<
  ChannelUse[],
  { releases: typeof releases; versionTags: typeof versionTags; project: typeof project }
>({
  id: 'release-channels',
  impact: 'read',
  from: 'repository',
  needs: { releases, versionTags, project },
  gather: async ({ repository }, { releases: { publications, tools }, versionTags: { tags, from }, project }) => {
    const branches = repository ? await prereleaseBranches(repository, project) : []
    const reached = publications.filter(({ step }) => isReached(step))
    const toLatest = reached.find(
      ({ registry, words }) =>
        registry === 'npm' && /^(npm|pnpm|yarn|bun)$/.test(words[0] ?? '') && tagOption(words) === null,
    )
    const seen = new Map(tags.flatMap(({ tag, version: { channel } }) => (channel ? [[channel, tag] as const] : [])))
    return [
      ...publications.flatMap(fromPublication),
      ...branches.map(branch =>
        fromBranch(
          branch,
          tools.filter(({ tool }) => tool.name === 'semantic-release'),
        ),
      ),
      ...[...seen].map(([channel, tag]): ChannelUse => ({
        channel,
        evidence: { at: from, saw: `${tag} is tagged` },
        idle: toLatest
          ? `${toLatest.does} (${toLatest.step.at}:${toLatest.step.line}) has no --tag, so a pre-release would go to everyone as latest`
          : reached.length === 0
            ? 'no pipeline publishes it'
            : null,
      })),
    ]
  },
})
