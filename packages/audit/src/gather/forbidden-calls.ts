import { gatherer, Undecided } from '../core/item.ts'
import type { DeclaredCall } from '../core/target.ts'
import { inScratch } from '../instruments/kept-data.ts'
import { describeReply, type Json } from '../target/connection.ts'
import { findExecutable } from '../target/executable.ts'
import { connectAnew } from './anew.ts'
import { listAll, lists } from './lists.ts'
import { outcomeOf, type Fate } from './outcome.ts'
import { opening } from './startup.ts'

export interface ForbiddenCall {
  tool: string
  arguments: Json
  /** How it differs from what was declared; null when it is just that. */
  spelled: string | null
  /** Whether tools/list offers the tool under these settings. */
  listed: boolean
  /** Whether it does so under these settings or without them. */
  known: boolean
  fate: Fate
  saw: string
}

/** What decides this in airworthy.json. */
export const declareForbidden =
  'declare calls that have to be refused as "forbidden": { "env": …, "calls": [ … ] } in airworthy.json'

const answerMs = 10_000

const commands = /^(cmd|command|command_?line|script|program)$/i

/** A command line that begins with the name of a program, with its path in the place of the name. */
const byPath = ({ arguments: given }: DeclaredCall, cwd: string): { spelled: string | null; arguments: Json }[] =>
  Object.entries(given).flatMap(([name, value]) => {
    const [, program = '', rest = ''] = typeof value === 'string' ? (/^([\w.-]+)( .*)?$/.exec(value) ?? []) : []
    const path = program === '' || !commands.test(name) ? null : findExecutable(program, cwd)
    return path ? [{ spelled: 'the program by its path', arguments: { ...given, [name]: path + rest } }] : []
  })

/** Calls that the settings declare forbidden, and what the server makes of them. */
export const forbiddenCalls = gatherer({
  id: 'forbidden-calls',
  impact: 'call',
  from: 'server',
  needs: { opening, lists },
  gather: async (target, { opening, lists }): Promise<ForbiddenCall[]> => {
    const { env: given = {}, calls = [] } = target.settings.forbidden ?? {}
    if (calls.length === 0) throw new Undecided(declareForbidden)
    const { env = {} } = await inScratch(target, { env: given })
    const connection = await connectAnew(target, opening, { env })
    const listed = new Set((await listAll(connection, 'tools/list', 'tools')).entries.map(({ name }) => name))
    const cwd = target.server?.launch?.cwd ?? '/'
    const seen: ForbiddenCall[] = []
    for (const call of calls)
      for (const { spelled, arguments: given } of [
        { spelled: null, arguments: call.arguments },
        ...byPath(call, cwd),
      ]) {
        const params = { name: call.tool, arguments: given }
        const reply = await connection.request('tools/call', params, { timeout: answerMs })
        const saw = describeReply(reply).slice(0, 200)
        seen.push({
          tool: call.tool,
          arguments: given,
          spelled,
          listed: listed.has(call.tool),
          known: listed.has(call.tool) || lists.tools.some(({ name }) => name === call.tool),
          fate: outcomeOf(reply).fate,
          saw,
        })
      }
    await connection.close()
    return seen
  },
})
