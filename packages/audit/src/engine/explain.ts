import type { Explanation } from '../core/explanation.ts'
import { impacts, needsOf, type Check, type Gatherer, type Item } from '../core/item.ts'
import { ledger } from '../core/ledger.ts'
import { proofOf } from './judge.ts'
import { closure } from './schedule.ts'

const behind = (check: Check): Gatherer[] => [...closure(needsOf(check).map(([, need]) => need))]

/** `files` tells for each gatherer the source file where it stands. */
export const explainItem = (item: Item, files: ReadonlyMap<string, string>): Explanation => {
  const { id, area, title, level, why, how, refs, applies } = item
  const gathererFiles = item.checks.flatMap(behind).flatMap(({ id }) => files.get(id) ?? [])
  return {
    id,
    area,
    title,
    level,
    rows: ledger.filter(({ row }) => item.rows.includes(row)),
    why,
    how,
    ...(applies ? { applies } : {}),
    checks: item.checks.map(check => ({
      asks: check.asks,
      proof: proofOf(check),
      impact: impacts.findLast(impact => behind(check).some(need => need.impact === impact)) ?? 'read',
      rows: check.rows ?? item.rows,
      gatherers: needsOf(check).map(([, need]) => need.id),
    })),
    refs,
    files: [`items/${area}/${id}.ts`, ...new Set(gathererFiles)].map(file => `packages/audit/src/${file}`),
  }
}
