import type { Target } from '../core/target.ts'
import type { Connection, Era } from './connection.ts'
import { borrow } from './lending.ts'
import type { RunOptions } from './run.ts'
import { attempt } from './startup.ts'
import type { Startup } from './startup-failures.ts'

/**
 * A connection in an era the server is known to speak, the audited one unless told; null when it came to none. A server
 * that runs already, where the gatherer borrows and asks for nothing of its own; else one that is started anew.
 */
export const reopen = async (
  target: Target,
  startup: Startup,
  era: Era | undefined,
  options: RunOptions = {},
): Promise<Connection | null> => {
  const { loan, server } = target
  const isPlain = Object.keys(options).length === 0
  if (loan && isPlain && server?.launch) return borrow(target, startup, loan, era)
  return (await attempt(target, startup, era, options)).connection
}
