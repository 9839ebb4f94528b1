import { gatherer } from '../core/item.ts'
import {
  argumentsFor,
  durationOf,
  propertiesOf,
  requiredOf,
  valueFor,
  type Surroundings,
} from '../instruments/arguments.ts'
import { mismatches } from '../instruments/schemas.ts'
import type { Connection, Json } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import type { Tool } from './lists.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import { opening } from './startup.ts'
import { quickAmong, trials, type Trial } from './trials.ts'

export interface OptionalProbe extends Outcome {
  arguments: Json
}

/** One tool that has optional parameters, called without all of them and with one at a time. */
export interface Optionals {
  tool: string
  optional: string[]
  /** The call with required members only. */
  without: OptionalProbe
  /** The same with one optional member more; `byDefault` when its value is the declared default. */
  withOne: (OptionalProbe & { name: string; byDefault: boolean })[]
  /** Tried when `without` was refused and one member cured it: all optional members but this one. */
  withOthers: (OptionalProbe & { name: string }) | null
}

const maxTools = 20
const maxOptional = 8
const answerMs = 4000

const optionalOf = ({ inputSchema }: Tool): string[] => {
  const required = requiredOf(inputSchema)
  return Object.keys(propertiesOf(inputSchema)).filter(name => !required.includes(name))
}

const call = async (connection: Connection, tool: Tool, given: Json): Promise<OptionalProbe> => {
  const reply = await connection.request('tools/call', { name: tool.name, arguments: given }, { timeout: answerMs })
  return { arguments: given, ...outcomeOf(reply) }
}

const requiredOnly = async ({ tool, arguments: sample, tries }: Trial, around: Surroundings): Promise<Json | null> => {
  const known = sample ?? tries.at(-1)?.arguments ?? (await argumentsFor(tool.inputSchema, around, 1))[0]
  if (!known) return null
  const required = requiredOf(tool.inputSchema)
  const given = Object.fromEntries(Object.entries(known).filter(([name]) => required.includes(name)))
  return mismatches(tool.inputSchema, given).length === 0 ? given : null
}

const probe = async (connection: Connection, trial: Trial, around: Surroundings): Promise<Optionals | null> => {
  const { tool } = trial
  const properties = propertiesOf(tool.inputSchema)
  const base = await requiredOnly(trial, around)
  if (!base) return null
  const optional = optionalOf(tool)
  const values = optional.slice(0, maxOptional).flatMap(name => {
    const property = properties[name] ?? {}
    const value = trial.arguments?.[name] ?? valueFor(name, property, around, 0)
    const matches = value !== undefined && mismatches(tool.inputSchema, { ...base, [name]: value }).length === 0
    return matches ? [{ name, value, byDefault: value === property['default'] }] : []
  })
  const without = await call(connection, tool, base)
  const withOne = await Promise.all(
    values.map(async ({ name, value, byDefault }) => ({
      ...(await call(connection, tool, { ...base, [name]: value })),
      name,
      byDefault,
    })),
  )
  const cured = without.fate === 'refused' ? withOne.filter(({ fate }) => fate === 'accepted') : []
  const name = cured.length === 1 ? cured[0]?.name : undefined
  const others = values.filter(value => value.name !== name).map(({ name, value }) => [name, value])
  const withOthers =
    name === undefined ? null : { name, ...(await call(connection, tool, { ...base, ...Object.fromEntries(others) })) }
  return { tool: tool.name, optional, without, withOne, withOthers }
}

/** Each tool that may be called, without its optional arguments and with each of them. */
export const optionalArguments = gatherer({
  id: 'optional-arguments',
  impact: 'call',
  from: 'server',
  borrows: 'gentle',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Optionals[]> => {
    const found: Optionals[] = []
    // Without the duration that it may be given, a tool takes whatever time its author chose.
    const chosen = trials.trials.filter(({ tool }) => {
      const optional = optionalOf(tool)
      return optional.length > 0 && !optional.includes(durationOf(tool.inputSchema)?.name ?? '')
    })
    let connection = await reopen(target, opening, undefined)
    for (const trial of quickAmong(chosen).slice(0, maxTools)) {
      if (!connection) break
      const probed = await probe(connection, trial, trials.surroundings)
      if (probed) found.push(probed)
      const lost = probed && [probed.without, ...probed.withOne].some(({ fate }) => fate === 'closed')
      if (!lost) continue
      await connection.close()
      connection = await reopen(target, opening, undefined)
    }
    await connection?.close()
    return found
  },
})
