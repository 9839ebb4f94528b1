import type { Journal } from '../core/target.ts'

/**
 * The words of Node, Deno, Bun and asyncio themselves; a log that quotes them in a line of its own counts too. A bare
 * future that ends with its connection is the business of a driver whose peer went away, as ours do.
 */
const words =
  /UnhandledPromiseRejection|Unhandled (promise )?rejection|PromiseRejectionHandledWarning|Uncaught \(in promise\)|coroutine '[^']{1,200}' was never awaited|Task exception was never retrieved|<Future finished exception=(?!Connection|BrokenPipe)/i

const maxKept = 20

/** Notes a line of a server's log in which its runtime speaks of something that nobody waited for. */
export const noteUnawaited = ({ unawaited }: Journal, line: string): void => {
  if (unawaited.length < maxKept && words.test(line.slice(0, 4000))) unawaited.push(line.trim().slice(0, 300))
}
