import { durationOf, lasting } from '../instruments/arguments.ts'
import type { Json } from '../target/connection.ts'
import type { Trials } from './trials.ts'

export interface SlowCall {
  tool: string
  arguments: Json
  /** Milliseconds that it is expected to take. */
  ms: number
}

/** A good call that takes a while: one whose arguments ask for a time, made to take about 1 s, else the slowest. */
export const slowCallOf = ({ good }: Trials): SlowCall | null => {
  const timed = good.find(({ tool }) => (durationOf(tool.inputSchema)?.maximum ?? 0) >= 1)
  if (timed) {
    const { inputSchema, name } = timed.tool
    const milliseconds = durationOf(inputSchema)?.milliseconds === true
    const ms = milliseconds ? Math.min(1000, durationOf(inputSchema)?.maximum ?? 1000) : 1000
    return { tool: name, arguments: lasting(inputSchema, timed.arguments, ms), ms }
  }
  const slowest = good.filter(({ reply }) => reply.ms < 3000).toSorted((a, b) => b.reply.ms - a.reply.ms)[0]
  return slowest ? { tool: slowest.tool.name, arguments: slowest.arguments, ms: slowest.reply.ms } : null
}
