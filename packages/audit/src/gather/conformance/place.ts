import type { Target } from '../../core/target.ts'
import { latestRevision, type Connection } from '../../target/connection.ts'
import { openLegacy, openModern, speakerFor, type Running, type Speaker } from '../../target/handshake.ts'
import { run } from '../../target/run.ts'
import type { Startup } from '../../target/startup-failures.ts'
import type { Era } from './observation.ts'

/** Where the probes of one gatherer take place: over HTTP all of them share one process. */
export interface Place {
  startup: Startup
  transport: 'stdio' | 'http'
  /** Milliseconds a handshake may take. */
  limit: number
  /** A process that nobody has spoken to. */
  start(): Promise<Running>
  /** A way to speak to the server before anything was agreed. */
  speaker(): Promise<Speaker>
  /** A connection with its handshake done; null when it came to none. */
  open(era: Era): Promise<Connection | null>
  close(connections: Connection[]): Promise<void>
}

export const openPlace = (target: Target, startup: Startup): Place => {
  const limit = Math.max(10_000, startup.ms * 4)
  const transport = target.server?.transport ?? 'stdio'
  const started: Running[] = []
  let shared: Promise<Running> | null = null

  const start = async (): Promise<Running> => {
    const running = await run(target, { startup: limit })
    started.push(running)
    return running
  }
  const current = async (): Promise<Running> => {
    if (transport === 'stdio') return start()
    if (!shared || (await shared).process?.exit) shared = start()
    return shared
  }
  const speaker = async (): Promise<Speaker> => speakerFor(target, await current())
  return {
    startup,
    transport,
    limit,
    start,
    speaker,
    open: async era => {
      const fresh = await speaker()
      const handshake =
        era === 'modern'
          ? await openModern(fresh, limit, startup.revisions.modern ?? latestRevision)
          : await openLegacy(fresh, limit)
      return handshake.kind === 'ready' ? handshake.connection : null
    },
    close: async connections => {
      await Promise.all(connections.filter(one => !one.process).map(one => one.close()))
      for (const { process } of started) void process?.stop()
    },
  }
}
