import { check, type Check } from '../core/item.ts'
import { pass, unknown, type Verdict } from '../core/verdict.ts'
import { attestations, type Attestations } from '../gather/attestations.ts'
import type { Attestation } from '../core/target.ts'

/** Why an attestation does not hold today; null when it does. */
const objection = ({ date, until, commit }: Attestation, { commit: current, today }: Attestations): string | null => {
  if (date.slice(0, 10) > today) return `it is dated in the future, ${date}`
  if (until.slice(0, 10) < today) return `it ended on ${until}`
  if (commit === undefined) return null
  if (current === null)
    return `it is about commit ${commit.slice(0, 12)}, and the commit of this directory cannot be read`
  const isSame = commit.length >= 7 && current.startsWith(commit.toLowerCase())
  return isSame ? null : `it is about commit ${commit.slice(0, 12)}, the code is at ${current.slice(0, 12)}`
}

const said = ({ by, date, until, commit, evidence }: Attestation): string =>
  [
    `${by} on ${date}, until ${until}`,
    ...(commit ? [`commit ${commit.slice(0, 12)}`] : []),
    ...(evidence ? [evidence] : []),
  ].join(', ')

const judge = (item: string, found: Attestations): Verdict => {
  const own = found.given.filter(each => each.item === item).toSorted((a, b) => b.date.localeCompare(a.date))
  const [latest] = own
  if (!latest) return unknown(`nobody has attested it: add «${item}» to the attestations in airworthy.json`)
  const valid = own.find(each => objection(each, found) === null)
  if (valid) return pass({ at: 'airworthy.json attestations', saw: said(valid) })
  return unknown(`attested by ${said(latest)}, but ${objection(latest, found)}`)
}

/** The check of an item that only a person can vouch for. */
export const attested = (item: string, asks: string): Check =>
  check({ asks, needs: { attestations }, judge: ({ attestations }) => judge(item, attestations) })
