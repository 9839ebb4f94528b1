import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { dependencyAudits, type AuditStep, type SavedAudit } from '../../gather/dependency-audits.ts'
import { isPublished, published } from '../../gather/published.ts'
import { securityPolicy, type SecurityPolicy } from '../../gather/security-policy.ts'

const unfit = ({ placeholders, foreign }: SecurityPolicy): Evidence[] => [
  ...placeholders
    .slice(0, 5)
    .map(({ path, line, saw }) => ({ at: path, line, saw, wanted: 'a policy of this project, filled in' })),
  ...foreign.slice(0, 5).map(({ path, line, saw, own }) => ({
    at: path,
    line,
    saw: `reports go to ${saw}`,
    wanted: `the advisories of ${own}`,
  })),
]

const gates = ({ events, tolerated }: AuditStep): boolean => events.length > 0 && !tolerated

/** Why a step does not keep a hole from being shipped. */
const idle = ({ never, tolerated, does, at, line }: AuditStep): string =>
  `${does} (${at}:${line}) ${tolerated && never === null ? 'only tells: its failure is ignored' : `never runs: ${never}`}`

const holesIn = ({ path, by, holes }: SavedAudit): Evidence[] =>
  holes.slice(0, 20).map(hole => ({ at: path, saw: `${by} found ${hole}`, wanted: 'a version without known holes' }))

const item: Item = {
  id: 'security-patches',
  area: 'maintenance',
  rows: [71],
  title: 'Holes that can be reported and are closed',
  level: 'must',
  why: 'Who finds a hole and has nowhere to report it publishes it, and a dependency with a known hole is attacked by machines within days.',
  how: 'Add SECURITY.md with a private way to report (an address, or GitHub’s private vulnerability reporting), and let CI run npm audit, pip-audit or osv-scanner so that a known hole fails it.',
  refs: [
    'https://docs.github.com/en/code-security/getting-started/adding-a-security-policy-to-your-repository',
    'https://docs.npmjs.com/cli/commands/npm-audit',
    'https://pypi.org/project/pip-audit/',
  ],
  checks: [
    check({
      asks: 'Is there a security policy that says how to report a hole?',
      needs: { securityPolicy, published },
      judge: ({ securityPolicy, published }) => {
        const { place, contacts } = securityPolicy
        if (!place && isPublished(published))
          return unknown(`this is ${published.what}; the security policy is not part of it`)
        if (!place) return fail({ at: 'SECURITY.md', saw: 'no security policy', wanted: 'a way to report a hole' })
        const broken = unfit(securityPolicy)
        if (broken.length === 0 && contacts.length === 0)
          broken.push({
            at: place.path,
            line: place.line,
            saw: 'no way to report a hole',
            wanted: 'an address or a form',
          })
        const found = contacts
          .slice(0, 4)
          .map(({ kind, path, line, saw }) => ({ at: path, line, saw: `${kind}: ${saw}` }))
        return judged(broken, found, 'not reached')
      },
    }),
    check({
      asks: 'Is it known that no dependency has a known hole?',
      needs: { dependencyAudits },
      judge: ({ dependencyAudits: { steps, saved } }) => {
        const [first, ...more] = saved.flatMap(holesIn)
        if (first) return fail(first, ...more)
        const gate = steps.find(gates)
        if (gate)
          return pass({
            at: gate.at,
            line: gate.line,
            saw: `${gate.does} on ${gate.events.join(', ')} fails on known holes`,
          })
        const clean = saved.find(({ outdated }) => outdated === null)
        if (clean) return pass({ at: clean.path, saw: `${clean.by} found no hole in the versions that are locked` })
        const near = [...steps.map(idle), ...saved.map(({ path, outdated }) => `${path} is outdated: ${outdated}`)]
        const hint = near[0] ? `; ${near[0]}` : ''
        return unknown(
          `the list of known holes is kept by registries, which are not asked at impact read, and no audit gates the pipeline${hint}`,
        )
      },
    }),
  ],
}

export default item
