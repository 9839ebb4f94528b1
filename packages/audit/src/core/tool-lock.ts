/** A tool as its definition was remembered. */
export interface KnownTool {
  name: string
  title: string
  description: string
  inputSchema: Record<string, unknown>
  outputSchema?: Record<string, unknown>
  annotations: Record<string, unknown>
}

/** airworthy.lock.json: the tools of each server, by the name it gives itself. */
export interface ToolLock {
  version: 1
  servers: Record<string, { version: string; tools: KnownTool[] }>
}

/** Where definitions are remembered, what was, and what this audit saw. */
export interface LockPlace {
  file: string
  known: ToolLock | null
  seen: ToolLock['servers']
}
