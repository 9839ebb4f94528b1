import { gatherer } from '../../core/item.ts'
import type { Target } from '../../core/target.ts'
import { argumentsFor } from '../../instruments/arguments.ts'
import type { EgressProxy } from '../../instruments/egress/proxy.ts'
import type { SeenRequest } from '../../instruments/egress/records.ts'
import type { Json, Reply } from '../../target/connection.ts'
import { listTools, type Tool } from '../lists.ts'
import { opening } from '../startup.ts'
import { reasonNotToCall, toolPlan } from '../tool-plan.ts'
import { succeeded, trials, type Trials } from '../trials.ts'
import { declareOutbound, openThrough } from './through.ts'

export interface OutgoingCall {
  tool: Tool
  arguments: Json
  /** While the others answer as was declared, or `{}`. */
  reply: Reply
  /** What it asked of others; empty for a tool that needs nothing outside. */
  asked: SeenRequest[]
}

export interface OutgoingCalls {
  listed: string[]
  /** Calls during which the server asked something of others, those with a good answer first. */
  going: OutgoingCall[]
  /** Calls with a good answer during which it asked nothing. */
  staying: OutgoingCall[]
  /** Everything it asked, also outside of calls. */
  requests: SeenRequest[]
  /** How many requests it made before it was called. */
  atStart: number
  /** Whether a credential of the caller was looked for in the requests. */
  watched: boolean
  /** Why no call was seen to go out; null when one was. */
  nothing: string | null
}

const maxTools = 40
const budgetMs = 30_000
const perCallMs = 10_000
/** A name that nobody has, for tools that take any address. */
const elsewhere = 'http://upstream.example/'

/** What a tool was called with before; an address on this machine, which goes around the proxy, becomes another one. */
export const argumentsOf = async (
  tool: Tool,
  { trials, surroundings }: Trials,
  target: Target,
): Promise<Json | null> => {
  const known = trials.find(trial => trial.tool.name === tool.name)
  const given = known?.arguments ?? target.settings.samples?.[tool.name]?.[0] ?? known?.tries[0]?.arguments
  const sample = given ?? (await argumentsFor(tool.inputSchema, surroundings, 1))[0]
  if (!sample) return null
  return JSON.parse(JSON.stringify(sample).replaceAll(surroundings.url, elsewhere)) as Json
}

const whyNothing = (proxy: EgressProxy, called: number): string => {
  const trouble = proxy.connections().find(one => one.trouble !== null)
  if (trouble) return `what it asks of ${trouble.to ?? 'others'} could not be read: ${trouble.trouble}`
  return `during ${called} calls it asked nothing of others through the proxy: its tools need nothing outside, or it takes no notice of HTTP_PROXY and HTTPS_PROXY; ${declareOutbound}`
}

/** The credential that a caller sends with each request over HTTP; empty without one. */
const callersToken = (target: Target): string => {
  if (target.server?.transport !== 'http') return ''
  const sent = Object.entries(target.server.headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? ''
  return sent.replace(/^\w+ +/, '')
}

/** One call to each tool that may be called, with a proxy that answers for others: which of them go out, and what for. */
export const outgoingCalls = gatherer({
  id: 'outgoing-calls',
  impact: 'call',
  from: 'server',
  needs: { opening, toolPlan, trials },
  gather: async (target, { opening, trials }): Promise<OutgoingCalls> => {
    const through = await openThrough(target, opening)
    const { proxy, connection } = through
    const token = callersToken(target)
    proxy.watch('caller', token)
    const tools = (await listTools(connection)) ?? []
    const callable = tools.filter(tool => reasonNotToCall(tool, target.settings.allowTools ?? []) === null)
    const atStart = through.askedSince(0).length
    const calls: OutgoingCall[] = []
    const until = performance.now() + budgetMs
    for (const tool of callable.slice(0, maxTools)) {
      const given = await argumentsOf(tool, trials, target)
      if (!given || performance.now() > until || connection.process?.exit) continue
      const before = proxy.requests().length
      const reply = await through.call(tool, given, perCallMs)
      calls.push({ tool, arguments: given, reply, asked: through.askedSince(before) })
    }
    await proxy.settled(200)
    const requests = through.askedSince(0)
    const going = calls
      .filter(({ asked }) => asked.length > 0)
      .toSorted((a, b) => Number(succeeded(b.reply)) - Number(succeeded(a.reply)))
    await through.close()
    return {
      listed: tools.map(({ name }) => name),
      going,
      staying: calls.filter(({ asked, reply }) => asked.length === 0 && succeeded(reply)),
      requests,
      atStart,
      watched: token.length >= 6,
      nothing: going.length > 0 ? null : whyNothing(proxy, calls.length),
    }
  },
})
