import type { Target } from '../../core/target.ts'
import type { Connection } from '../../target/connection.ts'
import { reconnect } from '../../target/startup.ts'
import type { Startup } from '../../target/startup-failures.ts'

/**
 * More clients of the server behind a URL beside the first, each with sockets and, where its era has them, a session of
 * its own; `refused` counts those that came to no handshake. Over stdio there is only ever the first.
 */
export const joinClients = async (
  target: Target,
  startup: Startup,
  first: Connection,
  count: number,
): Promise<{ clients: Connection[]; refused: number }> => {
  const clients = [first]
  for (let more = 1; more < count && first.url !== undefined; more++) {
    const client = await reconnect(target, startup, first.url)
    if (!client) return { clients, refused: count - more }
    clients.push(client)
  }
  return { clients, refused: 0 }
}
