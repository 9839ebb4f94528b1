import type { RequestOptions } from '../../target/connection.ts'
import { reconnect } from '../../target/startup.ts'
import type { Startup } from '../../target/startup-failures.ts'
import { isCredential, ownHeaders } from '../../target/web.ts'
import type { Trial } from '../trials.ts'
import { note, type Session } from './asking.ts'
import { isObject, type Json, type Reply } from './observation.ts'

const mostCalls = 6
const mostHandles = 3
const timeout = 5000

/** The header that carries the credential the user gave; null when none was given. */
const credentialHeader = ({ target }: Session): string | null =>
  Object.keys(ownHeaders(target)).find(isCredential) ?? null

const carried = (header: string, token: string): string => (/^authorization$/i.test(header) ? `Bearer ${token}` : token)

/** Calls that are served with the credential of the user, by one who may do less: what a refusal for that looks like. */
export const probeLesser = async (
  session: Session,
  startup: Startup,
  good: readonly (Trial & { arguments: Json })[],
): Promise<void> => {
  const { target, connection } = session
  const lesser = target.settings.credentials?.lesser
  const header = credentialHeader(session)
  if (!lesser || header === null || connection.url === undefined || target.server?.transport !== 'http') return
  const headers = { ...target.server.headers, [header]: carried(header, lesser) }
  const other = { ...target, server: { ...target.server, headers } }
  // A session belongs to who opened it: the other one needs its own.
  const client = await reconnect(other, { ...startup, eras: [connection.era] }, connection.url)
  if (!client) return
  for (const { tool, arguments: given } of good.slice(0, mostCalls)) {
    const reply = await client.request('tools/call', { name: tool.name, arguments: given }, { timeout })
    const at = `tools/call ${tool.name} with the lesser credential`
    if (reply.http?.status === 403) note(session, { probe: 'lesser-scope', method: 'tools/call', at, reply })
  }
  await client.close()
}

interface Handle {
  words: string
  method: string
  params: Json
}

/** What a result hands out to come back with. */
const handleIn = ({ reply, method }: { reply: Reply; method: string }, params: Json): Handle[] => {
  if (reply.kind !== 'result') return []
  const { requestState, task, taskId } = reply.result
  if (typeof requestState === 'string')
    return [{ words: 'the requestState of a call', method, params: { ...params, requestState, inputResponses: {} } }]
  const id = isObject(task) ? task['taskId'] : taskId
  return typeof id === 'string' ? [{ words: 'the taskId of a call', method: 'tasks/get', params: { taskId: id } }] : []
}

/** Whether who has nothing but a handle is served. Only where a credential is asked for at all. */
export const probeHandles = async (session: Session, trials: readonly Trial[]): Promise<void> => {
  const { connection } = session
  const header = credentialHeader(session)
  if (header === null || connection.url === undefined) return
  const handles = trials.flatMap(({ tool, tries }) =>
    tries.flatMap(({ arguments: given, reply }) =>
      handleIn({ reply, method: 'tools/call' }, { name: tool.name, arguments: given }),
    ),
  )
  if (handles.length === 0) return
  const anonymous: RequestOptions = { timeout, headers: { [header]: null } }
  const refusal = await connection.request('tools/list', undefined, anonymous)
  if (refusal.http?.status !== 401) return
  for (const { words, method, params } of handles.slice(0, mostHandles)) {
    const reply = await connection.request(method, params, anonymous)
    note(session, { probe: 'handle-alone', method, at: `${method} with ${words} and no credential`, reply })
  }
}
