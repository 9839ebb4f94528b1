import { Refusal } from '../core/refusal.ts'
import type { Repository } from '../core/target.ts'

const telling =
  /(^|\/)(package\.json|pyproject\.toml|readme[^/]*|requirements[^/]*\.txt|manifest\.json|server\.json|go\.mod|cargo\.toml|pom\.xml)$/i
const speaksOfIt = /(^|[^a-z0-9+/])mcp|fastmcp|model ?context ?protocol|tools\/list/i
const maxFiles = 3000

/**
 * Refuses a directory in which no file so much as mentions the protocol: the user meant another one. This decides nothing
 * else, so any mention will do.
 */
export const refuseWhatIsNoServer = async (repository: Repository, shown: string): Promise<void> => {
  const { files } = repository
  if (files.length === 0)
    throw new Refusal(`${shown} holds no files`, 'name the directory with the source of the server')
  if (files.some(path => speaksOfIt.test(path))) return
  const first = files.filter(path => telling.test(path))
  for (const path of [...first, ...files.filter(path => !telling.test(path)).slice(0, maxFiles)])
    if (speaksOfIt.test((await repository.text(path)) ?? '')) return
  throw new Refusal(
    `${shown} is no MCP server: none of its files mentions the protocol`,
    'name the directory with the source of the server, or its command: airworthy check -- COMMAND',
  )
}
