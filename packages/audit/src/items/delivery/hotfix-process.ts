import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { flawOf, procedures } from '../../gather/procedures.ts'
import { isPublished, published } from '../../gather/published.ts'
import { releases } from '../../gather/releases.ts'
import { isReached, stepEvidence } from '../../gather/releases/places.ts'

const item: Item = {
  id: 'hotfix-process',
  area: 'delivery',
  rows: [138],
  title: 'An urgent fix has its own way out',
  level: 'may',
  why: 'An urgent fix must not wait for what is half done on the default branch, and must not skip the tests either.',
  how: 'Write down how a fix for a released version is made: a branch from its tag, the test that shows the fault, the patch version, the release; name the branches and workflows of this repository.',
  refs: ['https://trunkbaseddevelopment.com/branch-for-release/'],
  checks: [
    check({
      asks: 'Is there a way for urgent fixes, written down or built into the pipeline?',
      needs: { procedures, releases, published },
      judge: ({ procedures: { hotfix }, releases: { publications }, published }) => {
        const wanted = 'a section with the steps of an urgent fix for this package'
        const branch = /^(hot-?fix|maintenance|support|release)[/_-]|^\d+\.(\d+\.)?x$|^v?\d+(\.\d+)?\.[x*]$/i
        const built = publications.flatMap(({ step, does }): Evidence[] => {
          const name = step.workflow.triggers.flatMap(({ branches }) => branches).find(each => branch.test(each))
          return name !== undefined && isReached(step) ? [stepEvidence(step, does, `, also on branches ${name}`)] : []
        })
        const good = hotfix
          .filter(procedure => flawOf(procedure) === null)
          .map(({ path, line, title, steps, about }) => ({
            at: path,
            line,
            saw: `«${title}»: ${steps} steps, about ${about}`,
          }))
        if (good.length + built.length > 0) return judged([], [...good, ...built], 'not reached')
        if (isPublished(published)) return unknown(`this is ${published.what}; its runbooks need not be part of it`)
        const flawed = hotfix.map(procedure => ({
          at: procedure.path,
          line: procedure.line,
          saw: `«${procedure.title}»: ${flawOf(procedure)}`,
          wanted,
        }))
        return judged(flawed.length > 0 ? flawed : [{ at: 'docs', saw: 'nothing about urgent fixes', wanted }], [], '')
      },
    }),
  ],
}

export default item
