import type { Launch, Target } from '../core/target.ts'
import type { Connection, Era, Reply } from './connection.ts'
import { describeReply, latestRevision } from './connection.ts'
import { crowding } from './crowding.ts'
import {
  discover,
  initialize,
  modernRevision,
  openLegacy,
  openModern,
  reached,
  speakerFor,
  type Handshake,
  type Running,
  type Speaker,
} from './handshake.ts'
import { speaksOldTransport } from './old-transport.ts'
import { run, type RunOptions } from './run.ts'
import { failed, notStarted, refuseWhatIsNoServer, strayOf, type Startup } from './startup-failures.ts'

/** Programs that fetch a server, or look for a newer one, before they start it. */
export const launcherStart = /(^|\/)(npx|uvx|uv|bunx|pipx|pnpm|yarn|npm|docker)$/

/** Milliseconds a first start may take: launchers may have to download. */
export const startupLimit = (launch: Launch | undefined): number =>
  launch && launcherStart.test(launch.command) ? 120_000 : 30_000

const noReply: Reply = { kind: 'lost', because: 'closed', saw: '', ms: 0 }

const ready = (connection: Connection, strayLines: string[]): Startup => ({
  ready: true,
  saw: `handshake after ${Math.round(connection.openedMs)} ms (${connection.era === 'modern' ? 'server/discover' : 'initialize'}, ${connection.revision})`,
  advice: '',
  wantsSettings: false,
  ms: connection.openedMs,
  eras: [connection.era],
  revisions: { [connection.era]: connection.revision },
  strayLines,
})

/** Milliseconds after which a silent stdio server is asked the legacy way too: some drop what they do not know. */
const patience = 4000

/** Given a server that was asked nothing but its handshake, in the era of the connection. */
export type Keep = (running: Running, connection: Connection) => Promise<void>

const nothingKept: Keep = () => Promise.resolve()

const startLegacy = async (target: Target, limit: number, keep: Keep): Promise<Startup> => {
  const running = await run(target, { startup: limit })
  const handshake = await openLegacy(speakerFor(target, reached(running)), limit)
  if (handshake.kind === 'ready') {
    await keep(running, handshake.connection)
    return ready(handshake.connection, strayOf(running))
  }
  refuseWhatIsNoServer(running, handshake.reply)
  if (handshake.reply.kind !== 'lost' || handshake.reply.http)
    return failed(running, `it answered initialize with ${describeReply(handshake.reply)}`, {
      advice: 'answer initialize as the specification says',
      wantsSettings: false,
    })
  return notStarted(running)
}

/** The answer, or null when it does not come in time. */
const within = <T>(work: Promise<T>, ms: number): Promise<T | null> =>
  Promise.race([work, new Promise<null>(resolve => setTimeout(resolve, ms, null))])

/**
 * Starts the server once and finds an era it speaks: `server/discover` first, then `initialize`.
 * @throws Refusal when there is no MCP server to audit at all.
 */
export const startUp = async (target: Target, keep: Keep = nothingKept): Promise<Startup> => {
  const limit = startupLimit(target.server?.launch)
  const running = await run(target, { startup: limit })
  if (running.process?.exit || !running.listening) {
    refuseWhatIsNoServer(running, noReply)
    return notStarted(running)
  }
  const speaker = speakerFor(target, reached(running))
  const asked = discover(speaker, limit)
  const first = await within(asked, running.transport === 'stdio' ? patience : 15_000)
  if (first && modernRevision(first)) {
    const opened = await openModern(speaker, 15_000, modernRevision(first) ?? latestRevision)
    if (opened.kind === 'ready') {
      await keep(running, opened.connection)
      return ready(opened.connection, strayOf(running))
    }
  }
  if (running.process?.exit) return startLegacy(target, limit, keep)

  const reply = await initialize(speaker, Math.max(1000, limit - (performance.now() - running.startedAt)))
  const late = await within(asked, 0)
  if (late && modernRevision(late)) {
    void running.process?.stop()
    const anew = await run(target, { startup: limit })
    const opened = await openModern(speakerFor(target, reached(anew)), limit, modernRevision(late) ?? latestRevision)
    if (opened.kind === 'ready') {
      await keep(anew, opened.connection)
      return ready(opened.connection, strayOf(running))
    }
  }
  const agreed = reply.kind === 'result' ? reply.result['protocolVersion'] : undefined
  if (reply.kind === 'result' && typeof agreed === 'string')
    return ready(speaker.open('legacy', agreed, reply.result), strayOf(running))
  if ([400, 404, 405].includes(reply.http?.status ?? 0) && (await speaksOldTransport(running)))
    return failed(running, 'it speaks only the HTTP+SSE transport of revision 2024-11-05, which clients are dropping', {
      advice: 'serve Streamable HTTP at one endpoint',
      wantsSettings: false,
    })
  // It may have broken on the probe before: only a fresh start tells.
  const failedInside = running.process !== undefined && (reply.http?.status ?? 0) >= 500
  if (!failedInside) {
    refuseWhatIsNoServer(running, reply)
    if (reply.kind === 'lost' && !running.process?.exit) return notStarted(running)
  }
  void running.process?.stop()
  return startLegacy(target, limit, keep)
}

/** What its first start showed, with the legacy era added where the server speaks it too. */
export const withLegacy = async (target: Target, modern: Startup, keep: Keep = nothingKept): Promise<Startup> => {
  if (modern.eras[0] === 'legacy') return modern
  const limit = startupLimit(target.server?.launch)
  const running = await run(target, { startup: limit })
  const handshake = await openLegacy(speakerFor(target, reached(running)), Math.min(limit, modern.ms * 6 + 6000))
  if (handshake.kind !== 'ready') return modern
  await keep(running, handshake.connection)
  return {
    ...modern,
    eras: ['modern', 'legacy'],
    revisions: { ...modern.revisions, legacy: handshake.connection.revision },
  }
}

const shake = (speaker: Speaker, era: Era | undefined, startup: Startup, limit: number): Promise<Handshake> =>
  (era ?? startup.eras[0]) === 'modern'
    ? openModern(speaker, limit, startup.revisions.modern ?? latestRevision)
    : openLegacy(speaker, limit)

/** The handshake with a running server, in an era it is known to speak; null when it came to none. */
export const connect = async (
  target: Target,
  running: Running,
  startup: Startup,
  era: Era | undefined,
  limit: number,
): Promise<Connection | null> => {
  const handshake = await shake(speakerFor(target, running), era, startup, limit)
  return handshake.kind === 'ready' ? handshake.connection : null
}

/** Another connection, with sockets and session of its own, to the server at this URL. */
export const reconnect = (target: Target, startup: Startup, url: string): Promise<Connection | null> => {
  const headers = target.server?.transport === 'http' ? target.server.headers : {}
  const running: Running = { transport: 'http', url, headers, startedAt: performance.now(), listening: true }
  return connect(target, running, startup, undefined, 10_000)
}

/** Starts the server anew in an era it is known to speak; the connection is null when it came to no handshake. */
export const attempt = async (
  target: Target,
  startup: Startup,
  era: Era | undefined,
  options: RunOptions = {},
): Promise<{ connection: Connection | null; running: Running }> => {
  const limit = Math.max(10_000, startup.ms * 4) * crowding()
  const running = await run(target, { startup: limit, ...options })
  return { connection: await connect(target, running, startup, era, limit), running }
}
