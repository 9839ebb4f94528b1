import { Undecided } from '../../core/item.ts'
import type { Target } from '../../core/target.ts'
import { openEgressProxy, type EgressProxy } from '../../instruments/egress/proxy.ts'
import type { SeenRequest } from '../../instruments/egress/records.ts'
import type { Connection, Json, Reply } from '../../target/connection.ts'
import { attempt, launcherStart } from '../../target/startup.ts'
import { lastWords, type Startup } from '../../target/startup-failures.ts'
import type { Tool } from '../lists.ts'

/** A server whose requests to others all go to a proxy of the audit. */
export interface Through {
  proxy: EgressProxy
  connection: Connection
  call: (tool: Tool, given: Json, timeout?: number) => Promise<Reply>
  /** What it has asked since this many requests, without what tells its makers how it is used. */
  askedSince: (count: number) => SeenRequest[]
  close: () => Promise<void>
}

/** What decides these proofs in airworthy.json. */
export const declareOutbound =
  '"outbound" in airworthy.json says what it needs in its environment and what the others answer; "samples" what to call its tools with'

const telemetry =
  /posthog|sentry|segment\.(io|com)|amplitude|mixpanel|telemetry|analytics|datadog|honeycomb|statsig|umami|plausible|bugsnag|rollbar|otel|applicationinsights|newrelic|scarf\.sh/i

const patience = 20_000

/** The answers that were declared, in place of `{}`. */
export const answerAsDeclared = (proxy: EgressProxy, target: Target, headers: Record<string, string> = {}): void => {
  proxy.rule('*', { answer: { status: 200, headers } })
  for (const { host, status = 200, headers: own, body } of target.settings.outbound?.answers ?? []) {
    const given = typeof body === 'string' || (typeof body === 'object' && body !== null) ? { body } : {}
    proxy.rule(host, { answer: { status, headers: { ...headers, ...own }, ...given } })
  }
}

export interface ThroughOptions {
  /** Added to the environment. */
  env?: Record<string, string>
  /** What holds from before the start, in place of the declared answers. */
  before?: (proxy: EgressProxy) => void
}

export type Opened = { through: Through } | { saw: string; proxy: EgressProxy }

/** Launchers take what they have: it was started before. */
const offline = { npm_config_offline: 'true', UV_OFFLINE: '1' }

/** Starts a server whose way out is a proxy, or tells how its start failed. @throws Undecided for a server behind a URL. */
export const tryThrough = async (target: Target, opening: Startup, options: ThroughOptions = {}): Promise<Opened> => {
  const launch = target.server?.launch
  if (!launch) throw new Undecided('only its URL is known: give the command that starts it too')
  const proxy = await openEgressProxy(target)
  if (options.before) options.before(proxy)
  else answerAsDeclared(proxy, target)
  const env = {
    ...(launcherStart.test(launch.command) ? offline : {}),
    ...proxy.env,
    ...target.settings.outbound?.env,
    ...options.env,
  }
  const { connection, running } = await attempt(target, opening, undefined, { env })
  if (!connection) {
    const exit = running.process?.exit
    const how = exit ? `it ended with ${exit.signal ?? `exit code ${exit.code}`}` : 'it did not come to its handshake'
    await running.process?.stop()
    return { saw: [how, lastWords(running)].filter(Boolean).join(': '), proxy }
  }
  const through: Through = {
    proxy,
    connection,
    call: (tool, given, timeout = patience) =>
      connection.request('tools/call', { name: tool.name, arguments: given }, { timeout }),
    askedSince: count =>
      proxy
        .requests()
        .slice(count)
        .filter(({ host }) => !telemetry.test(host)),
    close: async () => {
      await connection.close()
      await connection.process?.stop()
      await proxy.close()
    },
  }
  return { through }
}

/** The same. @throws Undecided also when it does not start. */
export const openThrough = async (target: Target, opening: Startup, options: ThroughOptions = {}): Promise<Through> => {
  const opened = await tryThrough(target, opening, options)
  if ('through' in opened) return opened.through
  throw new Undecided(
    `it does not start when a proxy answers for those it asks (${opened.saw.slice(0, 200)}); ${declareOutbound}`,
  )
}

/** A request as a person names it. */
export const shownRequest = ({ method, scheme, host, path }: SeenRequest): string =>
  `${method} ${scheme}://${host}${path.split('?', 1)[0]}`.slice(0, 200)

const place = ({ path }: SeenRequest): string => path.split('?', 1)[0] ?? ''

/** Whether two requests ask for the same thing; what signs them may differ. */
export const isLike = (a: SeenRequest, b: SeenRequest): boolean =>
  a.method === b.method && a.host === b.host && place(a) === place(b)
