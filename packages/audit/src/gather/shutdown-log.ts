import type { LogLine, ServerProcess } from '../target/process.ts'

/** What the log says of calls that were in flight when SIGTERM came. */
export interface ShutdownLog {
  /** One of the lines that each call before the signal had left. */
  line: string
  /** Calls in flight that succeeded, and how many of those lines there were when the process had ended. */
  calls: number
  lines: number
  /** How many of these lines were written after the signal. */
  late: number
}

/** The same for two lines that differ in numbers, times and identifiers alone. */
const shapeOf = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8,}(-[0-9a-f]{4,})*/gi, '#')
    .replaceAll(/\d+(\.\d+)?(e[+-]?\d+)?/gi, '#')
    .slice(0, 2000)

const countOf = (lines: readonly LogLine[]): Map<string, LogLine[]> => {
  const found = new Map<string, LogLine[]>()
  for (const line of lines) found.set(shapeOf(line.text), [...(found.get(shapeOf(line.text)) ?? []), line])
  return found
}

/** Lines of the same shape, one for each of `calls` calls. */
export const linesOfCalls = (lines: readonly LogLine[], calls: number): string[] =>
  [...countOf(lines)].filter(([, those]) => those.length === calls).map(([shape]) => shape)

/**
 * Which of these shapes calls left until the end, the rarest of them: null where nothing of a call came after the signal or
 * was missing, since what is written when a call begins shows nothing of the end of a log.
 */
export const logOfEnd = (
  lines: readonly LogLine[],
  shapes: readonly string[],
  { calls, signalledMs }: { calls: number; signalledMs: number },
): ShutdownLog | null => {
  const found = countOf(lines)
  const each = shapes.map(shape => {
    const those = found.get(shape) ?? []
    return { line: shape, calls, lines: those.length, late: those.filter(({ ms }) => ms > signalledMs).length }
  })
  const telling = each.filter(one => one.late > 0 || one.lines < calls)
  return telling.toSorted((a, b) => a.lines - b.lines)[0] ?? null
}

const readMs = 2000

/** Whether all that it wrote was read: a process that outlives it may hold its log open. */
export const logWasRead = (process: ServerProcess): Promise<boolean> =>
  Promise.race([process.closed.then(() => true), new Promise<boolean>(resolve => setTimeout(resolve, readMs, false))])
