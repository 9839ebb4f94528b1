import { gatherer, Undecided } from '../core/item.ts'
import { argumentsFor, type Surroundings } from '../instruments/arguments.ts'
import { startPage } from '../instruments/page.ts'
import { isObject, type Connection, type Json, type Reply } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import { filesIn, rootsOf } from '../target/surroundings.ts'
import type { Tool } from './lists.ts'
import { opening } from './startup.ts'
import { toolPlan } from './tool-plan.ts'

export interface Trial {
  tool: Tool
  /** Arguments that succeeded; without them nothing that depends on a good call can be decided. */
  arguments: Json | null
  /** The reply to these, or to the last try. */
  reply: Reply
  /** Of its good answers to these arguments: more than one where the first was slow. */
  quickestMs: number
  /** Each try, successful or not. */
  tries: { arguments: Json; reply: Reply }[]
}

export interface Trials {
  trials: Trial[]
  /** The trials that succeeded. */
  good: (Trial & { arguments: Json })[]
  surroundings: Surroundings
}

const firstText = (result: Json): string => {
  const [part] = Array.isArray(result['content']) ? (result['content'] as unknown[]) : []
  return isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''
}

/** A tool result that is not an error, nor an error in the words of a success. */
export const succeeded = (reply: Reply): boolean =>
  reply.kind === 'result' &&
  reply.result['isError'] !== true &&
  !/^\W{0,3}(error|failed|failure|exception|traceback)\b/i.test(firstText(reply.result))

const missing =
  /\b(does not exist|doesn['’]t exist|no such (file|directory)|(file|document|directory|folder|path|workbook|sheet) not found)\b/i
const shortText = 300

const inJson = (text: string): Json | null => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** A success in form alone: what it was asked about is not there, so that it shows nothing of how the tool works. */
export const saysFailed = (result: Json): boolean => {
  const text = firstText(result)
  const told = inJson(text)
  if (told) {
    const { success, ok, error } = told
    return success === false || ok === false || (typeof error === 'string' && error !== '')
  }
  return text.length <= shortText && missing.test(text)
}

const maxTools = 40
const triesPerTool = 4
/** A tool whose first failure took longer is not tried again, and after all of this no other tool is. */
const patienceMs = 5000
const budgetMs = 60_000
const callMs = 20_000
const slowMs = 3000
/** The first call may load what the others find loaded, and a busy machine may have been in its way. */
const morePerSlowTool = 2

/**
 * Those that answer soon enough to be called many times. @throws Undecided when there are others alone, so that a server
 * whose tools are slow does not take the audit an hour.
 */
export const quickAmong = <T extends Trial>(trials: readonly T[]): T[] => {
  const quick = trials.filter(({ quickestMs }) => quickestMs <= slowMs)
  if (trials.length > 0 && quick.length === 0)
    throw new Undecided(
      `its tools are too slow to be called many times: none of ${trials.length} answered within ${slowMs / 1000} s`,
    )
  return quick
}

/** The quick tools among those that were called with success. */
export const quickOf = ({ good }: Trials): Trials['good'] => quickAmong(good)

const untried = (tool: Tool, saw: string): Trial => ({
  tool,
  arguments: null,
  reply: { kind: 'lost', because: 'not-json-rpc', saw, ms: 0 },
  quickestMs: 0,
  tries: [],
})

const tryTool = async (connection: Connection, tool: Tool, samples: Json[]): Promise<Trial> => {
  const tries: Trial['tries'] = []
  const call = async (given: Json): Promise<Reply> => {
    const reply = await connection.request('tools/call', { name: tool.name, arguments: given }, { timeout: callMs })
    tries.push({ arguments: given, reply })
    return reply
  }
  for (const sample of samples) {
    const reply = await call(sample)
    if (succeeded(reply) && !(reply.kind === 'result' && saysFailed(reply.result))) {
      let quickestMs = reply.ms
      for (let more = 0; more < morePerSlowTool && quickestMs > slowMs; more++) {
        const again = await call(sample)
        if (!succeeded(again)) break
        quickestMs = Math.min(quickestMs, again.ms)
      }
      return { tool, arguments: sample, reply, quickestMs, tries }
    }
    if (reply.kind === 'lost' || reply.ms > patienceMs) break
  }
  const last = tries.at(-1)
  if (!last) return untried(tool, 'no arguments could be made for its schema')
  return { tool, arguments: null, reply: last.reply, quickestMs: last.reply.ms, tries }
}

/** One good call to each tool that may be called: with samples of the settings, else made from its schema. */
export const trials = gatherer({
  id: 'trials',
  impact: 'call',
  from: 'server',
  borrows: 'first',
  deadline: 180_000,
  needs: { opening, toolPlan },
  gather: async (target, { opening, toolPlan }): Promise<Trials> => {
    const roots = rootsOf(target)
    // The server first: others would take it meanwhile.
    const [first, url] = await Promise.all([reopen(target, opening, undefined), startPage()])
    const surroundings: Surroundings = { url, directories: roots, files: filesIn(roots) }
    const done: Trial[] = []
    const until = performance.now() + budgetMs
    let connection = first
    for (const tool of toolPlan.callable.slice(0, maxTools)) {
      if (performance.now() > until) {
        const because = 'the tools before it took a minute'
        target.journal.notCalled.push({ tool: tool.name, because })
        done.push(untried(tool, `not tried: ${because}`))
        continue
      }
      if (!connection) throw new Undecided('the server did not start again for the tool calls')
      const given = target.settings.samples?.[tool.name]
      const samples = given ?? (await argumentsFor(tool.inputSchema, surroundings, triesPerTool))
      const trial = await tryTool(connection, tool, samples)
      done.push(trial)
      if (trial.tries.at(-1)?.reply.kind === 'lost') {
        await connection.close()
        connection = await reopen(target, opening, undefined)
      }
    }
    await connection?.close()
    return {
      trials: done,
      good: done.filter((trial): trial is Trial & { arguments: Json } => trial.arguments !== null),
      surroundings,
    }
  },
})
