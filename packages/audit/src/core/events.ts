/** What happens while an audit runs; faces listen, the engine never prints. */
export type AuditEvent =
  | { type: 'target'; name: string; number: number; of: number }
  /** One of several targets could not be audited; the others go on. */
  | { type: 'failed'; target: string; error: unknown }
  /** `stress` tells what will be done to the server at that impact. */
  | { type: 'planned'; gatherers: number; items: number; stress: string[] }
  | { type: 'gathering'; id: string }
  | { type: 'gathered'; id: string; ms: number; outcome: 'done' | 'undecided' | 'crashed' | 'late' }
  | { type: 'judged'; items: number }

export type Listener = (event: AuditEvent) => void
