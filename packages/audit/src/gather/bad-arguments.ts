import { gatherer, Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { interleaved, mutationsOf, type Mutation, type MutationKind } from '../instruments/mutations.ts'
import type { Connection } from '../target/connection.ts'
import { machinePlaces } from '../target/machine.ts'
import { reopen } from '../target/reopen.ts'
import type { Startup } from '../target/startup-failures.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import { opening } from './startup.ts'
import { quickOf, trials, type Trials } from './trials.ts'

export interface Probe extends Outcome {
  tool: string
  kind: MutationKind
  field: string
  /** What was wrong with the arguments, in words. */
  sends: string
  arguments: Record<string, unknown>
}

export interface BadArguments {
  /** Quick tools with a good call: only their answers prove anything. */
  tools: string[]
  /** Tools that may be called, good call or not. */
  callable: number
  probes: Probe[]
  /** Mutations that were left out by the bounds. */
  omitted: number
  /** What must not stand in a message: directories of this machine, and values of the server's own environment. */
  machine: { directories: string[]; environment: { name: string; value: string }[] }
}

const maxCalls = 200
const atOnce = 8
const maxLost = 3
const maxUnexplained = 3
const answerMs = 4000
const budgetMs = 40_000

type Planned = Mutation & { tool: string; limit: number }

/** Every tool gets its share of the calls. */
const planFor = (trials: Trials): { plan: Planned[]; omitted: number } => {
  const all = interleaved(
    quickOf(trials).map(({ tool, arguments: sample, reply }) =>
      mutationsOf(tool.inputSchema, sample).map(mutation => ({
        ...mutation,
        tool: tool.name,
        limit: answerMs + 3 * reply.ms,
      })),
    ),
  )
  return { plan: all.slice(0, maxCalls), omitted: Math.max(0, all.length - maxCalls) }
}

const send = async (connection: Connection, planned: Planned): Promise<Probe> => {
  const { limit, ...mutation } = planned
  const params = { name: planned.tool, arguments: planned.arguments }
  return { ...mutation, ...outcomeOf(await connection.request('tools/call', params, { timeout: limit })) }
}

const isLost = ({ fate, kind }: Probe): boolean => fate === 'closed' || (fate === 'silent' && kind !== 'odd')

/**
 * Sends the mutations in small groups; what was lost in a group is sent again alone, to see which one did it, and then as
 * the first call to a new server.
 * @throws Undecided when calls are lost again and again that a new server answers.
 */
const sendAll = async (target: Target, startup: Startup, plan: Planned[]): Promise<Probe[]> => {
  const probes: Probe[] = []
  const until = performance.now() + budgetMs
  let [lost, unexplained] = [0, 0]
  let connection = await reopen(target, startup, undefined)
  const renew = async (): Promise<void> => {
    await connection?.close()
    connection = await reopen(target, startup, undefined)
  }
  for (let at = 0; at < plan.length && performance.now() < until && lost < maxLost; at += atOnce) {
    const group = plan.slice(at, at + atOnce)
    const opened = connection
    if (!opened) break
    const answers = await Promise.all(group.map(planned => send(opened, planned)))
    const again = group.filter((_, index) => answers[index] && isLost(answers[index]))
    probes.push(...answers.filter(probe => !isLost(probe)))
    if (again.length > 0) await renew()
    for (const planned of again) {
      if (!connection || lost >= maxLost || performance.now() > until) break
      let probe = await send(connection, planned)
      if (isLost(probe)) {
        await renew()
        if (!connection) break
        probe = await send(connection, planned)
        if (!isLost(probe) && ++unexplained >= maxUnexplained)
          throw new Undecided(
            `${unexplained} bad calls got no answer that a new server answers: it loses calls by itself`,
          )
      }
      probes.push(probe)
      if (!isLost(probe)) continue
      lost++
      await renew()
    }
  }
  await connection?.close()
  return probes
}

/** Each tool's good arguments with one fault at a time, and what the server made of them. */
export const badArguments = gatherer({
  id: 'bad-arguments',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  deadline: 120_000,
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<BadArguments> => {
    const { plan, omitted } = planFor(trials)
    const probes = plan.length > 0 ? await sendAll(target, opening, plan) : []
    return {
      tools: quickOf(trials).map(({ tool }) => tool.name),
      callable: trials.trials.length,
      probes,
      omitted: omitted + plan.length - probes.length,
      machine: machinePlaces(target),
    }
  },
})
