import { setTimeout } from 'node:timers/promises'
import type { ServerProcess } from '../../target/process.ts'
import { totalsNow } from './observe.ts'

const whileMs = 2000
const whiles = 3
/** Milliseconds after which a server that goes on working has come to rest at the earliest. */
export const restMs = whiles * whileMs
/** Of a processor: what waits for one among many gets more in one of several whiles. */
export const idleShare = 0.06

/** What it takes of a processor for a while in which nobody asks anything; 0 where the system does not tell. */
export const shareWhileIdle = async (process: ServerProcess): Promise<number> => {
  const began = performance.now()
  const { cpuMs: before } = await totalsNow(process)
  await setTimeout(whileMs)
  const { cpuMs: after } = await totalsNow(process)
  return before === null || after === null ? 0 : (after - before) / (performance.now() - began)
}

/**
 * Waits until the server hardly works for several whiles in a row, for at most `ms`; whether it came to rest. False as soon
 * as it ends or `isOver` says so, and where the system does not tell what it works.
 */
export const atRest = async (
  process: ServerProcess,
  ms: number,
  idle = idleShare,
  isOver = (): boolean => false,
): Promise<boolean> => {
  let quiet = 0
  let before = (await totalsNow(process)).cpuMs
  for (const until = performance.now() + ms; performance.now() < until && !process.exit && !isOver();) {
    const began = performance.now()
    await setTimeout(whileMs)
    const after = (await totalsNow(process)).cpuMs
    if (before === null || after === null) return false
    quiet = after - before < (performance.now() - began) * idle ? quiet + 1 : 0
    if (quiet >= whiles) return true
    before = after
  }
  return false
}
