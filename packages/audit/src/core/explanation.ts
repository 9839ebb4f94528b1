import type { Applies, Impact, Level } from './item.ts'
import type { Row } from './ledger.ts'
import type { Proof } from './verdict.ts'

/** All there is to know about one item, as `airworthy explain` shows it. */
export interface Explanation {
  id: string
  area: string
  title: string
  level: Level
  rows: Row[]
  why: string
  how: string
  applies?: Applies
  checks: {
    asks: string
    proof: Proof
    /** The impact from which on it is answered. */
    impact: Impact
    /** The rows it decides. */
    rows: number[]
    /** What it looks at, by name. */
    gatherers: string[]
  }[]
  refs: string[]
  /** The files where it lives, relative to the repository of the product. */
  files: string[]
}
