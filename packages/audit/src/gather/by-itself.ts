import type { Target } from '../core/target.ts'
import { describeReply } from '../target/connection.ts'
import type { Startup } from '../target/startup-failures.ts'
import { connectAnew } from './anew.ts'
import type { Trials } from './trials.ts'

const most = 60
const budgetMs = 15_000
const answerMs = 4000

/**
 * What a server of its own does with good calls alone, one after the other: the first that gets no answer, in words, or
 * null. Whoever finds calls lost after something else was done to a server has to know it, before that is to blame.
 */
export const losesByItself = async (
  target: Target,
  opening: Startup,
  { good }: Trials,
  calls: number,
): Promise<string | null> => {
  const quick = good.filter(({ reply }) => reply.ms < answerMs).toSorted((a, b) => a.reply.ms - b.reply.ms)
  const { loan: _, ...own } = target
  const connection = await connectAnew(own, opening)
  const until = performance.now() + budgetMs
  try {
    for (let index = 0; index < Math.min(calls, most) && performance.now() < until; index++) {
      const trial = quick[index % quick.length]
      if (!trial) return null
      const { tool, arguments: given, reply } = trial
      const again = await connection.request(
        'tools/call',
        { name: tool.name, arguments: given },
        { timeout: answerMs + 3 * reply.ms },
      )
      if (again.kind !== 'lost' || again.http?.status === 429) continue
      return `good calls are lost too: number ${index + 1} of a row of them, ${tool.name}, got ${describeReply(again)}`
    }
    return null
  } finally {
    await connection.close()
  }
}
