import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Verdict } from '../../core/verdict.ts'
import { project } from '../../gather/project.ts'
import { releases } from '../../gather/releases.ts'
import { releaseChannels, type ChannelUse } from '../../gather/releases/channels.ts'
import { unreadable } from '../../gather/releases/unreadable.ts'
import { manifestOf, versionTags, type VersionTags } from '../../gather/version-tags.ts'
import { parseVersion, type Channel } from '../../gather/versions.ts'

const channel = (
  name: string,
  wanted: Channel[],
  uses: ChannelUse[],
  because: string | null,
  { partial }: VersionTags,
): Verdict => {
  const own = uses.filter(use => wanted.includes(use.channel))
  const working = own.filter(({ idle }) => idle === null)
  if (working.length > 0)
    return judged(
      [],
      working.map(({ evidence }) => evidence),
      'not reached',
    )
  const need = `${name} versions that are published apart from the stable ones`
  const broken = own.map(({ evidence, idle }) => ({ ...evidence, saw: `${evidence.saw}, but ${idle}`, wanted: need }))
  if (broken.length > 0) return judged(broken, [], 'not reached')
  if (because ?? partial) return unknown(because ?? partial ?? '')
  return fail({ at: '.github/workflows', saw: `no ${name} version is tagged, and nothing publishes one`, wanted: need })
}

const needs = { uses: releaseChannels, unreadable, versionTags }

const item: Item = {
  id: 'release-channels',
  area: 'delivery',
  rows: [135, 136, 137],
  title: 'Channels for alpha, beta and stable versions',
  level: 'may',
  why: 'Without a channel for those who want to try, every user is a tester of every change.',
  how: 'Publish pre-release versions such as 1.5.0-beta.1 under their own tag (`npm publish --tag beta`; PyPI keeps 1.5.0b1 apart by itself), let the release tool make them from branches, and release 1.0.0 once the interface is stable.',
  refs: [
    'https://docs.npmjs.com/adding-dist-tags-to-packages',
    'https://semver.org/#spec-item-9',
    'https://packaging.python.org/en/latest/specifications/version-specifiers/',
  ],
  checks: [
    check({
      asks: 'Is there a channel for alpha versions?',
      rows: [135],
      needs,
      judge: ({ uses, unreadable, versionTags }) => channel('alpha', ['alpha'], uses, unreadable.because, versionTags),
    }),
    check({
      asks: 'Is there a channel for beta versions?',
      rows: [136],
      needs,
      judge: ({ uses, unreadable, versionTags }) =>
        channel('beta', ['beta', 'candidate'], uses, unreadable.because, versionTags),
    }),
    check({
      asks: 'Is there a stable version?',
      rows: [137],
      needs: { project, versionTags, releases },
      judge: ({ project, versionTags: { tags, from, partial }, releases: { fromTag } }) => {
        const manifest = manifestOf(project)
        const wanted = 'a version from 1.0.0 on, without a pre-release part'
        const newest = tags.find(({ version }) => version.channel === null)
        if (newest && (newest.version.numbers[0] ?? 0) >= 1) return pass({ at: from, saw: `${newest.tag} is tagged` })
        const version = manifest?.version && !fromTag ? parseVersion(manifest.version) : null
        const isFilledIn = manifest?.version?.startsWith('0.0.0') === true
        if (manifest && version && !isFilledIn && version.channel === null && (version.numbers[0] ?? 0) >= 1)
          return pass({ at: manifest.path, saw: `version ${manifest.version}` })
        if (newest)
          return fail({ at: from, saw: `the newest version is ${newest.tag}; in 0.x anything may change`, wanted })
        if (manifest && version && !isFilledIn)
          return fail({ at: manifest.path, saw: `version ${manifest.version}`, wanted })
        return partial ? unknown(partial) : fail({ at: from, saw: 'no stable version is tagged', wanted })
      },
    }),
  ],
}

export default item
