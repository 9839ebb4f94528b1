import type { Level } from './item.ts'
import type { ItemResult, Report } from './report.ts'

export const gates = ['none', 'must', 'should', 'all'] as const
/** Which failures end a check with exit code 1. */
export type Gate = (typeof gates)[number]

const levels: Record<Gate, readonly Level[]> = {
  none: [],
  must: ['must'],
  should: ['must', 'should'],
  all: ['must', 'should', 'may'],
}

/** Whether a gate looks at the item. */
export const heldBy = (gate: Gate, { level }: { level: Level }): boolean => levels[gate].includes(level)

/** The failing items that keep the gate shut; empty when it is met. */
export const shutBy = ({ items }: Report, gate: Gate): ItemResult[] =>
  items.filter(item => item.status === 'fail' && heldBy(gate, item))
