import { setTimeout } from 'node:timers/promises'
import type { Connection } from '../../target/connection.ts'
import { meter, type Call, type Limits, type Load } from './meter.ts'

export interface ClosedLoop extends Limits {
  /** Workers, spread over the connections; each sends its next request when the one before is answered. */
  workers: number
  /** Milliseconds each worker waits before its next request; none unless told. */
  thinkMs?: number
}

/** As many requests at a time as there are workers. Its latencies say nothing of requests nobody sent meanwhile. */
export const closedLoop = async (
  connections: readonly Connection[],
  call: (number: number) => Call,
  { workers, thinkMs = 0, ...limits }: ClosedLoop,
): Promise<Load> => {
  const measured = meter('closed', connections, limits)
  const work = async (connection: Connection): Promise<void> => {
    while (!measured.ended()) {
      const number = measured.next()
      await measured.send(connection, number, call(number), performance.now())
      if (thinkMs > 0) await setTimeout(thinkMs)
    }
  }
  await Promise.all(
    Array.from({ length: workers }, (_, index) => connections[index % connections.length]).flatMap(connection =>
      connection ? work(connection) : [],
    ),
  )
  return measured.load(measured.ended() ?? 'stopped')
}
