import type { Agent } from 'node:http'
import type { Target } from '../core/target.ts'
import { clientInfo, isObject, latestRevision, legacyRevision, modernMeta } from './connection.ts'
import type { Connection, Era, Json, Received, Reply } from './connection.ts'
import { agentsFor, overHttp, post, type Post } from './http.ts'
import type { ServerProcess } from './process.ts'
import { overStdio, type Pipe } from './stdio.ts'
import { awaited } from './waiting.ts'

/** A server that runs and has not been spoken to. */
export type Running = {
  startedAt: number
  /** False when its port took no connection in time. */
  listening: boolean
} & (
  | { transport: 'stdio'; pipe: Pipe; process: ServerProcess }
  | { transport: 'http'; url: string; headers: Record<string, string>; process?: ServerProcess }
)

/** Without its process: over HTTP closing a connection must not end it. */
export const reached = (running: Running): Running => {
  if (running.transport === 'stdio') return running
  const { process: _, ...url } = running
  return url
}

export type Handshake =
  | { kind: 'ready'; connection: Connection }
  /** It answered, but not with a handshake of this era. */
  | { kind: 'refused'; reply: Reply }

const supportedVersions = (reply: Reply): string[] => {
  const list =
    reply.kind === 'result'
      ? reply.result['supportedVersions']
      : reply.kind === 'error' && isObject(reply.data)
        ? reply.data['supported']
        : []
  return Array.isArray(list) ? list.filter(version => typeof version === 'string') : []
}

/** The newest modern revision a reply to `server/discover` offers; null when the server is not a modern one. */
export const modernRevision = (reply: Reply): string | null => {
  if (reply.kind === 'lost' || (reply.kind === 'error' && reply.code !== -32022)) return null
  const offered = supportedVersions(reply).filter(version => version >= latestRevision)
  return offered.includes(latestRevision) ? latestRevision : (offered.toSorted().at(-1) ?? null)
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const factsFrom = (result: Json, openedMs: number) => {
  const meta = isObject(result['_meta']) ? result['_meta'] : {}
  const info = result['serverInfo'] ?? meta['io.modelcontextprotocol/serverInfo']
  const { name, version } = isObject(info) ? info : {}
  return {
    serverInfo: { name: text(name), version: text(version) },
    capabilities: isObject(result['capabilities']) ? result['capabilities'] : {},
    instructions: text(result['instructions']),
    openedMs,
  }
}

export interface Speaker {
  send(method: string, params: Json, timeout: number, id?: string | number): Promise<Reply>
  note(method: string): Promise<void>
  open(era: Era, revision: string, result: Json): Connection
}

/** How to speak to a running server before an era is agreed. */
export const speakerFor = (target: Target, running: Running): Speaker => {
  const openedMs = (): number => performance.now() - running.startedAt
  if (running.transport === 'stdio') {
    const { pipe } = running
    return {
      send: (method, params, timeout, id) =>
        pipe.request(method, params, { timeout, ...(id === undefined ? {} : { id }) }),
      note: method => pipe.notify(method),
      open: (era, revision, result) => overStdio(pipe, era, { revision, ...factsFrom(result, openedMs()) }),
    }
  }
  const agent: Agent = agentsFor(running.url)
  const to: Post = { ...running, era: 'modern', revision: latestRevision, session: null, received: [] as Received[] }
  let id = 0
  return {
    send: async (method, params, timeout, wanted) => {
      to.era = method === 'initialize' ? 'legacy' : 'modern'
      const message = { id: wanted ?? `open-${++id}`, method, params }
      const reply = await awaited(target.journal, post(target, to, message, { timeout }, agent))
      // Some answer a refused request with an id of a session that does not exist.
      to.session = (reply.kind === 'result' && reply.http?.headers['mcp-session-id']) || null
      return reply
    },
    note: async method => {
      await post(target, to, { method }, { timeout: 5000 }, agent)
    },
    open: (era, revision, result) => {
      to.era = era
      to.revision = revision
      return overHttp(target, to, factsFrom(result, openedMs()), agent)
    },
  }
}

export const discover = (speaker: Speaker, timeout: number, revision = latestRevision): Promise<Reply> =>
  speaker.send('server/discover', { _meta: modernMeta(revision) }, timeout)

export const initialize = (speaker: Speaker, timeout: number, revision = legacyRevision): Promise<Reply> =>
  speaker.send('initialize', { protocolVersion: revision, capabilities: {}, clientInfo }, timeout)

export const openModern = async (speaker: Speaker, timeout: number, revision: string): Promise<Handshake> => {
  const reply = await discover(speaker, timeout, revision)
  if (reply.kind !== 'result') return { kind: 'refused', reply }
  return { kind: 'ready', connection: speaker.open('modern', revision, reply.result) }
}

export const openLegacy = async (speaker: Speaker, timeout: number): Promise<Handshake> => {
  const reply = await initialize(speaker, timeout)
  const revision = reply.kind === 'result' ? reply.result['protocolVersion'] : undefined
  if (reply.kind !== 'result' || typeof revision !== 'string') return { kind: 'refused', reply }
  const connection = speaker.open('legacy', revision, reply.result)
  await connection.notify('notifications/initialized')
  return { kind: 'ready', connection }
}
