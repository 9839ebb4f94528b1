import { setTimeout } from 'node:timers/promises'
import type { Connection } from '../../target/connection.ts'
import { meter, type Call, type Ended, type Limits, type Load } from './meter.ts'

export interface OpenLoop extends Limits {
  /** Requests a second, whatever the answers do. */
  perSecond: number
  /** At a full backlog: end, or send later what is due, its time counted from when it was due. */
  whenFull?: 'end' | 'hold'
}

/** Requests that may be open: over HTTP as many as a connection has sockets. */
const mostOpen = { stdio: 1000, http: 64 }
const inOneGo = 50

/** Requests at a fixed rate, each measured from its intended start: what waits behind a slow answer is counted. */
export const openLoop = async (
  connections: readonly Connection[],
  call: (number: number) => Call,
  { perSecond, whenFull = 'end', ...limits }: OpenLoop,
): Promise<Load> => {
  const measured = meter('open', connections, limits)
  const most = connections.reduce((total, { transport }) => total + mostOpen[transport], 0)
  const open = new Set<Promise<void>>()
  const started = performance.now()
  let held = false
  let ended: Ended | null = null
  for (let shots = 0; ended === null; ended ??= measured.ended()) {
    const due = started + (shots * 1000) / perSecond
    const wait = due - performance.now()
    if (wait > 0) {
      held = false
      await setTimeout(Math.min(wait, 50))
    } else if (open.size >= most) {
      if (whenFull === 'end') ended = 'backlog'
      held = true
      await Promise.race([...open, setTimeout(50)])
    } else {
      const connection = connections[shots++ % connections.length]
      if (!connection) break
      // What is sent late because the server held it up is no fault of this loop.
      if (!held) measured.sentLate(-wait)
      const number = measured.next()
      const sent: Promise<void> = measured.send(connection, number, call(number), due).finally(() => open.delete(sent))
      open.add(sent)
      if (shots % inOneGo === 0) await setTimeout(0)
    }
  }
  await Promise.all(open)
  return measured.load(ended ?? 'stopped')
}
