import { gatherer } from '../core/item.ts'
import { propertiesOf, valueFor, type Surroundings } from '../instruments/arguments.ts'
import { kindParametersOf, wrongValuesOf, type KindParameter, type WrongValue } from '../instruments/parameter-kinds.ts'
import { mismatches } from '../instruments/schemas.ts'
import type { Connection, Json } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import { lists } from './lists.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import { opening } from './startup.ts'
import { quickOf, trials, type Trials } from './trials.ts'

export interface ProbedParameter extends KindParameter {
  tool: string
  description: string
  /** A call with a right value in its place; null when none is known. */
  right: Outcome | null
  /** What the good call was answered, which may lack the parameter. */
  usual: Outcome
  wrong: (WrongValue & Outcome)[]
}

export interface WrongValues {
  probed: ProbedParameter[]
  /** `tool.parameter` of the others: no good call of their tool, nothing that is surely wrong, or no room. */
  left: string[]
}

const maxParameters = 30
const answerMs = 4000
const maxLost = 3

type Plan = KindParameter & {
  tool: string
  description: string
  good: Json
  limit: number
  usual: Outcome
  right: { value: unknown; given: boolean } | null
  wrong: WrongValue[]
}

const rightOf = (schema: Json, good: Json, name: string, around: Surroundings): Plan['right'] => {
  if (good[name] !== undefined) return { value: good[name], given: true }
  const value = valueFor(name, propertiesOf(schema)[name] ?? {}, around, 0)
  const fits = value !== undefined && mismatches(schema, { ...good, [name]: value }).length === 0
  return fits ? { value, given: false } : null
}

const planFor = (trials: Trials): Plan[] =>
  quickOf(trials).flatMap(({ tool: { name: tool, description, inputSchema }, arguments: sample, reply }) =>
    kindParametersOf(inputSchema).flatMap(parameter => {
      const wrong = wrongValuesOf(inputSchema, parameter)
      if (wrong.length === 0) return []
      const right = rightOf(inputSchema, sample, parameter.name, trials.surroundings)
      const limit = answerMs + 3 * reply.ms
      return [{ ...parameter, tool, description, good: sample, limit, usual: outcomeOf(reply), right, wrong }]
    }),
  )

const probe = async (connection: Connection, plan: Plan): Promise<ProbedParameter> => {
  const { good, limit, right, wrong, ...parameter } = plan
  const send = async (value: unknown): Promise<Outcome> => {
    const params = { name: parameter.tool, arguments: { ...good, [parameter.name]: value } }
    return outcomeOf(await connection.request('tools/call', params, { timeout: limit }))
  }
  const [answer, ...answers] = await Promise.all([
    right === null ? null : right.given ? parameter.usual : send(right.value),
    ...wrong.map(async each => ({ ...each, ...(await send(each.value)) })),
  ])
  return { ...parameter, right: answer ?? null, wrong: answers }
}

/** Each tool's good arguments with a wrong value for a parameter whose kind has rules, such as a URL, a date, a limit. */
export const wrongValues = gatherer({
  id: 'wrong-values',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<WrongValues> => {
    const plans = planFor(trials)
    const probed: ProbedParameter[] = []
    let lost = 0
    let connection = plans.length > 0 ? await reopen(target, opening, undefined) : null
    for (const plan of plans.slice(0, maxParameters)) {
      if (!connection || lost >= maxLost) break
      const found = await probe(connection, plan)
      probed.push(found)
      if (!found.wrong.some(({ fate }) => fate === 'closed' || fate === 'silent')) continue
      lost++
      await connection.close()
      connection = await reopen(target, opening, undefined)
    }
    await connection?.close()
    const known = new Set(probed.map(({ tool, name }) => `${tool}.${name}`))
    const all = lists.tools.flatMap(({ name: tool, inputSchema }) =>
      kindParametersOf(inputSchema).map(({ name }) => `${tool}.${name}`),
    )
    return { probed, left: all.filter(name => !known.has(name)) }
  },
})
