import type { Journal } from '../core/target.ts'

/**
 * The words of Node, Deno, Bun and asyncio themselves; a log that quotes them in a line of its own counts too. A bare
 * future that ends with its connection is the business of a driver whose peer went away, as ours do.
 */
const words =
  /UnhandledPromiseRejection|Unhandled (promise )?rejection|PromiseRejectionHandledWarning|Uncaught \(in promise\)|coroutine '[^']{1,200}' was never awaited|Task exception was never retrieved|future: <Task finished [^]{1,2000} exception=|<Future finished exception=(?!Connection|BrokenPipe)/i

/** What a library runs on its own and shields from the end of its caller; that it failed is the library's to hear of. */
const ofLibrary =
  /<Task finished [^]{0,300} defined at [^>]*[\\/](site-packages|dist-packages|python3[.\d]*[\\/]asyncio)[\\/]/

/** What had not begun when the interpreter ended: whoever drops a coroutine hears of it at once, with the place. */
const atTheEnd = /\bsys:1: RuntimeWarning: coroutine /

/** asyncio says which task it was in the line after, where the log is plain text. */
const isHeader = (line: string): boolean => line.endsWith('Task exception was never retrieved')

const maxKept = 20

/** Notes a line of a server's log in which its runtime speaks of something that nobody waited for. */
export const noteUnawaited = ({ unawaited }: Journal, line: string): void => {
  const text = line.slice(0, 4000).trim()
  if (!words.test(text) || atTheEnd.test(text)) return
  if (ofLibrary.test(text)) {
    if (isHeader(unawaited.at(-1) ?? '')) unawaited.pop()
  } else if (unawaited.length < maxKept) unawaited.push(text.slice(0, 300))
}
