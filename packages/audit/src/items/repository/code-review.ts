import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { forge, type BranchRule } from '../../gather/forge.ts'
import { attested } from '../attested.ts'

const holds = ({ active, covers }: BranchRule): boolean => active && covers !== false

const evidenceOf = ({ at, line, name, approvals, codeOwners, active, covers, demands }: BranchRule): Evidence => {
  const why = active ? (covers === false ? ' for another branch' : '') : ', and it is not enforced'
  return {
    at,
    ...(line === undefined ? {} : { line }),
    saw: `${name} demands ${approvals ?? 'no'} approval${approvals === 1 ? '' : 's'}${codeOwners ? ', of the code owners' : ''}${why}${demands?.length ? ` (${demands.join('; ')})` : ''}`,
  }
}

const item: Item = {
  id: 'code-review',
  area: 'repository',
  rows: [119],
  title: 'A second person reviews every change',
  level: 'should',
  why: 'A change that only its author has read reaches every user with the mistakes and the back doors that its author left in it.',
  how: 'Require at least one approval before a merge to the default branch, and name the reviewers in CODEOWNERS; then keep the rule as code, give the answer of the forge with --forge-facts, or attest it in airworthy.json.',
  refs: [
    'https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners',
  ],
  checks: [
    check({
      asks: 'Does a change need the approval of a second person?',
      needs: { forge },
      judge: ({ forge: { rules, unprotected, owners } }) => {
        const wanted = 'at least one required approval on the default branch'
        const [first, ...more] = rules.filter(rule => holds(rule) && rule.covers && rule.approvals).map(evidenceOf)
        const named = owners.map(path => ({ at: path, saw: 'names the reviewers' }))
        if (first) return pass(first, ...more, ...named)
        const [nothing] = unprotected
        if (nothing) return fail({ ...nothing, wanted })
        const [without, ...others] = rules
          .filter(({ demands, covers, approvals }) => demands !== null && !(covers === null && approvals !== null))
          .map(rule => ({ ...evidenceOf(rule), wanted }))
        const isWhole = rules.every(({ demands, covers }) => demands !== null && covers !== null)
        if (without && isWhole) return fail(without, ...others)
        const some = owners[0] ? `${owners[0]} names reviewers, but nothing here makes them necessary; ` : ''
        return unknown(
          `${some}only the forge knows: keep the rules as code (.github/settings.yml, a ruleset, Terraform), give its answer with --forge-facts, or attest it`,
        )
      },
    }),
    attested('code-review', 'Does a person vouch that every change is reviewed?'),
  ],
}

export default item
