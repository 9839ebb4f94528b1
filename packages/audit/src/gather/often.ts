import { durationOf, propertiesOf } from '../instruments/arguments.ts'
import { mismatches } from '../instruments/schemas.ts'
import { variationsOf } from '../instruments/variations.ts'
import type { Json } from '../target/connection.ts'
import type { Trials } from './trials.ts'

/** A call that can be made often. */
export interface Often {
  tool: string
  /** Milliseconds one of them took. */
  ms: number
  arguments: (number: number) => Json
}

const slowMs = 1000

/** The same arguments with every text changed, so that what they name is hardly there; null when nothing can be. */
const misnamed = (schema: Json, good: Json): Json | null => {
  const changed = Object.fromEntries(
    Object.entries(good).map(([name, value]) =>
      typeof value === 'string' && propertiesOf(schema)[name] ? [name, `${value}-airworthy`] : [name, value],
    ),
  )
  const differs = Object.entries(changed).some(([name, value]) => value !== good[name])
  return differs && mismatches(schema, changed).length === 0 ? changed : null
}

/** Each call with another text where a text is free, so that what is kept for each text piles up. */
const varied = (schema: Json, good: Json): ((number: number) => Json) => {
  const [other] = variationsOf(schema, good, 1)
  const [name, value] = Object.entries(good).find(([key, given]) => other && other[key] !== given) ?? []
  if (name === undefined || typeof value !== 'string') return () => good
  if (mismatches(schema, { ...good, [name]: `${value} 1` }).length > 0) return () => good
  return number => ({ ...good, [name]: `${value} ${number}` })
}

/** Quick tools with good arguments, and each again with a text that names nothing; the quickest first. */
export const oftenCalled = ({ good }: Trials): { well: Often[]; badly: Often[] } => {
  const quick = good
    .filter(({ tool, reply }) => reply.ms < slowMs && !durationOf(tool.inputSchema))
    .toSorted((a, b) => a.reply.ms - b.reply.ms)
  return {
    well: quick.map(({ tool, arguments: given, reply }) => ({
      tool: tool.name,
      ms: reply.ms,
      arguments: varied(tool.inputSchema, given),
    })),
    badly: quick.flatMap(({ tool, arguments: given, reply }) => {
      const changed = misnamed(tool.inputSchema, given)
      return changed ? [{ tool: tool.name, ms: reply.ms, arguments: () => changed }] : []
    }),
  }
}
