import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { forge, type BranchRule } from '../../gather/forge.ts'
import { attested } from '../attested.ts'

const wanted = 'an active rule for the default branch: pull requests, status checks, no force push'

const describe = ({ at, line, name, demands }: BranchRule): Evidence => ({
  at,
  ...(line === undefined ? {} : { line }),
  saw: `${name} demands ${demands?.join('; ') || 'nothing'}`,
})

const why = ({ active, covers }: BranchRule): string | null =>
  !active ? 'it is not enforced' : covers === false ? 'it does not cover the default branch' : null

const item: Item = {
  id: 'branch-protection',
  area: 'repository',
  rows: [118],
  title: 'The default branch is protected',
  level: 'should',
  why: 'Without a rule one mistaken push rewrites or breaks what everyone installs, and no check has seen it.',
  how: 'Protect the default branch with a ruleset (pull requests, status checks, no force push), then keep it as code, give the answer of the forge with --forge-facts, or attest it in airworthy.json.',
  refs: [
    'https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets',
  ],
  checks: [
    check({
      asks: 'Is there a rule that protects the default branch?',
      needs: { forge },
      judge: ({ forge: { rules, unprotected, broken, defaultBranch } }) => {
        const holding = rules.filter(rule => why(rule) === null && rule.demands !== null && rule.demands.length > 0)
        const [first, ...more] = holding.filter(({ covers }) => covers).map(describe)
        if (first) return pass(first, ...more)
        const [nothing] = unprotected
        if (nothing) return fail({ ...nothing, wanted })
        const idle = rules.filter(rule => why(rule) !== null || rule.demands?.length === 0)
        const [computed] = holding
        if (computed)
          return unknown(`${computed.name} in ${computed.at} may hold for another branch than ${defaultBranch}`)
        const [other, ...others] = idle.map(rule => ({
          ...describe(rule),
          saw: `${describe(rule).saw}, but ${why(rule) ?? 'that protects nothing'}`,
          wanted,
        }))
        if (other && idle.length === rules.length) return fail(other, ...others)
        const cause = broken[0] ? `${broken[0].at} cannot be read: ${broken[0].because}; ` : ''
        return unknown(
          `${cause}only the forge knows: keep the rules as code (.github/settings.yml, a ruleset, Terraform), give its answer with --forge-facts, or attest it`,
        )
      },
    }),
    attested('branch-protection', 'Does a person vouch that the default branch is protected?'),
  ],
}

export default item
