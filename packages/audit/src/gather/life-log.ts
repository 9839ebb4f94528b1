import type { ServerProcess } from '../target/process.ts'

const delay = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Waits until the log has been quiet for `quietMs`, at most `mostMs`; answers how many lines it has. */
export const untilQuiet = async ({ log }: ServerProcess, quietMs = 150, mostMs = 2000): Promise<number> => {
  const end = performance.now() + mostMs
  let known = -1
  while (log.lines.length !== known && performance.now() < end) {
    known = log.lines.length
    await delay(quietMs)
  }
  return log.lines.length
}

/** Waits until it is so, at most `ms`; answers whether it is. */
export const until = async (isSo: () => boolean, ms: number): Promise<boolean> => {
  for (const end = performance.now() + ms; !isSo(); await delay(25)) if (performance.now() > end) return isSo()
  return true
}

const endMs = 4000

/**
 * Ends the server in the way of its transport, so that it writes and sends what it still holds; tells whether it went
 * by itself.
 */
export const endInOrder = async (process: ServerProcess, transport: 'stdio' | 'http'): Promise<boolean> => {
  if (transport === 'http') process.signal('SIGTERM', 'server')
  else process.endInput()
  const ended = await until(() => process.exit !== null, endMs)
  process.kill()
  return ended
}

/** An environment with `{name}` in its values replaced. */
export const filled = (env: Record<string, string> = {}, values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value.replaceAll(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole),
    ]),
  )
