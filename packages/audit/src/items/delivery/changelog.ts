import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { changelog } from '../../gather/changelog.ts'
import { project } from '../../gather/project.ts'
import { published, isPublished } from '../../gather/published.ts'
import { releases } from '../../gather/releases.ts'
import { isReached, stepEvidence } from '../../gather/releases/places.ts'
import { manifestOf } from '../../gather/version-tags.ts'
import { compareVersions, parseVersion } from '../../gather/versions.ts'

const item: Item = {
  id: 'changelog',
  area: 'delivery',
  rows: [132],
  title: 'A changelog that keeps up with the versions',
  level: 'should',
  why: 'Without it nobody can tell from which version on a fault exists, or what an update will change for them.',
  how: 'Let the release tool write CHANGELOG.md from the commits (release-please, semantic-release, changesets, git-cliff, towncrier), or keep it by hand with an entry for each version.',
  refs: ['https://keepachangelog.com/en/1.1.0/', 'https://git-cliff.org/docs/'],
  checks: [
    check({
      asks: 'Is there a changelog with the current version, or a tool that writes one?',
      needs: { changelog, project, releases, published },
      judge: ({ changelog, project, releases, published }) => {
        const wanted = 'an entry for the current version, or a tool that writes it'
        const working = releases.tools.filter(
          ({ tool, step, lacks }) => tool.changelog && step && isReached(step) && lacks === null,
        )
        const generators = working.flatMap(({ step, does }): Evidence[] => (step ? [stepEvidence(step, does)] : []))
        const manifest = manifestOf(project)
        const version = manifest?.version ? parseVersion(manifest.version) : null
        const entries = changelog?.entries ?? []
        const newest = entries
          .flatMap(({ version }) => version ?? [])
          .toSorted(compareVersions)
          .at(-1)
        const unreleased = entries.find(({ version, changes }) => version === null && changes.length > 0)
        const own =
          entries.find(
            entry => entry.version && (!version || version.channel || compareVersions(entry.version, version) >= 0),
          ) ?? unreleased
        if (changelog && own)
          return pass(
            { at: changelog.path, line: own.line, saw: `${entries.length} entries, among them ${own.title}` },
            ...generators,
          )
        if (generators.length > 0) return judged([], generators, 'not reached')
        if (changelog && newest && manifest)
          return fail({
            at: changelog.path,
            saw: `the newest entry is ${newest.written}, the package is ${manifest.version}`,
            wanted,
          })
        if (changelog) return fail({ at: changelog.path, saw: 'no entry for any version', wanted })
        if (isPublished(published)) return unknown(`this is ${published.what}; its changelog need not be part of it`)
        const notes = releases.forge.find(
          ({ step, notes, refused }) => isReached(step) && refused === null && notes?.startsWith('generated'),
        )
        if (notes) return pass(stepEvidence(notes.step, notes.does, ': the forge writes what has changed'))
        return fail({ at: 'CHANGELOG.md', saw: 'no changelog and nothing that writes one', wanted })
      },
    }),
  ],
}

export default item
