import type { Journal } from '../core/target.ts'

/** The words of Node, Deno, Bun and asyncio themselves; a log that quotes them in a line of its own counts too. */
const words =
  /UnhandledPromiseRejection|Unhandled (promise )?rejection|PromiseRejectionHandledWarning|Uncaught \(in promise\)|coroutine '[^']{1,200}' was never awaited|(Task|Future) exception was never retrieved/i

const maxKept = 20

/** Notes a line of a server's log in which its runtime speaks of something that nobody waited for. */
export const noteUnawaited = ({ unawaited }: Journal, line: string): void => {
  if (unawaited.length < maxKept && words.test(line.slice(0, 4000))) unawaited.push(line.trim().slice(0, 300))
}
