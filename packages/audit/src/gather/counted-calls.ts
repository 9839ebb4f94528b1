import { gatherer, Undecided } from '../core/item.ts'
import { inScratch, withToken } from '../instruments/kept-data.ts'
import { describeReply, isObject, type Reply } from '../target/connection.ts'
import { connectAnew } from './anew.ts'
import { opening } from './startup.ts'
import { succeeded } from './trials.ts'

export interface CountedCalls {
  add: string
  count: string
  acknowledged: number
  before: number
  after: number
}

/** What decides this in airworthy.json. */
export const declareCounter =
  'declare a tool that adds one and the tool that shows the number as "state": { "add": …, "count": … } in airworthy.json'

const calls = 60
const answerMs = 15_000

/** The one number of a structured answer, or the first of its text. */
export const numberIn = (reply: Reply): number | null => {
  if (reply.kind !== 'result') return null
  const { structuredContent, content } = reply.result
  const numbers = isObject(structuredContent)
    ? Object.values(structuredContent).filter(one => typeof one === 'number')
    : []
  if (numbers.length === 1) return numbers[0] ?? null
  const [part] = Array.isArray(content) ? (content as unknown[]) : []
  const found = isObject(part) && typeof part['text'] === 'string' ? /-?\d+/.exec(part['text']) : null
  return found ? Number(found[0]) : null
}

/** A declared counter before and after parallel calls that each add one. */
export const countedCalls = gatherer({
  id: 'counted-calls',
  impact: 'call',
  from: 'server',
  needs: { opening },
  gather: async (target, { opening }): Promise<CountedCalls> => {
    const { add, count } = target.settings.state ?? {}
    if (!add || !count) throw new Undecided(declareCounter)
    const { env = {} } = await inScratch(target, target.settings.state ?? {})
    const connection = await connectAnew(target, opening, { env })
    const ask = (call: typeof add): Promise<Reply> =>
      connection.request('tools/call', withToken(call, ''), { timeout: answerMs })
    const read = async (): Promise<number> => {
      const reply = await ask(count)
      const number = numberIn(reply)
      if (number === null) throw new Undecided(`the declared count shows no number: ${describeReply(reply)}`)
      return number
    }
    const before = await read()
    const replies = await Promise.all(Array.from({ length: calls }, () => ask(add)))
    const after = await read()
    await connection.close()
    return { add: add.tool, count: count.tool, acknowledged: replies.filter(succeeded).length, before, after }
  },
})
