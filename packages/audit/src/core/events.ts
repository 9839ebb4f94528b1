/** What happens while an audit runs; faces listen, the engine never prints. */
export type AuditEvent =
  | { type: 'planned'; gatherers: number; items: number }
  | { type: 'gathering'; id: string }
  | { type: 'gathered'; id: string; ms: number; outcome: 'done' | 'undecided' | 'crashed' | 'late' }
  | { type: 'judged'; items: number }

export type Listener = (event: AuditEvent) => void
