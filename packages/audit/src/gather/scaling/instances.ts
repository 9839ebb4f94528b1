import { Undecided } from '../../core/item.ts'
import type { Target } from '../../core/target.ts'
import { canRunSideBySide, run } from '../../target/run.ts'
import type { Startup } from '../../target/startup-failures.ts'

/** Why instances cannot be started side by side; null when they can. */
const obstacle = (target: Target): string | null => {
  if (!target.server?.launch)
    return 'only its URL is known: give the command that starts it too, with {port} in the command and in the URL'
  return canRunSideBySide(target)
    ? null
    : 'its port is fixed: put {port} into the URL and into the arguments or the environment of the command (url, start in airworthy.json)'
}

/**
 * Starts so many instances of the server side by side, with this in their environment, and gives the URLs of their endpoints.
 * Nothing was said to them yet.
 * @throws Undecided when they cannot run side by side.
 */
export const startInstances = async (
  target: Target,
  { ms }: Startup,
  count: number,
  env: Record<string, string> = {},
): Promise<{ urls: URL[]; stop: () => Promise<void> }> => {
  const because = obstacle(target)
  if (because) throw new Undecided(because)
  const started = await Promise.all(
    Array.from({ length: count }, () => run(target, { startup: Math.max(10_000, ms * 4), env })),
  )
  const urls = started.flatMap(one => (one.transport === 'http' && one.listening ? [new URL(one.url)] : []))
  if (urls.length < count) {
    const said = started.flatMap(one => (one.listening ? [] : (one.process?.log.lines.at(-1)?.text ?? [])))[0]
    throw new Undecided(
      `only ${urls.length} of ${count} instances started beside each other${said ? `: ${said.slice(0, 200)}` : ''}`,
    )
  }
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async one => one.process?.stop()))
  }
  return { urls, stop }
}
