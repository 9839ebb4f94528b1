import { combine, worst, type Combined } from '../core/combine.ts'
import { reasonNotToApply, type Circumstances } from '../core/circumstances.ts'
import { needsOf, type Check, type Gatherer, type Item, type Level } from '../core/item.ts'
import type { ItemResult, VerdictRecord } from '../core/report.ts'
import { counts } from '../core/requirement.ts'
import type { Proof, Status, Verdict } from '../core/verdict.ts'
import { closure, type Outcome } from './schedule.ts'

/** A check that needs anything of the running server is a live proof. */
export const proofOf = (check: Check): Proof => {
  const sources = new Set([...closure(needsOf(check).map(([, need]) => need))].map(({ from }) => from))
  if (sources.has('server')) return 'live'
  return sources.has('repository') ? 'repository' : 'attestation'
}

const verdictOf = (check: Check, outcomes: Map<Gatherer, Outcome>): Verdict => {
  const inputs: Record<string, unknown> = {}
  for (const [name, need] of needsOf(check)) {
    const outcome = outcomes.get(need)
    if (!outcome) return { status: 'unknown', because: `${need.id} was not gathered` }
    if (outcome.state !== 'done') return { status: 'unknown', because: outcome.because }
    inputs[name] = outcome.value
  }
  try {
    return check.judge(inputs)
  } catch (error) {
    if (process.env['AIRWORTHY_DEBUG']) console.error(error)
    return { status: 'unknown', because: `a fault of the audit itself, in the check «${check.asks}»: ${String(error)}` }
  }
}

const record = (
  { asks, rows, requirement, ...check }: Check,
  verdict: Verdict,
  known: Circumstances,
): VerdictRecord => {
  const over = requirement?.transport ?? known.transport
  return {
    asks,
    proof: proofOf({ asks, ...check }),
    ...(rows ? { rows } : {}),
    ...(requirement ? { requirement: { ...requirement, ...(over ? { transport: over } : {}) } } : {}),
    ...verdict,
  }
}

/**
 * Questions about different rows are decided apart. The first of them says what the item is; the others can fail it, but
 * what they leave open does not undo what was proven.
 */
const statusOf = ({ combine: how }: Item, verdicts: VerdictRecord[]): Combined => {
  const groups = new Map<string, VerdictRecord[]>()
  for (const verdict of verdicts.filter(counts)) {
    const key = String(verdict.rows ?? '')
    groups.set(key, [...(groups.get(key) ?? []), verdict])
  }
  const [first, ...others] = [...groups.values()].map(group => combine(group, how))
  if (!first) throw new Error('an item without checks')
  const failing = others.filter(({ status }) => status === 'fail')
  return worst(first.status === 'not-applicable' && others.length > 0 ? others : [first, ...failing])
}

const weights: Level[] = ['must', 'should', 'may']

/** A failure weighs as much as the heaviest question that failed. */
const levelOf = ({ level, checks }: Item, verdicts: VerdictRecord[], status: Status): Level => {
  const failed = new Set(
    checks.flatMap((check, index) => {
      const verdict = verdicts[index]
      return verdict?.status === 'fail' && counts(verdict) ? (check.level ?? level) : []
    }),
  )
  return (status === 'fail' && weights.find(weight => failed.has(weight))) || level
}

export const judgeItem = (item: Item, outcomes: Map<Gatherer, Outcome>, known: Circumstances): ItemResult => {
  const verdicts = item.checks.map(check => {
    const because = reasonNotToApply(item.applies, known) ?? reasonNotToApply(check.applies, known)
    return record(check, because ? { status: 'not-applicable', because } : verdictOf(check, outcomes), known)
  })
  const { status, proof } = statusOf(item, verdicts)
  const { id, area, title, rows, how } = item
  const next = status === 'fail' || status === 'unknown' ? { how } : {}
  return { id, area, title, level: levelOf(item, verdicts, status), rows, status, proof, verdicts, ...next }
}
