import { randomBytes } from 'node:crypto'
import { gatherer } from '../core/item.ts'
import { interleaved } from '../instruments/mutations.ts'
import { watchPrototype, type PrototypeWatch } from '../instruments/prototype-watch.ts'
import { strangeKeys, strangeNumbers, strangeTexts, type StrangeForm } from '../instruments/strange-texts.ts'
import { describeReply, type Connection, type Reply } from '../target/connection.ts'
import type { LogLine } from '../target/process.ts'
import { reopen } from '../target/reopen.ts'
import { aimsOf } from './aims.ts'
import { lists, takesNothing } from './lists.ts'
import { opening } from './startup.ts'
import { quickOf, trials, type Trials } from './trials.ts'

export interface StrangeProbe extends Omit<StrangeForm, 'arguments'> {
  tool: string
  answered: boolean
  /** How it ended when, sent alone, it brought the server down or to a halt. */
  broke: string | null
  /** A key of the arguments was found on the prototype of all objects after it. */
  polluted: boolean
}

export interface StrangeArguments {
  probes: StrangeProbe[]
  /** Calls that were planned and not made before the time was up, or after too much had broken or their tool had not answered. */
  left: { count: number; kinds: StrangeForm['kind'][] }
  /** Lines of the log that begin with what a caller wrote. */
  forged: string[]
  /** Lines of the log that were seen in all; null where the log is out of sight. */
  logged: number | null
  callable: number
  good: number
  takesArguments: boolean
}

const maxTexts = 120
const maxOthers = 60
const atOnce = 8
const maxBroken = 3
/** Calls of one tool without an answer, after which it gets no more. */
const maxSilent = 2
const answerMs = 5000
const budgetMs = 25_000
/** What is written in the background gets this long after the last answer. */
const lateMs = 100

type Planned = StrangeForm & { tool: string; limit: number }

const planFor = (trials: Trials, forged: string, mark: string): Planned[] => {
  const texts = interleaved(
    aimsOf(trials).map(aims =>
      aims.flatMap(({ tool, parameter, limit }) =>
        strangeTexts(parameter, forged).map(form => ({ ...form, tool: tool.name, limit })),
      ),
    ),
  )
  const others = (make: (schema: Trials['good'][number]) => StrangeForm[]): Planned[] =>
    interleaved(
      quickOf(trials).map(trial =>
        make(trial).map(form => ({
          ...form,
          tool: trial.tool.name,
          limit: answerMs + Math.min(answerMs, 3 * trial.reply.ms),
        })),
      ),
    ).slice(0, maxOthers)
  // What there are fewest of comes first, so that a slow server is tried with each kind.
  return [
    ...others(({ arguments: good }) => strangeKeys(good, mark)),
    ...others(({ tool, arguments: good }) => strangeNumbers(tool.inputSchema, good)),
    ...texts.slice(0, maxTexts),
  ]
}

const call = (connection: Connection, { tool, arguments: given, limit }: Planned): Promise<Reply> =>
  connection.request('tools/call', { name: tool, arguments: given }, { timeout: limit })

/** Well-formed arguments full of what careless code trips over, and what became of the server, its log, its objects. */
export const strangeArguments = gatherer({
  id: 'strange-arguments',
  impact: 'call',
  from: 'server',
  lasts: 2,
  deadline: 90_000,
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<StrangeArguments> => {
    const run = randomBytes(6).toString('hex')
    const forged = `airworthy-forged-${run}`
    const plan = planFor(trials, forged, `airworthy${run}`)
    const around = {
      callable: trials.trials.length,
      good: trials.good.length,
      takesArguments: lists.tools.some(tool => !takesNothing(tool)),
    }
    const logs: LogLine[][] = []
    let watch: PrototypeWatch | null = null
    const open = async (): Promise<Connection | null> => {
      watch = watchPrototype(target)
      const opened = await reopen(target, opening, undefined, { env: watch.env })
      if (opened?.process) logs.push(opened.process.log.lines)
      return opened
    }
    const pollutes = (): boolean => watch !== null && watch.found() !== null
    let connection = plan.length > 0 ? await open() : null
    const anew = async (): Promise<void> => {
      connection?.process?.kill()
      await connection?.close()
      connection = await open()
    }
    const serves = async (opened: Connection): Promise<boolean> =>
      (await opened.request('tools/list', undefined, { timeout: answerMs })).kind !== 'lost'
    /** Sent alone to a fresh server: how it ended, if the server does not serve after it. */
    const alone = async (one: Planned): Promise<{ reply: Reply | null; broke: string | null; polluted: boolean }> => {
      await anew()
      if (!connection) return { reply: null, broke: null, polluted: false }
      const reply = await call(connection, one)
      const isServed = await serves(connection)
      await new Promise(resolve => setTimeout(resolve, lateMs))
      return { reply, broke: isServed ? null : describeReply(reply).slice(0, 200), polluted: pollutes() }
    }

    const probes: StrangeProbe[] = []
    const silent = new Map<string, number>()
    const left: Planned[] = []
    const until = performance.now() + budgetMs
    for (const open = [...plan]; open.length > 0;) {
      const opened: Connection | null = connection
      const broken = probes.filter(({ broke, polluted }) => broke !== null || polluted).length
      if (!opened || performance.now() > until || broken >= maxBroken) {
        left.push(...open)
        break
      }
      const next = open.splice(0, atOnce)
      const group = next.filter(({ tool }) => (silent.get(tool) ?? 0) < maxSilent)
      left.push(...next.filter(one => !group.includes(one)))
      const replies = await Promise.all(group.map(one => call(opened, one)))
      const keys = group.some(({ kind }) => kind === 'key')
      if (keys) await new Promise(resolve => setTimeout(resolve, lateMs))
      const isSuspect = keys && pollutes()
      const isLost = replies.some(({ kind }) => kind === 'lost')
      // Where it serves on, none of the calls has ended it.
      const isDown = isLost && !(await serves(opened))
      let isRenewed = isLost
      for (const [index, one] of group.entries()) {
        const { tool, kind, form, parameter } = one
        const wasLost = replies[index]?.kind === 'lost'
        const again = (wasLost && isDown) || (isSuspect && kind === 'key')
        const seen = again ? await alone(one) : { reply: replies[index], broke: null, polluted: false }
        isRenewed ||= again
        const answered = seen.reply !== null && seen.reply !== undefined && seen.reply.kind !== 'lost'
        if (!answered) silent.set(tool, (silent.get(tool) ?? 0) + 1)
        probes.push({ tool, kind, form, parameter, answered, broke: seen.broke, polluted: seen.polluted })
      }
      if (isRenewed) await anew()
    }
    await new Promise(resolve => setTimeout(resolve, plan.length > 0 ? lateMs : 0))
    await connection?.close()
    const tried = new Set(probes.map(({ kind }) => kind))
    const kinds = [...new Set(left.map(({ kind }) => kind))].filter(kind => !tried.has(kind))
    const lines = logs.flat().flatMap(({ text }) => text.split('\r'))
    return {
      ...around,
      probes,
      left: { count: left.length, kinds },
      forged: lines.filter(text => text.startsWith(forged)).map(text => text.slice(0, 120)),
      logged: target.server?.launch ? lines.length : null,
    }
  },
})
