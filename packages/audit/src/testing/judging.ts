import type { Item } from '../core/item.ts'
import type { Verdict } from '../core/verdict.ts'

/** What one question of an item answers to made-up artifacts. */
export const answerTo = (item: Item, inputs: Record<string, unknown>, question = 0): Verdict => {
  const check = item.checks[question]
  if (!check) throw new Error(`${item.id} has no question ${question}`)
  return check.judge(inputs)
}
