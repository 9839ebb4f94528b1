import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { project, type Project } from '../../gather/project.ts'
import { releases, type Publication } from '../../gather/releases.ts'
import { isReached, stepEvidence } from '../../gather/releases/places.ts'
import { unreadable } from '../../gather/releases/unreadable.ts'
import { manifestOf } from '../../gather/version-tags.ts'

const wanted = 'trusted publishing, or at least provenance, with `id-token: write` and no long-lived token'

type Proof = { good: string } | { bad: string } | { open: string }

/** How the registry knows who published. */
const proofOf = ({ registry, step, tokens, identity, provenance, canTrust, words }: Publication): Proof => {
  const isGithub = step.workflow.forge === 'github'
  if (registry === 'another registry') return { open: 'it publishes to a registry other than npm and PyPI' }
  if (registry === 'npm' && provenance && identity === 'none' && isGithub)
    return { bad: 'asks for provenance, but the job lacks `id-token: write`, so npm refuses it' }
  const named = tokens.join(', ')
  if (tokens.length > 0 && provenance) return { good: `with provenance (and the token ${named})` }
  if (tokens.length > 0) return { bad: `uses the long-lived token ${named}, without provenance` }
  if (!isGithub || identity === null) return { open: 'its credentials are set outside of the files' }
  if (identity === 'none') return { bad: 'has no credentials: neither `id-token: write` nor a token' }
  return canTrust
    ? { good: 'by trusted publishing' }
    : { open: `${words[0]} takes credentials that are set outside of the files` }
}

const isPrivate = (project: Project): Evidence | null => {
  const manifest = manifestOf(project)
  if (!manifest) return null
  if ('bin' in manifest) return manifest.private ? { at: manifest.path, saw: '"private": true' } : null
  const { classifiers } = (manifest.raw['project'] ?? {}) as { classifiers?: unknown }
  const mark = Array.isArray(classifiers) ? classifiers.find(each => String(each).startsWith('Private ::')) : undefined
  return mark === undefined ? null : { at: manifest.path, saw: String(mark) }
}

const item: Item = {
  id: 'package-publishing',
  area: 'delivery',
  rows: [133],
  title: 'The package is published by a pipeline that proves its origin',
  level: 'should',
  why: 'Whoever steals a long-lived registry token, or the laptop it lies on, ships code to every user, and nobody can tell which commit a package was built from.',
  how: 'Publish from a workflow with `permissions: id-token: write`: trusted publishing and `npm publish --provenance` on npm, `pypa/gh-action-pypi-publish` or `uv publish` without a password on PyPI; then delete the tokens.',
  refs: [
    'https://docs.npmjs.com/trusted-publishers',
    'https://docs.npmjs.com/generating-provenance-statements',
    'https://docs.pypi.org/trusted-publishers/',
  ],
  checks: [
    check({
      asks: 'Is the package published by a pipeline, without a long-lived token as its only proof?',
      needs: { releases, project, unreadable },
      judge: ({ releases: { publications }, project, unreadable }) => {
        const manifest = manifestOf(project)
        const home = manifest && ('bin' in manifest ? 'npm' : 'PyPI')
        const own = publications.filter(({ registry }) => registry === home)
        const reached = (own.length > 0 ? own : publications).filter(({ step }) => isReached(step))
        const mark = isPrivate(project)
        if (mark && reached.length === 0)
          return notApplicable(`it is not meant for a registry: ${mark.saw} in ${mark.at}`)
        const judgements = reached.map(each => ({ ...stepEvidence(each.step, each.does), proof: proofOf(each) }))
        const said = ({ at, line, saw }: Evidence, more: string): Evidence => ({
          at,
          ...(line ? { line } : {}),
          saw: `${saw}, ${more}`,
        })
        const bad = judgements.flatMap(each => ('bad' in each.proof ? [{ ...said(each, each.proof.bad), wanted }] : []))
        const good = judgements.flatMap(each => ('good' in each.proof ? [said(each, each.proof.good)] : []))
        const open = judgements.flatMap(each => ('open' in each.proof ? [each.proof.open] : []))
        if (bad.length + good.length > 0) return judged(bad, good, 'not reached')
        if (open[0]) return unknown(open[0])
        if (unreadable.because) return unknown(unreadable.because)
        if (!manifest) return unknown('the repository has no package for npm or PyPI')
        const [never] = publications
        return fail(
          never
            ? { ...stepEvidence(never.step, never.does), wanted }
            : { at: '.github/workflows', saw: 'no step publishes the package', wanted },
        )
      },
    }),
  ],
}

export default item
