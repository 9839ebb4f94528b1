import { gatherer, Undecided } from '../core/item.ts'
import { exchange } from '../target/exchange.ts'
import { describeReply, type Connection, type Json } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import { outcomeOf, textOf, type Outcome } from './outcome.ts'
import { losesByItself } from './by-itself.ts'
import { opening } from './startup.ts'
import { succeeded, trials, type Trials } from './trials.ts'

export interface Misused {
  /** What was sent, in words. */
  sent: string
  /** Null for bytes that are no request: nothing has to answer them. */
  answer: Outcome | null
  /** Whether the server answered `tools/list` after it, and how it ended if it did not. */
  serves: boolean
  afterwards: string
}

export interface Misuse {
  misused: Misused[]
  /** Good calls after all of it, next to what they gave before. */
  goodCalls: { tool: string; before: string; after: string; same: boolean; lost: boolean }[]
}

const answerMs = 5000
const goodCalls = 6

const lines: Record<string, string> = {
  'a line that is no JSON': '{"jsonrpc":"2.0","id":7,"method":\n',
  'a line of plain text': 'hello\n',
  'a JSON value that is no message': '42\n',
  'a message without a method': '{"jsonrpc":"2.0","id":"airworthy-none"}\n',
}

const sendRaw = async (connection: Connection, headers: Record<string, string>, text: string): Promise<void> => {
  if (connection.transport === 'stdio') await connection.process?.write(text)
  else
    await exchange(connection.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: text.trim(),
      timeout: answerMs,
    })
}

const requests = (connection: Connection, { good }: Trials): [sent: string, method: string, params: Json][] => [
  ['a call to a tool that does not exist', 'tools/call', { name: 'airworthy-none', arguments: {} }],
  ['a method that does not exist', 'airworthy/none', {}],
  ...good.slice(0, 1).map(({ tool }): [string, string, Json] => {
    return [`arguments of ${tool.name} that are a text`, 'tools/call', { name: tool.name, arguments: 'none' }]
  }),
  ...('prompts' in connection.capabilities
    ? [['prompts/get without a name', 'prompts/get', {}] as [string, string, Json]]
    : []),
  ...('resources' in connection.capabilities
    ? [['resources/read without a URI', 'resources/read', {}] as [string, string, Json]]
    : []),
]

const callsAgain = async (connection: Connection, { good }: Trials): Promise<Misuse['goodCalls']> => {
  const quick = good.filter(({ reply }) => reply.ms < 2000).slice(0, goodCalls)
  return Promise.all(
    quick.map(async ({ tool, arguments: sample, reply }) => {
      const params = { name: tool.name, arguments: sample }
      const after = await connection.request('tools/call', params, { timeout: answerMs + 2 * reply.ms })
      const text = reply.kind === 'result' ? textOf(reply.result) : ''
      return {
        tool: tool.name,
        before: text.slice(0, 200),
        after: describeReply(after).slice(0, 300),
        same: succeeded(after),
        lost: after.kind === 'lost',
      }
    }),
  )
}

/** Requests that no client should send, one at a time, and whether the server serves on after each. */
export const misuse = gatherer({
  id: 'misuse',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Misuse> => {
    const misused: Misused[] = []
    const headers = target.server?.transport === 'http' ? target.server.headers : {}
    let connection = await reopen(target, opening, undefined)
    const note = async (sent: string, answer: Outcome | null): Promise<void> => {
      if (!connection) return
      const next = await connection.request('tools/list', undefined, { timeout: answerMs })
      const serves = next.kind !== 'lost'
      misused.push({ sent, answer, serves, afterwards: describeReply(next).slice(0, 200) })
      if (serves) return
      await connection.close()
      connection = await reopen(target, opening, undefined)
    }
    for (const [sent, method, params] of connection ? requests(connection, trials) : []) {
      if (connection) await note(sent, outcomeOf(await connection.request(method, params, { timeout: answerMs })))
    }
    for (const [sent, text] of Object.entries(lines)) {
      if (!connection || misused.filter(({ serves }) => !serves).length > 1) break
      await sendRaw(connection, headers, text)
      await note(sent, null)
    }
    const again = connection ? await callsAgain(connection, trials) : []
    await connection?.close()
    if (misused.some(({ serves }) => !serves) || again.some(({ lost }) => lost)) {
      const alone = await losesByItself(target, opening, trials, 2 * misused.length + again.length)
      if (alone) throw new Undecided(alone)
    }
    return { misused, goodCalls: again }
  },
})
