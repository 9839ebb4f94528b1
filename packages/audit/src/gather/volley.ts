import type { Target } from '../core/target.ts'
import type { Json, Reply } from '../target/connection.ts'
import type { RunOptions } from '../target/run.ts'
import { reopen } from '../target/reopen.ts'
import type { Startup } from '../target/startup-failures.ts'

export interface Shot {
  tool: string
  arguments: Json
  /** Milliseconds it may take. */
  limit: number
}

/** Calls of one group; one that serves them one after the other takes as many times as long for the last. */
export const atOnce = 8
const maxLost = 4

/** Calls in small groups on one connection, a new one after a loss; null for what was not sent before `budget` ms. */
export const volley = async (
  target: Target,
  startup: Startup,
  shots: readonly Shot[],
  budget: number,
  options: RunOptions = {},
): Promise<(Reply | null)[]> => {
  const replies: (Reply | null)[] = []
  const until = performance.now() + budget
  let lost = 0
  let connection = await reopen(target, startup, undefined, options)
  for (let at = 0; at < shots.length; at += atOnce) {
    const group = shots.slice(at, at + atOnce)
    const opened = connection
    if (!opened || performance.now() > until || lost > maxLost) {
      replies.push(...group.map(() => null))
      continue
    }
    const answers = await Promise.all(
      group.map(({ tool, arguments: given, limit }) =>
        opened.request('tools/call', { name: tool, arguments: given }, { timeout: limit }),
      ),
    )
    replies.push(...answers)
    if (!answers.some(({ kind }) => kind === 'lost')) continue
    lost++
    await opened.close()
    connection = await reopen(target, startup, undefined, options)
  }
  await connection?.close()
  return replies
}
