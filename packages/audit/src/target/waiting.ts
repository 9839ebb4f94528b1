import type { Journal } from '../core/target.ts'

const open = new WeakMap<Journal, { count: number; since: number }>()

/** Adds the time until `work` settles to `journal.waitingMs`; overlapping waits count once. */
export const awaited = async <T>(journal: Journal, work: Promise<T>): Promise<T> => {
  const state = open.get(journal) ?? { count: 0, since: 0 }
  open.set(journal, state)
  if (state.count++ === 0) state.since = performance.now()
  try {
    return await work
  } finally {
    if (--state.count === 0) journal.waitingMs += performance.now() - state.since
  }
}
