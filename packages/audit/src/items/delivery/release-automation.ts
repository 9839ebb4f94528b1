import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown } from '../../core/verdict.ts'
import { releases, type ForgeReleaseStep } from '../../gather/releases.ts'
import { isReached, stepEvidence } from '../../gather/releases/places.ts'
import { unreadable } from '../../gather/releases/unreadable.ts'

const wanted = 'a step that makes the release and that a trigger reaches'

const faultOf = ({ step, does, refused }: ForgeReleaseStep) => {
  const found = stepEvidence(step, does)
  return { ...found, saw: `${found.saw}${refused && isReached(step) ? `, but ${refused}` : ''}`, wanted }
}

const item: Item = {
  id: 'release-automation',
  area: 'delivery',
  rows: [131],
  title: 'Releases are made by a pipeline',
  level: 'should',
  why: 'A release that somebody clicks together has other files than the last one, and nobody can repeat it when that person is away.',
  how: 'Let a workflow make the release: `gh release create "$GITHUB_REF_NAME" --generate-notes` on a version tag, or release-please or semantic-release on the default branch, with `permissions: contents: write`.',
  refs: [
    'https://docs.github.com/en/repositories/releasing-projects-on-github/automatically-generated-release-notes',
    'https://cli.github.com/manual/gh_release_create',
  ],
  checks: [
    check({
      asks: 'Does a pipeline make the release?',
      needs: { releases, unreadable },
      judge: ({ releases: { forge, tools }, unreadable }) => {
        const working = forge.filter(({ step, refused }) => isReached(step) && refused === null)
        const lacking = working.flatMap(({ step }) => tools.filter(use => use.step === step && use.lacks !== null))
        const proven = working
          .filter(({ step }) => !lacking.some(use => use.step === step))
          .map(({ step, does, draft }) => {
            const found = stepEvidence(step, does)
            return draft ? { ...found, saw: `${found.saw}, as a draft that a person publishes` } : found
          })
        if (proven.length > 0) return judged([], proven, 'not reached')
        const broken = [
          ...lacking.flatMap(({ step, does, lacks }) => {
            const found = step && stepEvidence(step, does)
            return found ? [{ ...found, saw: `${found.saw}, but ${lacks}`, wanted }] : []
          }),
          ...forge.filter(step => !working.includes(step)).map(faultOf),
        ]
        if (broken.length > 0) return judged(broken, [], 'not reached')
        if (unreadable.because) return unknown(unreadable.because)
        return fail({ at: '.github/workflows', saw: 'no step makes a release', wanted })
      },
    }),
  ],
}

export default item
