import type { DeclaredCall, DeclaredState } from '../../core/target.ts'
import { withToken } from '../../instruments/kept-data.ts'
import type { Connection, Reply } from '../../target/connection.ts'
import { findAll, freshTokens, writeAll } from '../acknowledged-writes.ts'
import { numberIn } from '../counted-calls.ts'
import { succeeded } from '../trials.ts'

/** What was written at one instance and looked for at another, by their numbers. */
export interface Crossing {
  by: number
  at: number
  acknowledged: number
  lost: number
}

export interface SharedData {
  written: { write: string; read: string; crossings: Crossing[] } | null
  counted: { add: string; count: string; acknowledged: number; before: number; after: (number | null)[] } | null
  /** What was declared and could not be tried, and why. */
  untried: string[]
}

const writes = 8
const adds = 5
const answerMs = 15_000

const crossed = async (connections: Connection[], write: DeclaredCall, read: DeclaredCall): Promise<Crossing[]> => {
  const crossings: Crossing[] = []
  for (const [index, writer] of connections.entries()) {
    const at = (index + 1) % connections.length
    const reader = connections[at]
    if (!reader) continue
    // Each reader has looked before: what it remembers of then must not be all it knows.
    await findAll(reader, { write, read }, freshTokens(1))
    const acknowledged = await writeAll([writer], { write, read }, freshTokens(writes))
    const found = await findAll(reader, { write, read }, acknowledged)
    crossings.push({
      by: index + 1,
      at: at + 1,
      acknowledged: acknowledged.length,
      lost: acknowledged.length - found.length,
    })
  }
  return crossings
}

const countedBy = async (
  connections: Connection[],
  add: DeclaredCall,
  count: DeclaredCall,
): Promise<SharedData['counted']> => {
  const ask = (connection: Connection, call: DeclaredCall): Promise<Reply> =>
    connection.request('tools/call', withToken(call, ''), { timeout: answerMs })
  const [first] = connections
  const before = first ? numberIn(await ask(first, count)) : null
  if (before === null) return null
  let acknowledged = 0
  for (const connection of connections)
    for (let time = 0; time < adds; time++) if (succeeded(await ask(connection, add))) acknowledged++
  const after: (number | null)[] = []
  for (const connection of connections) after.push(numberIn(await ask(connection, count)))
  return { add: add.tool, count: count.tool, acknowledged, before, after }
}

/** What one instance keeps, seen by another: by the declared pairs of tools. */
export const sharedData = async (connections: Connection[], state: DeclaredState): Promise<SharedData> => {
  const { write, read, add, count } = state
  const untried: string[] = []
  const crossings = write && read ? await crossed(connections, write, read) : []
  if (write && crossings.every(({ acknowledged }) => acknowledged === 0))
    untried.push(`no call of ${write.tool} was acknowledged`)
  const counted = add && count ? await countedBy(connections, add, count) : null
  if (add && !counted) untried.push(`the declared count ${count?.tool} shows no number`)
  return {
    written: write && read ? { write: write.tool, read: read.tool, crossings } : null,
    counted,
    untried,
  }
}
