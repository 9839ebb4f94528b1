import { gatherer, Undecided } from '../core/item.ts'
import { describeReply, isObject, type Connection, type Json } from '../target/connection.ts'
import { lists } from './lists.ts'
import { opening } from './startup.ts'
import { trials, type Trials } from './trials.ts'
import { connectAnew } from './anew.ts'

/** The severities of MCP, which are those of syslog, from the least to the most urgent. */
export const severities = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']

/** Messages that the server sent its client as a log, under what was asked for. */
export interface LoggingMessages {
  /** How the least severity is asked for in its era. */
  asked: 'logging/setLevel' | 'io.modelcontextprotocol/logLevel'
  /** What asking for debug was answered with, when it was no result. */
  refused: string | null
  phases: { least: string | null; levels: string[] }[]
}

const maxCalls = 6

const callSome = async (connection: Connection, { good }: Trials, meta: Json): Promise<void> => {
  const quick = good.filter(({ reply }) => reply.ms < 2000).slice(0, maxCalls)
  for (const { tool, arguments: given } of quick)
    await connection.request('tools/call', { name: tool.name, arguments: given }, { timeout: 10_000, meta })
  // What was sent beside an answer has come by the time of the next one.
  await connection.request('tools/list', {}, { timeout: 10_000 })
}

/** What a server that declares `logging` sends its client, with the least severity asked for and without. */
export const loggingMessages = gatherer({
  id: 'logging-messages',
  impact: 'call',
  from: 'server',
  needs: { opening, trials, lists },
  gather: async (target, { opening, trials, lists }): Promise<LoggingMessages> => {
    if (!('logging' in lists.capabilities)) throw new Undecided('it does not declare the capability logging')
    const connection = await connectAnew(target, opening)
    const isModern = connection.era === 'modern'
    const phases: LoggingMessages['phases'] = []
    const phase = async (least: string | null, meta: Json = {}): Promise<void> => {
      const before = connection.received.length
      await callSome(connection, trials, meta)
      const sent = connection.received
        .slice(before)
        .filter(({ message }) => message['method'] === 'notifications/message')
      const levels = sent.map(({ message }) => String(isObject(message['params']) ? message['params']['level'] : ''))
      phases.push({ least, levels })
    }
    if (isModern) {
      await phase(null)
      await phase('emergency', { 'io.modelcontextprotocol/logLevel': 'emergency' })
      await connection.close()
      return { asked: 'io.modelcontextprotocol/logLevel', refused: null, phases }
    }
    const answer = await connection.request('logging/setLevel', { level: 'debug' })
    await phase('debug')
    if (answer.kind === 'result') {
      await connection.request('logging/setLevel', { level: 'emergency' })
      await phase('emergency')
    }
    await connection.close()
    return { asked: 'logging/setLevel', refused: answer.kind === 'result' ? null : describeReply(answer), phases }
  },
})
