import { gatherer, Undecided } from '../core/item.ts'
import { isObject, type Connection, type Json } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import { opening } from './startup.ts'

export interface Tool {
  name: string
  title: string
  description: string
  inputSchema: Json
  outputSchema?: Json
  annotations: Json
}

export interface Listed {
  entries: Json[]
  pages: number
  /** What was wrong with the listing, in words. */
  faults: string[]
}

/** What the server says it is and offers, in the era that is audited. */
export interface Lists {
  transport: 'stdio' | 'http'
  era: Connection['era']
  revision: string
  serverInfo: { name: string; version: string }
  capabilities: Json
  instructions: string
  tools: Tool[]
  prompts: Json[]
  resources: Json[]
  resourceTemplates: Json[]
  listings: Record<string, Listed>
}

const maxPages = 50
const maxEntries = 2000

/** Follows the cursors of a list method, up to 50 pages or 2,000 entries. */
export const listAll = async (connection: Connection, method: string, member: string): Promise<Listed> => {
  const listed: Listed = { entries: [], pages: 0, faults: [] }
  const seen = new Set<string>()
  let cursor: string | undefined
  do {
    const reply = await connection.request(method, cursor === undefined ? undefined : { cursor })
    if (reply.kind !== 'result') {
      listed.faults.push(
        `${method} was answered by ${reply.kind === 'error' ? `error ${reply.code}: ${reply.message}` : reply.because}`,
      )
      return listed
    }
    const entries = reply.result[member]
    if (!Array.isArray(entries)) {
      listed.faults.push(`the result of ${method} has no array «${member}»`)
      return listed
    }
    listed.pages++
    listed.entries.push(...entries.filter(isObject))
    const next = reply.result['nextCursor']
    cursor = typeof next === 'string' ? next : undefined
    if (cursor !== undefined && seen.has(cursor)) {
      listed.faults.push(`${method} repeats the cursor ${JSON.stringify(cursor.slice(0, 50))}: its pages never end`)
      return listed
    }
    if (cursor !== undefined) seen.add(cursor)
    if (listed.pages >= maxPages || listed.entries.length >= maxEntries) {
      listed.faults.push(`${method} had not ended after ${listed.pages} pages with ${listed.entries.length} entries`)
      return listed
    }
  } while (cursor !== undefined)
  return listed
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const toolFrom = (entry: Json): Tool => ({
  name: text(entry['name']),
  title: text(entry['title']),
  description: text(entry['description']),
  inputSchema: isObject(entry['inputSchema']) ? entry['inputSchema'] : {},
  ...(isObject(entry['outputSchema']) ? { outputSchema: entry['outputSchema'] } : {}),
  annotations: isObject(entry['annotations']) ? entry['annotations'] : {},
})

/** The tools on this connection; null when they could not be listed. */
export const listTools = async (connection: Connection): Promise<Tool[] | null> => {
  const { entries, faults } = await listAll(connection, 'tools/list', 'tools')
  return faults.length > 0 ? null : entries.map(toolFrom)
}

/** Its schema says that it takes nothing, rather than leaving open what it takes. */
export const takesNothing = ({ inputSchema }: Tool): boolean =>
  inputSchema['type'] === 'object' &&
  Object.keys(isObject(inputSchema['properties']) ? inputSchema['properties'] : {}).length === 0

const nothing: Listed = { entries: [], pages: 0, faults: [] }

export const lists = gatherer({
  id: 'lists',
  impact: 'start',
  from: 'server',
  borrows: 'first',
  needs: { opening },
  gather: async (target, { opening }): Promise<Lists> => {
    const connection = await reopen(target, opening, undefined)
    if (!connection) throw new Undecided('the server did not come to a handshake a second time')
    const { capabilities, transport, era, revision, serverInfo, instructions } = connection
    const when = (capability: string, method: string, member: string): Promise<Listed> =>
      capability in capabilities ? listAll(connection, method, member) : Promise.resolve(nothing)
    const tools = await when('tools', 'tools/list', 'tools')
    const prompts = await when('prompts', 'prompts/list', 'prompts')
    const resources = await when('resources', 'resources/list', 'resources')
    const templates = await when('resources', 'resources/templates/list', 'resourceTemplates')
    await connection.close()
    return {
      transport,
      era,
      revision,
      serverInfo,
      capabilities,
      instructions,
      tools: tools.entries.map(toolFrom),
      prompts: prompts.entries,
      resources: resources.entries,
      resourceTemplates: templates.entries,
      listings: { tools, prompts, resources, templates },
    }
  },
})
