import type { Era, Json, Reply } from '../../target/connection.ts'

export type { Era, Json, Reply }
export { describeReply, isObject } from '../../target/connection.ts'

/** What was tried; the requirement that it answers is chosen by whoever judges. */
export type Probe =
  | 'discover'
  | 'unsupported-version'
  | 'no-version'
  | 'no-capabilities'
  | 'no-client-info'
  | 'without-discover'
  | 'initialize'
  | 'unknown-revision'
  | 'unprompted'
  | 'id'
  | 'null-id'
  | 'unknown-method'
  | 'malformed'
  | 'batch'
  | 'notification'
  | 'list'
  | 'next-page'
  | 'tools-again'
  | 'bad-cursor'
  | 'optional-method'
  | 'missing-resource'
  | 'read'
  | 'ping'
  | 'listen'
  | 'no-method-header'
  | 'other-method-header'
  | 'other-version-header'
  | 'bad-version-header'
  | 'other-name-header'
  | 'encoded-name-header'
  | 'no-param-header'
  | 'other-param-header'
  | 'encoded-param-header'
  | 'get'
  | 'delete'
  | 'second-client'
  | 'sessions'
  | 'no-session'
  | 'unknown-session'
  | 'ended-session'
  | 'unknown-tool'
  | 'missing-argument'
  | 'call'
  | 'own-fault'
  | 'cancelled'
  | 'event-ids'
  | 'resumed'
  | 'session-alone'
  | 'without-capability'
  | 'with-capability'
  | 'authorization-server'
  | 'closed-stream'
  | 'lesser-scope'
  | 'handle-alone'

/** One thing that was tried and what came back. */
export interface Observation {
  probe: Probe
  era: Era
  revision: string
  transport: 'stdio' | 'http'
  /** The request in words. */
  at: string
  method: string
  reply: Reply
  /** Where the raw wire was looked at: the messages that came, the answers first. */
  messages?: Json[]
  /** Where the server may have suffered: whether it answered afterwards. */
  alive?: boolean
  /** The id that was sent, where it matters. */
  id?: string | number
  /** The session ids that were handed out, or the one that was used. */
  sessions?: string[]
  /** The ids of events, in the order in which they came. */
  events?: string[]
  /** Whether the call takes long enough to go on after its connection was lost. */
  outlives?: boolean
  /** Whether the call was still at work after its stream had been closed. */
  goesOn?: boolean
  /** The names that a list has on another connection. */
  elsewhere?: string[]
  /** What keeps the structured content of a result from its output schema, or metadata from what they must say. */
  mismatches?: string[]
}

/** A message of the server that answers no request. */
export interface Unasked {
  era: Era
  message: Json
  /** A progress notification whose call had been answered before it came. */
  late: boolean
}

export interface ToolSchema {
  era: Era
  revision: string
  tool: string
  which: 'inputSchema' | 'outputSchema'
  /** What is wrong with it as a schema, by the dialect it declares. */
  faults: string[]
}

export interface Observed {
  transport: 'stdio' | 'http'
  eras: Era[]
  capabilities: string[]
  seen: Observation[]
  unasked: Unasked[]
  schemas: ToolSchema[]
  /** Progress tokens that were given out. */
  tokens: string[]
}
