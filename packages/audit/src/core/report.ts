import type { Impact, Level, Profile } from './item.ts'
import type { Requirement } from './requirement.ts'
import type { Evidence, Proof, Status } from './verdict.ts'

export interface VerdictRecord {
  asks: string
  proof: Proof
  /** The rows it decides, when not all rows of its item. */
  rows?: number[]
  /** The demand of a specification it is about; a failure counts for the item only when that is a `must`. */
  requirement?: Requirement
  status: Status
  /** Present when passed or failed. */
  evidence?: Evidence[]
  /** Present when unknown or not applicable. */
  because?: string
}

export interface ItemResult {
  id: string
  area: string
  title: string
  /** Of what failed, when something did: a question may weigh less than its item. */
  level: Level
  rows: number[]
  status: Status
  /** What decided; null while nothing is decided. */
  proof: Proof | null
  verdicts: VerdictRecord[]
  /** The next step, when it did not pass. */
  how?: string
}

export type RowStatus = Status | 'attested' | 'not-covered'

export interface RowResult {
  row: number
  section: string
  title: string
  status: RowStatus
  items: string[]
}

export interface RowCounts {
  total: number
  pass: number
  fail: number
  unknown: number
  'not-applicable': number
  attested: number
  'not-covered': number
}

export interface Report {
  /** Version of this shape; see report.schema.json. */
  schemaVersion: 1
  tool: { name: string; version: string }
  target: { name: string; repository?: string; server?: string; startedBy?: string }
  /** What the server said of itself; absent when it was not reached. */
  server?: {
    name: string
    version: string
    transport: 'stdio' | 'http'
    era: 'legacy' | 'modern'
    revision: string
    capabilities: string[]
    startupMs: number
  }
  profile: Profile
  impact: Impact
  summary: RowCounts
  items: ItemResult[]
  rows: RowResult[]
  run: {
    startedAt: string
    seconds: number
    /** Seconds during which the audit only waited for the server. */
    waitingSeconds: number
    processes: number
    called: { tool: string; arguments: string; count: number }[]
    notCalled: { tool: string; because: string }[]
    /** Processes of the target that were still there after the audit had ended them all. */
    leftovers: string[]
    /** What was seen that belongs to no item: bounds that were reached, files left out, faults of the audit itself. */
    notes: string[]
  }
}
