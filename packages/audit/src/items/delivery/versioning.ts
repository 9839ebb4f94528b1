import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { project } from '../../gather/project.ts'
import { releases, type ToolUse } from '../../gather/releases.ts'
import { isReached, stepEvidence } from '../../gather/releases/places.ts'
import { unreadable } from '../../gather/releases/unreadable.ts'
import { manifestOf } from '../../gather/version-tags.ts'
import { isSemantic, parseVersion } from '../../gather/versions.ts'

const wanted = 'a tool that raises the version, run by a pipeline or by one command'

const evidenceOf = ({ step, at, line, does }: ToolUse): Evidence =>
  step ? stepEvidence(step, does) : { at, ...(line === undefined ? {} : { line }), saw: does }

const works = ({ step, lacks }: ToolUse): boolean => lacks === null && (step === null || isReached(step))

const item: Item = {
  id: 'versioning',
  area: 'delivery',
  rows: [130],
  title: 'Semantic versions that a tool raises',
  level: 'should',
  why: 'A version that people edit by hand is forgotten in one of its places, and users cannot tell a fix from a change that breaks them.',
  how: 'Let a tool derive the version from the commits or from the tag: release-please, semantic-release or changesets; python-semantic-release or hatch-vcs for Python.',
  refs: ['https://semver.org/', 'https://github.com/googleapis/release-please'],
  checks: [
    check({
      asks: 'Is the version a semantic one, and does a tool raise it?',
      needs: { releases, project, unreadable },
      judge: ({ releases, project, unreadable }) => {
        const manifest = manifestOf(project)
        const version = manifest?.version ? parseVersion(manifest.version) : null
        if (manifest?.version && !(version && isSemantic(version)))
          return fail({ at: manifest.path, saw: `version ${manifest.version}`, wanted: 'three numbers, such as 1.4.0' })
        const uses = releases.tools.filter(({ tool }) => tool.bumps)
        const proven = [...(releases.fromTag ? [releases.fromTag] : []), ...uses.filter(works).map(evidenceOf)]
        if (proven.length > 0) return judged([], proven, 'not reached')
        if (unreadable.because) return unknown(unreadable.because)
        const broken = uses.map(use => ({
          ...evidenceOf(use),
          saw: `${evidenceOf(use).saw}${use.lacks ? `, but ${use.lacks}` : ''}`,
          wanted,
        }))
        const byHand = { at: manifest?.path ?? '.', saw: 'nothing raises the version', wanted }
        return judged(broken.length > 0 ? broken : [byHand], [], 'not reached')
      },
    }),
  ],
}

export default item
