import { gatherer, Undecided } from '../core/item.ts'
import { changesOf, type ToolChange } from '../instruments/tool-changes.ts'
import { reopen } from '../target/reopen.ts'
import { lists, listTools } from './lists.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export type { ToolChange }

export interface ChangesSinceLock {
  /** Null when nothing was remembered of this server. */
  changes: ToolChange[] | null
  tools: number
  /** The version of the server when it was remembered, and now. */
  versions: [string, string]
}

/** What became of the tools since their definitions were remembered in airworthy.lock.json. */
export const changesSinceLock = gatherer<ChangesSinceLock, { lists: typeof lists }>({
  id: 'changes-since-lock',
  impact: 'start',
  from: 'server',
  needs: { lists },
  gather: ({ lock }, { lists: { tools, serverInfo } }) => {
    const key = serverInfo.name
    if (lock && tools.length > 0) lock.seen[key] = { version: serverInfo.version, tools }
    const known = lock?.known && Object.hasOwn(lock.known.servers, key) ? lock.known.servers[key] : undefined
    return {
      changes: known ? changesOf(known.tools, tools) : null,
      tools: tools.length,
      versions: [known?.version ?? '', serverInfo.version],
    }
  },
})

/** How the tools differ on another connection, before and after a call there. */
export const relisted = gatherer({
  id: 'relisted',
  impact: 'call',
  from: 'server',
  borrows: 'new',
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<{ changes: ToolChange[]; listings: number }> => {
    const connection = await reopen(target, opening, undefined)
    if (!connection) throw new Undecided('the server did not start again')
    const first = await listTools(connection)
    const [one] = trials.good
    if (one) await connection.request('tools/call', { name: one.tool.name, arguments: one.arguments })
    const second = await listTools(connection)
    await connection.close()
    const all = [first, second].filter(tools => tools !== null)
    return { changes: all.flatMap(tools => changesOf(lists.tools, tools)).slice(0, 20), listings: all.length + 1 }
  },
})
