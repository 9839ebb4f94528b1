/** What happens while an audit runs; faces listen, the engine never prints. */
export type AuditEvent =
  | { type: 'target'; name: string; number: number; of: number }
  /** One of several targets could not be audited; the others go on. */
  | { type: 'failed'; target: string; error: unknown }
  | { type: 'planned'; gatherers: number; items: number }
  | { type: 'gathering'; id: string }
  | { type: 'gathered'; id: string; ms: number; outcome: 'done' | 'undecided' | 'crashed' | 'late' }
  | { type: 'judged'; items: number }

export type Listener = (event: AuditEvent) => void
