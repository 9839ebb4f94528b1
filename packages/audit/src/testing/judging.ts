import { needsOf, type Item } from '../core/item.ts'
import type { Verdict } from '../core/verdict.ts'

/** What one question of an item answers to made-up artifacts. */
export const answerTo = (item: Item, inputs: Record<string, unknown>, question = 0): Verdict => {
  const check = item.checks[question]
  if (!check) throw new Error(`${item.id} has no question ${question}`)
  return check.judge(inputs)
}

/** The worst that the questions of an item answer which need no more than these made-up artifacts. */
export const worstOf = (item: Item, inputs: Record<string, unknown>): Verdict['status'] => {
  const asked = item.checks.filter(check => needsOf(check).every(([name]) => name in inputs))
  const found = new Set(asked.map(check => check.judge(inputs).status))
  const worst = (['fail', 'unknown', 'not-applicable', 'pass'] as const).find(status => found.has(status))
  if (!worst) throw new Error(`${item.id} asks nothing of these alone`)
  return worst
}
