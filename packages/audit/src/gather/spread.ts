import { gatherer, Undecided } from '../core/item.ts'
import type { DeclaredState, Target } from '../core/target.ts'
import { openBalancer } from '../instruments/balancer/balancer.ts'
import { lists } from './lists.ts'
import { inScratch } from '../instruments/kept-data.ts'
import { reconnect } from '../target/startup.ts'
import type { Startup } from '../target/startup-failures.ts'
import { sharedData, type SharedData } from './scaling/shared-data.ts'
import { toolPlan } from './tool-plan.ts'
import { startInstances } from './scaling/instances.ts'
import { spreadClient, type SpreadCall, type SpreadClient } from './scaling/spread-client.ts'
import { eras } from './startup.ts'
import { trials, type Trials } from './trials.ts'

export interface Spread {
  /** One client for each era the server speaks; those that came to no handshake are in `closed`. */
  clients: SpreadClient[]
  closed: string[]
  /** Tools that could be called, of which none was with success where there are no calls among the requests. */
  callable: number
  /** What the declared tools of one instance keep, seen through the other; null where none are declared. */
  data: SharedData | null
  /** Tools that may change something and were not called. */
  writing: string[]
}

const listable = ['tools', 'prompts', 'resources']
const mostTools = 8
const quickMs = 2000

const callsOf = ({ good }: Trials, capabilities: readonly string[]): SpreadCall[] => [
  ...capabilities.map(name => ({ method: `${name}/list`, at: `${name}/list` })),
  ...good
    .filter(({ reply }) => reply.ms < quickMs)
    .slice(0, mostTools)
    .map(({ tool, arguments: given }) => ({
      method: 'tools/call',
      params: { name: tool.name, arguments: given },
      at: `tools/call ${tool.name}`,
    })),
]

const dataOf = async (
  target: Target,
  opening: Startup,
  urls: URL[],
  state: DeclaredState,
): Promise<SharedData | null> => {
  if (!(state.write && state.read) && !(state.add && state.count)) return null
  const opened = await Promise.all(urls.map(({ href }) => reconnect(target, opening, href)))
  const connections = opened.filter(one => one !== null)
  if (connections.length < urls.length) throw new Undecided('an instance came to no handshake')
  const data = await sharedData(connections, state)
  await Promise.all(connections.map(connection => connection.close()))
  return data
}

/** The requests of one client, given in turn to two instances; and what one of them keeps, seen through the other. */
export const spread = gatherer({
  id: 'spread',
  impact: 'call',
  from: 'server',
  lasts: 3,
  needs: { eras, lists, trials, toolPlan },
  gather: async (target, { eras: opening, lists, trials, toolPlan }): Promise<Spread> => {
    const state = target.settings.state ? await inScratch(target, target.settings.state) : {}
    const { urls, stop } = await startInstances(target, opening, 2, state.env)
    const balancer = await openBalancer(target, urls)
    const { pathname, search } = urls[0] ?? new URL(balancer.origin)
    const calls = callsOf(
      trials,
      listable.filter(name => name in lists.capabilities),
    )
    const clients: SpreadClient[] = []
    const closed: string[] = []
    for (const era of opening.eras) {
      const url = `${balancer.origin}${pathname}${search}`
      const client = await spreadClient(target, opening, era, { balancer, url, calls })
      if (client) clients.push(client)
      else closed.push(`a client of ${era === 'modern' ? 'server/discover' : 'initialize'} came to no handshake`)
    }
    await balancer.close()
    const data = await dataOf(target, opening, urls, state)
    await stop()
    const writing = toolPlan.notCalled.map(({ tool }) => tool)
    return { clients, closed, callable: trials.trials.length, data, writing }
  },
})
