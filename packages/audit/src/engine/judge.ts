import { combine } from '../core/combine.ts'
import { reasonNotToApply, type Circumstances } from '../core/circumstances.ts'
import { needsOf, type Check, type Gatherer, type Item } from '../core/item.ts'
import type { ItemResult, VerdictRecord } from '../core/report.ts'
import type { Proof, Verdict } from '../core/verdict.ts'
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

const record = (check: Check, verdict: Verdict): VerdictRecord => ({
  asks: check.asks,
  proof: proofOf(check),
  ...(check.rows ? { rows: check.rows } : {}),
  ...verdict,
})

export const judgeItem = (item: Item, outcomes: Map<Gatherer, Outcome>, known: Circumstances): ItemResult => {
  const because = reasonNotToApply(item.applies, known)
  const verdicts = item.checks.map(check =>
    record(check, because ? { status: 'not-applicable', because } : verdictOf(check, outcomes)),
  )
  const { status, proof } = combine(verdicts, item.combine)
  const { id, area, title, level, rows, how } = item
  return {
    id,
    area,
    title,
    level,
    rows,
    status,
    proof,
    verdicts,
    ...(status === 'fail' || status === 'unknown' ? { how } : {}),
  }
}
