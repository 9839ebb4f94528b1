import { closest } from '../core/closest.ts'
import { gatherer } from '../core/item.ts'
import { Refusal } from '../core/refusal.ts'
import type { DeclaredCall, Settings, Target } from '../core/target.ts'
import { inScratch } from '../instruments/kept-data.ts'
import { databaseEnv } from '../instruments/relay.ts'
import { isObject, type Connection } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import type { Startup } from '../target/startup-failures.ts'
import { listTools, lists, type Lists, type Tool } from './lists.ts'
import { opening } from './startup.ts'

/** A tool that the settings name. */
interface Named {
  /** Such as `samples` or `state.write`. */
  at: string
  tool: string
  /** Under which the server has to list it, where it does not without. */
  env?: Record<string, string>
}

const quiet = 2500
const step = 500

const fromCalls = (
  at: string,
  calls: Record<string, DeclaredCall | undefined> | readonly DeclaredCall[],
  env: Record<string, string> | undefined,
): Named[] =>
  Object.entries(calls).flatMap(([key, call]) =>
    call
      ? [{ at: Array.isArray(calls) ? `${at}[${key}]` : `${at}.${key}`, tool: call.tool, ...(env ? { env } : {}) }]
      : [],
  )

/** Every tool that the settings name, with its place in them; those of forbidden calls may be hidden from every list. */
export const namedTools = (settings: Settings): Named[] => {
  const { samples = {}, allowTools = [], localTools = [], state, configuration, database, failures } = settings
  const file = configuration?.file
  return [
    ...Object.keys(samples).map(tool => ({ at: 'samples', tool })),
    ...allowTools.filter(tool => tool !== '*').map(tool => ({ at: 'allowTools', tool })),
    ...localTools.map(tool => ({ at: 'localTools', tool })),
    ...fromCalls('state', { write: state?.write, read: state?.read, add: state?.add, count: state?.count }, state?.env),
    ...fromCalls('configuration.file', { shows: file?.shows }, file?.env),
    ...fromCalls('database', { call: database?.call }, database && databaseEnv(database, database.at)),
    ...fromCalls('failures.calls', failures?.calls ?? [], failures?.env),
  ]
}

const namesOf = (tools: readonly Tool[]): string[] => tools.map(({ name }) => name)

/** The names listed under an environment, or until they are all there; null when they could not be listed. */
const listedUnder = async (
  target: Target,
  opening: Startup,
  env: Record<string, string> | undefined,
  wanted: readonly string[],
): Promise<string[] | null> => {
  const { env: filled = {} } = await inScratch(target, { env: env ?? {} })
  const connection: Connection | null = await reopen(target, opening, undefined, { env: filled })
  if (!connection) return null
  try {
    for (const since = performance.now(); ;) {
      const tools = await listTools(connection)
      if (tools === null) return null
      const names = namesOf(tools)
      // Some register their tools only after the handshake.
      if (wanted.every(tool => names.includes(tool)) || performance.now() - since > quiet) return names
      await new Promise(resolve => setTimeout(resolve, step))
    }
  } finally {
    await connection.close()
  }
}

const called = ({ settingsFile = 'airworthy.json' }: Target, at: string): string =>
  at === 'allowTools' ? `${settingsFile} or --allow-tools` : settingsFile

const refusalOf = (target: Target, { at, tool }: Named, known: readonly string[], lists: Lists): Refusal => {
  const shown = known.slice(0, 12).join(', ') + (known.length > 12 ? `, and ${known.length - 12} more` : '')
  const isPrompt = lists.prompts.some(({ name }) => name === tool)
  const meant = closest(tool, known)
  const offered = known.length === 0 ? 'it lists no tool at all' : `its tools are ${shown}`
  return new Refusal(
    `${called(target, at)} names at ${at} the tool «${tool}», which the server does not list`,
    isPrompt
      ? 'it is a prompt: only tools stand there'
      : meant
        ? `did you mean ${meant}?`
        : `correct or remove it; ${offered}`,
  )
}

/** The first argument of a sample that its tool does not take. */
const strangeArgument = (target: Target, { tools }: Lists): Refusal | null => {
  for (const [name, samples] of Object.entries(target.settings.samples ?? {})) {
    const { inputSchema } = tools.find(tool => tool.name === name) ?? {}
    const { properties, additionalProperties, ...more } = inputSchema ?? {}
    // Others keywords may bring properties of their own.
    if (
      !isObject(properties) ||
      Object.keys(more).some(key => /^(\$ref|allOf|anyOf|oneOf|if|patternProperties)$/.test(key))
    )
      continue
    const known = Object.keys(properties)
    for (const [index, sample] of samples.entries())
      for (const argument of Object.keys(sample)) {
        const meant = closest(argument, known)
        if (known.includes(argument) || (additionalProperties !== false && !(meant && !(meant in sample)))) continue
        return new Refusal(
          `${called(target, 'samples')} gives at samples.${name}[${index}] the argument «${argument}», which the tool does not take`,
          meant ? `did you mean ${meant}?` : `remove it; it takes ${known.join(', ') || 'none'}`,
        )
      }
  }
  return null
}

/**
 * Whether the tools that the settings name are there, before the first call is made. Where the tools cannot be listed, or
 * the settings are for several servers, that stays open.
 * @throws Refusal for a name that the server lists neither at once, nor soon after, nor under the environment it is declared for.
 */
export const declaredNames = gatherer({
  id: 'declared-names',
  impact: 'start',
  from: 'server',
  needs: { opening, lists },
  gather: async (target, { opening, lists }): Promise<{ unlisted: string[] }> => {
    const offersTools = 'tools' in lists.capabilities
    const listed = namesOf(lists.tools)
    const missing = namedTools(target.settings).filter(({ tool }) => !listed.includes(tool))
    if (target.sharesSettings || lists.listings['tools']?.faults.length) {
      target.journal.notCalled.push(
        ...missing.map(({ tool, at }) => ({
          tool,
          because: `${called(target, at)} names it at ${at}; it was not listed`,
        })),
      )
      return { unlisted: missing.map(({ tool }) => tool) }
    }
    for (const named of missing) {
      const { env, tool } = named
      // A server that is only reached by its URL runs under its own environment.
      if (env && !target.server?.launch) continue
      const later = offersTools || env ? await listedUnder(target, opening, env, [tool]) : []
      if (later !== null && !later.includes(tool))
        throw refusalOf(target, named, [...new Set([...listed, ...later])], lists)
    }
    const strange = strangeArgument(target, lists)
    if (strange) throw strange
    return { unlisted: missing.map(({ tool }) => tool) }
  },
})
