import { Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import type { Connection } from '../target/connection.ts'
import type { ServerProcess } from '../target/process.ts'
import type { RunOptions } from '../target/run.ts'
import { reopen } from '../target/reopen.ts'
import type { Startup } from '../target/startup-failures.ts'

/** A server of one's own, started anew and connected. @throws Undecided when it does not come to its handshake again. */
export const connectAnew = async (target: Target, opening: Startup, options: RunOptions = {}): Promise<Connection> => {
  const connection = await reopen(target, opening, undefined, options)
  if (!connection) throw new Undecided('the server did not start again')
  return connection
}

/** The same for what sends so much that over HTTP a limiter would count it against those who come after, or before. */
export const connectForLoad = (target: Target, opening: Startup): Promise<Connection> => {
  const { loan: _, ...own } = target
  return connectAnew(target.server?.transport === 'http' ? own : target, opening)
}

/** The same, for what looks at its process. @throws Undecided also when only the URL of a server is known. */
export const startAnew = async (
  target: Target,
  opening: Startup,
  options: RunOptions = {},
): Promise<{ connection: Connection; process: ServerProcess }> => {
  if (!target.server?.launch) throw new Undecided('only its URL is known: give the command that starts it too')
  const connection = await connectAnew(target, opening, options)
  if (!connection.process) throw new Error('a launched server without a process')
  return { connection, process: connection.process }
}
