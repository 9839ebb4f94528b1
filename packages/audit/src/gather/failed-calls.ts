import { randomBytes } from 'node:crypto'
import { gatherer, Undecided } from '../core/item.ts'
import type { DeclaredCall, Target } from '../core/target.ts'
import { inScratch, withToken } from '../instruments/kept-data.ts'
import { openErrorReceiver, type ReportedError } from '../instruments/receivers/errors.ts'
import { describeReply, type Json } from '../target/connection.ts'
import { startAnew } from './anew.ts'
import { endInOrder, filled, until, untilQuiet } from './life-log.ts'
import { entriesOf, type LogEntry } from './log-lines.ts'
import { opening } from './startup.ts'
import { succeeded, trials, type Trials } from './trials.ts'

export interface FailedCall {
  tool: string
  /** What it was answered with. */
  answer: string
}

export interface FailedCalls {
  /** Whether the settings say that these calls fail inside, or they are tries that happened to fail. */
  declared: boolean
  failed: FailedCall[]
  /** Declared calls that did not fail. */
  succeeded: FailedCall[]
  /** What was logged from the first of them to the end of the server. */
  lines: LogEntry[]
  /** It ended by itself, so that what it held back was written. */
  ended: boolean
  /** Texts that may stand neither in the log nor in what is reported, each with the name to print. */
  secrets: { name: string; value: string }[]
  reports: {
    /** Whether the settings say that errors are reported. */
    declared: boolean
    errors: readonly ReportedError[]
    /** Kinds of all that came, sessions and transactions included. */
    kinds: string[]
    faults: readonly string[]
  }
}

/** What decides this in airworthy.json. */
export const declareFailures = 'declare a call that fails inside as "failures": { "calls": [ … ] } in airworthy.json'

const maxTries = 3
const answerMs = 15_000
const reportMs = 1500
const credential = /key|token|secret|pass|auth|credential|cookie/i

/** Tries whose arguments fit the schema and that failed in a tool all the same. */
const triesThatFailed = ({ trials }: Trials): DeclaredCall[] =>
  trials
    .flatMap(({ tool, arguments: good, tries }) => {
      const last = tries.at(-1)
      return good === null && last?.reply.kind === 'result' ? [{ tool: tool.name, arguments: last.arguments }] : []
    })
    .slice(0, maxTries)

const secretsOf = ({ secrets }: Target, token: string): FailedCalls['secrets'] => [
  ...secrets.filter(({ name, value }) => credential.test(name) && value.length >= 8),
  { name: 'an argument', value: token },
]

/** Calls that fail inside the server: what it logs of them, and what it reports to an ingest of Sentry. */
export const failedCalls = gatherer({
  id: 'failed-calls',
  impact: 'call',
  from: 'server',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<FailedCalls> => {
    const { failures, errorTracking } = target.settings
    const calls = failures?.calls ?? triesThatFailed(trials)
    if (calls.length === 0) throw new Undecided(`no call of a tool failed: ${declareFailures}`)
    const receiver = await openErrorReceiver(target)
    const inside = await inScratch(target, failures?.env ? { env: failures.env } : {})
    const env = {
      ...receiver.env,
      ...filled(errorTracking?.env, { dsn: receiver.dsn }),
      ...inside.env,
    }
    const { connection, process } = await startAnew(target, opening, { env })
    const token = `airworthy${randomBytes(6).toString('hex')}`
    const outcomes: (FailedCall & { good: boolean })[] = []
    const before = await untilQuiet(process)
    for (const call of calls) {
      const params: Json = withToken(call, token)
      const reply = await connection.request('tools/call', params, { timeout: answerMs })
      outcomes.push({ tool: call.tool, answer: describeReply(reply), good: succeeded(reply) })
    }
    await until(() => receiver.errors().length >= outcomes.length, errorTracking ? reportMs : reportMs / 3)
    const ended = await endInOrder(process, connection.transport)
    await receiver.close()
    return {
      declared: failures !== undefined,
      failed: outcomes.filter(({ good }) => !good),
      succeeded: outcomes.filter(({ good }) => good),
      lines: entriesOf(process.log.lines.slice(before)),
      ended,
      secrets: secretsOf(target, token),
      reports: {
        declared: errorTracking !== undefined,
        errors: receiver.errors(),
        kinds: [...new Set(receiver.items().map(({ type }) => type))],
        faults: receiver.faults(),
      },
    }
  },
})
