import { availableParallelism, loadavg } from 'node:os'

/**
 * How many times as long a wait for the target may be, 1 to 4: where many processes want few processors, an answer that
 * is late says nothing of who was asked. Told by the load of the last minute; 1 where the system keeps none.
 */
export const crowding = (load = loadavg()[0] ?? 0, processors = availableParallelism()): number =>
  Math.min(4, Math.max(1, load / (2 * processors)))
