import { gatherer } from '../core/item.ts'
import type { Exit } from '../target/process.ts'
import { overload } from './overload.ts'

export interface BigMessage {
  megabytes: number
  /** What came back, in words. */
  answer: string
  answered: boolean
  /** An error without an id that arrived meanwhile counts as a refusal. */
  refusedWithoutId: boolean
  /** How a small request was met afterwards. */
  afterwards: string
  serves: boolean
  exit: Exit | null
}

/** One message of 12 MB over stdio, one body of 20 MB over HTTP, and whether the server serves on. */
export const bigMessage = gatherer({
  id: 'big-message',
  impact: 'call',
  from: 'server',
  needs: { overload },
  gather: (_, { overload: { big } }): BigMessage => big,
})
