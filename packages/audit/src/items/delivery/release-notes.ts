import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { changelog, type ChangelogEntry } from '../../gather/changelog.ts'
import { forge } from '../../gather/forge.ts'
import { releases } from '../../gather/releases.ts'
import { isReached, stepEvidence } from '../../gather/releases/places.ts'
import { unreadable } from '../../gather/releases/unreadable.ts'
import { compareVersions } from '../../gather/versions.ts'

const wanted = 'notes that say what changed for users'
const empty = (text: string): boolean =>
  text.replaceAll(/https?:\/\/\S+|\bv?\d+\.\d[\w.-]*|full changelog/gi, '').trim().length < 15

const newestOf = (entries: ChangelogEntry[]): ChangelogEntry | undefined =>
  entries
    .filter(({ version }) => version !== null)
    .toSorted((a, b) => (a.version && b.version ? compareVersions(b.version, a.version) : 0))[0]

const item: Item = {
  id: 'release-notes',
  area: 'delivery',
  rows: [139],
  title: 'Every release says what changed',
  level: 'should',
  why: 'A release without notes makes its users choose between reading the diff and hoping.',
  how: 'Give the release its notes where it is made: `gh release create --generate-notes` or `--notes-file`, `generate_release_notes: true`, or a release tool; write entries in words, not version numbers alone.',
  refs: [
    'https://docs.github.com/en/repositories/releasing-projects-on-github/automatically-generated-release-notes',
    'https://keepachangelog.com/en/1.1.0/',
  ],
  checks: [
    check({
      asks: 'Do the releases carry notes?',
      needs: { releases, forge, changelog, unreadable },
      judge: ({ releases, forge, changelog, unreadable }) => {
        const made = releases.forge.filter(({ step, refused }) => isReached(step) && refused === null)
        const silent = made.filter(({ notes }) => notes === null)
        const broken: Evidence[] = silent.map(({ step, does }) => ({
          ...stepEvidence(step, does, `, without notes`),
          wanted,
        }))
        const newest = newestOf(changelog?.entries ?? [])
        if (changelog && newest && newest.changes.length === 0)
          broken.push({ at: changelog.path, line: newest.line, saw: `${newest.title} has no words`, wanted })
        const proven: Evidence[] = made.flatMap(({ step, does, notes }) =>
          notes === null ? [] : [stepEvidence(step, does, `; notes: ${notes}`)],
        )
        if (changelog && newest && newest.changes.length > 0)
          proven.push({
            at: changelog.path,
            line: newest.line,
            saw: `${newest.title}: ${newest.changes.length} changes in words`,
          })
        const shown = (forge.releases ?? []).filter(({ draft }) => !draft).slice(0, 10)
        const bare = shown.filter(({ notes }) => empty(notes))
        if (bare.length * 5 > shown.length)
          return fail({
            at: 'the releases on the forge',
            saw: `${bare.length} of the last ${shown.length} have no notes: ${bare
              .slice(0, 5)
              .map(({ tag }) => tag)
              .join(', ')}`,
            wanted,
          })
        if (shown.length > 0)
          return judged(
            [],
            [
              {
                at: 'the releases on the forge',
                saw: `${shown.length - bare.length} of the last ${shown.length} have notes`,
              },
              ...proven,
            ],
            '',
          )
        if (broken.length + proven.length > 0) return judged(broken, proven, '')
        if (unreadable.because) return unknown(unreadable.because)
        return fail({ at: 'CHANGELOG.md', saw: 'no changelog, and no pipeline that makes releases with notes', wanted })
      },
    }),
  ],
}

export default item
